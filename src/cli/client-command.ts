import { Pealbell, PealbellError } from '../../sdk/server/src/index.js';
import { type CommandIo, EXIT } from './io.js';
import { createPaint, type Paint } from './terminal/paint.js';
import { plain } from './terminal/table.js';

/** Flags of every command that asks a running gateway. */
export const CLIENT_OPTIONS = {
  url: { type: 'string' },
  key: { type: 'string' },
  app: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const DEFAULT_URL = 'http://127.0.0.1:8080';

/** What is said of them in each command's help. */
export const CLIENT_HELP = `  --url URL         the gateway (default PEALBELL_URL, else ${DEFAULT_URL})
  --key KEY         a server key (default PEALBELL_KEY, which other users of the machine cannot see)
  --app APP         the app; needed only with a key that is not bound to one
  --json            one JSON document for programs, or one per line where there may be many
  --help            show this text
`;

export interface ClientFlags {
  readonly url?: string | undefined;
  readonly key?: string | undefined;
  readonly app?: string | undefined;
  readonly json: boolean;
}

/** A gateway, and the person or program that asks it. */
export interface Desk {
  readonly client: Pealbell;
  readonly io: CommandIo;
  /** Programs want JSON; people want tables. */
  readonly json: boolean;
  /** For standard output. */
  readonly paint: Paint;
}

/** What is wrong with a command line, as a sentence. */
export class Misuse extends Error {
  override readonly name = 'Misuse';
}

/**
 * Does the work of a command with a client, and says of each way it can fail what it was.
 *
 * @param name the command, for the hint to its help
 * @returns the exit code
 */
export async function withClient(
  name: string,
  flags: ClientFlags,
  io: CommandIo,
  work: (desk: Desk) => Promise<number>,
): Promise<number> {
  try {
    const client = openClient(flags, io);
    return await work({ client, io, json: flags.json, paint: createPaint(io.stdout, io.env) });
  } catch (error) {
    if (io.signal.aborted) return EXIT.interrupted;
    // A RangeError of the client's is about an id that no URL can hold.
    if (error instanceof Misuse || error instanceof RangeError) {
      io.stderr.write(`${error.message}\nMore: pealbell ${name} --help\n`);
      return EXIT.misused;
    }
    if (!(error instanceof PealbellError)) throw error;
    if (flags.json) io.stdout.write(`${JSON.stringify({ problem: toJson(error) })}\n`);
    io.stderr.write(describeFailure(error));
    return EXIT.failed;
  }
}

function openClient(flags: ClientFlags, io: CommandIo): Pealbell {
  const key = flags.key ?? io.env.PEALBELL_KEY ?? '';
  if (key === '') {
    const how = 'pealbell keys create --app APP --scopes messages:send,messages:read,devices:write,devices:read';
    throw new Misuse(`a server key is needed: set PEALBELL_KEY (or --key); make one with\n  ${how}`);
  }
  try {
    return new Pealbell({
      url: flags.url ?? io.env.PEALBELL_URL ?? DEFAULT_URL,
      key,
      ...(flags.app === undefined ? {} : { app: flags.app }),
      onRetry: ({ error, delayMs }) => {
        // Soon over: worth a word only to somebody who waits and wonders.
        if (delayMs >= 1_000) io.stderr.write(`${plain(error.message)}; again in ${Math.round(delayMs / 1_000)} s\n`);
      },
    });
  } catch (error) {
    throw new Misuse((error as Error).message.replace(/^new Pealbell: /, ''));
  }
}

/** The sentence of a failure, every fault of the request with its place, and what to do. */
function describeFailure(error: PealbellError): string {
  const lines = [plain(error.errors.length > 0 ? `${error.code}: ${error.detail}` : error.message)];
  for (const { pointer, parameter, detail } of error.errors) {
    lines.push(plain(`  ${pointer ?? parameter ?? ''} ${detail}`.trimEnd()));
  }
  const advice = ADVICE[error.code];
  if (advice !== undefined) lines.push(advice);
  if (error.requestId !== undefined) lines.push(plain(`(request ${error.requestId}: in the log of the gateway too)`));
  return `${lines.join('\n')}\n`;
}

const ADVICE: Readonly<Partial<Record<PealbellError['code'], string>>> = {
  connection_failed: 'Is the gateway running there? PEALBELL_URL or --url say where it is.',
  unexpected_answer: 'Is that the address of a gateway? PEALBELL_URL or --url say where it is.',
  unauthorized: 'PEALBELL_KEY or --key must be a key of this gateway; pealbell keys list shows which there are.',
  app_required: 'Name the app: --app APP.',
};

function toJson({ code, status, detail, message, errors, requestId, retryable }: PealbellError) {
  return { code, status, detail: detail ?? message, errors, request_id: requestId, retryable };
}
