import { parseArgs } from 'node:util';
import { isPealbellError, type Message } from '../../sdk/server/src/index.js';
import { CLIENT_HELP, CLIENT_OPTIONS, type Desk, Misuse, withClient } from './client-command.js';
import { followMessage, SHOWN_DEVICES_MAX, showDeliveries } from './follow.js';
import { type CommandIo, EXIT } from './io.js';
import { messageText } from './message-text.js';
import { jsonText } from './terminal/json.js';

const CANCEL_MS = 5_000;

const HELP = `Usage: pealbell message MESSAGE_ID [--follow]
       pealbell message MESSAGE_ID --cancel

What became of a message: counts and reasons, and a line per device where there are at most ${SHOWN_DEVICES_MAX}.

  --follow          look until it is settled; Ctrl-C stops the looking, not the message
  --cancel          cancel what has not left yet
${CLIENT_HELP}
Exit codes: 0 done; 1 it failed; 2 the command line is wrong; 3 (--follow) it did not reach every device;
            130 stopped by Ctrl-C
`;

const OPTIONS = {
  ...CLIENT_OPTIONS,
  follow: { type: 'boolean', default: false },
  cancel: { type: 'boolean', default: false },
} as const;

/** `pealbell message`. @returns the exit code. */
export async function message(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values: flags, positionals } = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  if (flags.help) {
    io.stdout.write(HELP);
    return EXIT.done;
  }
  return withClient('message', flags, io, async (desk) => {
    const [id] = positionals;
    if (id === undefined || positionals.length > 1) throw new Misuse('name one message: pealbell message msg_…');
    if (flags.follow && flags.cancel) throw new Misuse('--follow and --cancel are two commands');
    if (flags.follow) return followMessage(desk, id);
    const { client, paint, json } = desk;
    const found = flags.cancel ? await cancel(desk, id) : await client.messages.get(id, { signal: io.signal });
    if (json) {
      io.stdout.write(jsonText(found, io.stdout));
      return EXIT.done;
    }
    io.stdout.write(messageText(found, paint));
    if (found.devices <= SHOWN_DEVICES_MAX) await showDeliveries(desk, id);
    return EXIT.done;
  });
}

/** What is under way at a vendor comes to its end first: it is given a moment, so that the counts are the last ones. */
async function cancel({ client, io }: Desk, id: string): Promise<Message> {
  const canceled = await client.messages.cancel(id, { signal: io.signal });
  return client.messages.wait(id, { withinMs: CANCEL_MS, signal: io.signal }).catch((error: unknown) => {
    if (isPealbellError(error, 'timeout')) return canceled;
    throw error;
  });
}
