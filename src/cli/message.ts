import { parseArgs } from 'node:util';
import { isPealbellError, type Message } from '../../sdk/server/src/index.js';
import { CLIENT_HELP, CLIENT_OPTIONS, type Desk, Misuse, withClient } from './client-command.js';
import { followMessage, SHOWN_DEVICES_MAX, showDeliveries } from './follow.js';
import { type CommandIo, EXIT } from './io.js';
import { messageText } from './message-text.js';
import { streamOut } from './stream-out.js';
import { showCount } from './terminal/figures.js';
import { jsonText } from './terminal/json.js';
import { timelineText } from './timeline-text.js';

const CANCEL_MS = 5_000;
const STEPS_MAX = 1_000;

const HELP = `Usage: pealbell message MESSAGE_ID [--follow]
       pealbell message MESSAGE_ID --timeline [--device DEVICE]
       pealbell message MESSAGE_ID --cancel
       pealbell message recall MESSAGE_ID

What became of a message: counts and reasons, and a line per device where there are at most ${SHOWN_DEVICES_MAX}.

  --follow          look until it is settled; Ctrl-C stops the looking, not the message
  --timeline        what happened step by step: the first ${STEPS_MAX} steps; --json gives all, one per line
  --device DEVICE   only what happened to this device
  --cancel          cancel what has not left yet
  recall            call it back, also when it is over: cancels what has not left, takes it out of mailboxes and off the
                    screens of devices that have the realtime client; says what vendors keep
${CLIENT_HELP}
Exit codes: 0 done; 1 it failed; 2 the command line is wrong; 3 (--follow) it did not reach every device;
            130 stopped by Ctrl-C
`;

const OPTIONS = {
  ...CLIENT_OPTIONS,
  follow: { type: 'boolean', default: false },
  timeline: { type: 'boolean', default: false },
  device: { type: 'string' },
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
    const isRecall = positionals[0] === 'recall';
    const [id] = isRecall ? positionals.slice(1) : positionals;
    if (id === undefined || positionals.length > (isRecall ? 2 : 1))
      throw new Misuse('name one message: pealbell message msg_…');
    if ([flags.follow, flags.timeline, flags.cancel].filter(Boolean).length > 1)
      throw new Misuse('--follow, --timeline and --cancel are three commands');
    if (flags.device !== undefined && !flags.timeline) throw new Misuse('--device goes with --timeline');
    if (isRecall) return recall(desk, id, flags);
    if (flags.follow) return followMessage(desk, id);
    if (flags.timeline) return showTimeline(desk, id, flags.device);
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

async function recall(
  { client, io, json, paint }: Desk,
  id: string,
  flags: { [K in 'follow' | 'timeline' | 'cancel']: boolean },
) {
  if (flags.follow || flags.timeline || flags.cancel) throw new Misuse('recall goes with none of the other options');
  const recalled = await client.messages.recall(id, { signal: io.signal });
  if (json) {
    io.stdout.write(jsonText(recalled, io.stdout));
    return EXIT.done;
  }
  io.stdout.write(messageText(recalled, paint));
  for (const { detail } of recalled.warnings) io.stdout.write(`${paint('yellow', 'not recalled')}  ${detail}\n`);
  return EXIT.done;
}

async function showTimeline(desk: Desk, id: string, device: string | undefined): Promise<number> {
  const { client, io, json, paint } = desk;
  const options = { signal: io.signal, limit: STEPS_MAX, ...(device === undefined ? {} : { device }) };
  const timeline = client.messages.timeline(id, options);
  if (json) return streamOut(desk, timeline, 'step', undefined);
  const { data, has_more } = await timeline.page();
  io.stdout.write(timelineText(data, paint));
  if (has_more)
    io.stdout.write(`… the first ${showCount(data.length)} steps; --json gives all, --device those of one\n`);
  return EXIT.done;
}
