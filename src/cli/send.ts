import { parseArgs } from 'node:util';
import type { NewMessage, SentMessage } from '../../sdk/server/src/index.js';
import { CLIENT_HELP, CLIENT_OPTIONS, type Desk, Misuse, withClient } from './client-command.js';
import { followMessage } from './follow.js';
import { readJsonObject } from './input.js';
import { type CommandIo, EXIT } from './io.js';
import { deliveriesText } from './message-text.js';
import { planText } from './plan-text.js';
import { sendBody } from './send-body.js';
import { showCounted } from './terminal/figures.js';
import { jsonText } from './terminal/json.js';
import { facts, plain } from './terminal/table.js';

const WAIT_SECONDS_MAX = 30;

const HELP = `Usage: pealbell send --user USER... --title TEXT [--body TEXT] [options]
       pealbell send --file message.json [options]

  --user USER       to all devices of a user; as often as you like, as are --device and --topic
  --device DEVICE   to a device
  --topic TOPIC     to the subscribers of a topic
  --everyone        to every device of the app
  --title TEXT      what people see
  --body TEXT
  --data NAME=VALUE data for the app; alone it makes a silent message
  --channel NAME    an entry of the app's channels
  --ttl TIME        how long it is worth delivering, such as 8h (default 24h)
  --collapse-key K  a newer message replaces one with the same key
  --file FILE       the body of the request as JSON, - for standard input; flags go on top
  --idempotency-key K  sends under one key make one message, however often they are made
  --wait N          wait up to ${WAIT_SECONDS_MAX} s for its deliveries, for at most 100 devices
  --follow          look until it is settled; Ctrl-C stops the looking, not the message
  --dry-run         say what would be sent to whom, and send nothing
${CLIENT_HELP}
Exit codes: 0 done; 1 it failed; 2 the command line is wrong; 3 (--follow, --wait) it did not reach every device;
            130 stopped by Ctrl-C
`;

const OPTIONS = {
  ...CLIENT_OPTIONS,
  user: { type: 'string', multiple: true },
  device: { type: 'string', multiple: true },
  topic: { type: 'string', multiple: true },
  everyone: { type: 'boolean' },
  title: { type: 'string' },
  body: { type: 'string' },
  data: { type: 'string', multiple: true },
  channel: { type: 'string' },
  ttl: { type: 'string' },
  'collapse-key': { type: 'string' },
  file: { type: 'string' },
  'idempotency-key': { type: 'string' },
  wait: { type: 'string' },
  follow: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
} as const;

/** `pealbell send`. @returns the exit code. */
export async function send(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values: flags } = parseArgs({ args: [...argv], options: OPTIONS });
  if (flags.help) {
    io.stdout.write(HELP);
    return EXIT.done;
  }
  return withClient('send', flags, io, async (desk) => {
    const waitSeconds = readWait(flags.wait);
    const file = flags.file === undefined ? undefined : await readJsonObject(flags.file);
    // What a file holds is judged by the gateway, which names every fault.
    const body = sendBody(flags, file) as unknown as NewMessage;
    if (flags['dry-run']) return showPlan(desk, body);
    const key = flags['idempotency-key'];
    const sent = await desk.client.messages.send(body, {
      signal: io.signal,
      waitSeconds,
      ...(key === undefined ? {} : { idempotencyKey: key }),
    });
    // With --follow, what a program gets is the message and how it changes.
    if (desk.json && !flags.follow) io.stdout.write(jsonText(sent, io.stdout));
    if (!desk.json) io.stdout.write(sentText(sent, desk));
    if (flags.follow) return followMessage(desk, sent.id);
    return sent.deliveries === undefined || isAllSent(sent) ? EXIT.done : EXIT.unreached;
  });
}

async function showPlan({ client, io, json, paint }: Desk, body: NewMessage): Promise<number> {
  const plan = await client.messages.validate(body, { signal: io.signal });
  io.stdout.write(json ? jsonText(plan, io.stdout) : planText(plan, paint));
  return EXIT.done;
}

function readWait(flag: string | undefined): number {
  if (flag === undefined) return 0;
  const seconds = Number(flag);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= WAIT_SECONDS_MAX) return seconds;
  throw new Misuse(`--wait takes whole seconds from 1 to ${WAIT_SECONDS_MAX}, not '${flag}'`);
}

function isAllSent({ deliveries = [] }: SentMessage): boolean {
  return (
    deliveries.length > 0 &&
    deliveries.every(({ state }) => ['sent', 'delivered', 'displayed', 'opened'].includes(state))
  );
}

function sentText(sent: SentMessage, { paint }: Desk): string {
  const { audience, warnings, deliveries } = sent;
  const platforms = Object.entries(audience.by_platform ?? {}).map(([platform, count]) => `${platform} ${count}`);
  const whom =
    audience.devices === undefined
      ? 'being resolved'
      : `${showCounted(audience.devices, 'device')}${platforms.length === 0 ? '' : `: ${platforms.join(', ')}`}`;
  const head = facts(
    [
      ['message', paint('bold', sent.id)],
      [
        'status',
        sent.idempotency_replayed ? `${sent.status}; this key was used before, nothing is sent anew` : sent.status,
      ],
      ['audience', plain(whom)],
      ['nobody at', audience.no_device?.length ? plain(audience.no_device.join(', ')) : undefined],
      ...warnings.map(({ code, detail }) => [paint('yellow', 'warning'), plain(`${code}: ${detail}`)] as const),
    ],
    paint,
  );
  return deliveries === undefined || deliveries.length === 0 ? head : `${head}\n${deliveriesText(deliveries, paint)}`;
}
