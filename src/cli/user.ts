import { parseArgs } from 'node:util';
import { isPealbellError, type User } from '../../sdk/server/src/index.js';
import { CLIENT_HELP, CLIENT_OPTIONS, type Desk, Misuse, withClient } from './client-command.js';
import { type CommandIo, EXIT } from './io.js';
import { streamOut } from './stream-out.js';
import { jsonText } from './terminal/json.js';
import { moreText, userDevicesText, userText, userTimelineText } from './user-text.js';

const DEVICES_SHOWN_MAX = 50;
const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 1_000;

const HELP = `Usage: pealbell user explain USER_ID [--limit N]
       pealbell user export USER_ID [--out FILE]

explain  why did they (not) get it: who they are, where they can be reached and where no more, and what became of what was
         sent to them, newest first, each with the reason and what to do about it
export   everything that is kept of a user, one JSON object per line: the record, the devices, the deliveries

  --limit N         how many deliveries are explained (default ${LIMIT_DEFAULT}, at most ${LIMIT_MAX})
  --out FILE        write into a file, which only you can read
${CLIENT_HELP}
Needs a key with the scopes devices:read and messages:read.
Exit codes: 0 done; 1 it failed; 2 the command line is wrong; 130 stopped by Ctrl-C
`;

const OPTIONS = { ...CLIENT_OPTIONS, limit: { type: 'string' }, out: { type: 'string' } } as const;

/** `pealbell user explain|export`. @returns the exit code. */
export async function user(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values: flags, positionals } = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  if (flags.help) {
    io.stdout.write(HELP);
    return EXIT.done;
  }
  const [verb, id, ...more] = positionals;
  return withClient('user', flags, io, async (desk) => {
    if (verb !== 'explain' && verb !== 'export')
      throw new Misuse(`say what to do: explain or export${verb === undefined ? '' : `, not '${verb}'`}`);
    if (id === undefined || more.length > 0) throw new Misuse(`name one user: pealbell user ${verb} alice`);
    if (verb === 'explain') return explain(desk, id, readLimit(flags.limit));
    return streamOut(desk, desk.client.users.export(id, { signal: io.signal }), 'line', flags.out);
  });
}

function readLimit(flag: string | undefined): number {
  const limit = Number(flag ?? LIMIT_DEFAULT);
  if (Number.isInteger(limit) && limit >= 1 && limit <= LIMIT_MAX) return limit;
  throw new Misuse(`--limit takes a number from 1 to ${LIMIT_MAX}, not '${flag}'`);
}

async function explain({ client, io, json, paint }: Desk, id: string, limit: number): Promise<number> {
  const options = { signal: io.signal };
  // One more than is shown tells whether there are more.
  const devices = await client.users
    .devices(id, { ...options, limit: DEVICES_SHOWN_MAX + 1 })
    .take(DEVICES_SHOWN_MAX + 1);
  const timeline = await client.users.timeline(id, { ...options, limit: Math.min(limit + 1, 1_000) }).take(limit + 1);
  const record = await client.users.get(id, options).catch((error: unknown) => {
    // Erased, or all devices gone: what was sent to them may still be told.
    if (isPealbellError(error, 'user_not_found') && timeline.length > 0) return null;
    throw error;
  });
  if (json) {
    io.stdout.write(jsonText({ user: record, devices, timeline: timeline.slice(0, limit) }, io.stdout));
    return EXIT.done;
  }
  const shown = devices.slice(0, DEVICES_SHOWN_MAX);
  io.stdout.write(
    [
      recordText(record, id, paint),
      paint('bold', 'Devices\n') + userDevicesText(shown, devices.length > shown.length, paint),
      paint('bold', 'Sent, newest first\n') + userTimelineText(timeline.slice(0, limit), paint),
    ].join('\n') + moreText(limit, timeline.length > limit, id),
  );
  return EXIT.done;
}

function recordText(record: User | null, id: string, paint: Desk['paint']): string {
  return record === null ? `${id}: nothing is kept of this user but what was sent\n` : userText(record, paint);
}
