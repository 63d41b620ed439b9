/** What SSE and long poll have in common: requests with an access token, and what a refusal means. */
import { codeOfProblem } from '../close-codes.js';
import type { Hello } from '../frames.js';
import type { End } from '../machine-words.js';
import type { FetchAnswer } from '../platform.js';
import { network, type WireSetup } from './wire.js';

export interface HttpLine {
  token: string;
  /** Ends every request under way. */
  close(): void;
  readonly isClosed: boolean;
  /** @throws Ended for a refusal or a broken connection */
  ask(path: string, request: HttpRequest): Promise<FetchAnswer>;
}

export interface HttpRequest {
  readonly headers?: Readonly<Record<string, string>>;
  /** With one it is a POST. */
  readonly body?: unknown;
}

/** What `ask` throws. */
export class Ended extends Error {
  constructor(readonly end: End) {
    super(end.why);
  }
}

export function createHttpLine({ base, hello, fetch, abort }: WireSetup): HttpLine {
  const aborter = abort?.();
  let isClosed = false;
  const line: HttpLine = {
    token: hello.token,
    get isClosed() {
      return isClosed;
    },
    close() {
      isClosed = true;
      aborter?.abort();
    },
    async ask(path, { headers, body }) {
      if (fetch === undefined) throw new Ended(network('this platform has no fetch'));
      const answer = await fetch(`${base}/v1/realtime/${path}`, {
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
        headers: {
          authorization: `Bearer ${line.token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        cache: 'no-store',
        ...(aborter === undefined ? {} : { signal: aborter.signal }),
      }).catch((cause: unknown) => {
        throw new Ended(network(cause));
      });
      if (!answer.ok) throw new Ended(await readRefusal(answer));
      return answer;
    },
  };
  return line;
}

async function readRefusal(answer: FetchAnswer): Promise<End> {
  const problem = (await answer.json().catch(() => ({}))) as { readonly code?: unknown } | null;
  const code = codeOfProblem(answer.status, problem?.code);
  // Anything else was not the gateway: a proxy, another site.
  if (code === undefined) return { kind: 'network', why: `HTTP ${answer.status}` };
  const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN);
  const hint = Number.isFinite(seconds) ? { retryAfterMs: seconds * 1_000 } : {};
  return {
    kind: 'gateway',
    code,
    why: typeof problem?.code === 'string' ? problem.code : `HTTP ${answer.status}`,
    ...hint,
  };
}

export function streamOf({ stream }: Hello): string {
  return stream === undefined ? '' : `stream=${stream}&`;
}

export function endOf(cause: unknown): End {
  return cause instanceof Ended ? cause.end : network(cause);
}
