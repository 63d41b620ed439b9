import { parseArgs } from 'node:util';
import type { Provider } from '../../sdk/server/src/index.js';
import { type BenchKind, type Load, type Measured, runLoad } from './bench/load.js';
import { CLIENT_HELP, CLIENT_OPTIONS, type Desk, Misuse, withClient } from './client-command.js';
import { type CommandIo, EXIT } from './io.js';
import { showCount, showDuration } from './terminal/figures.js';
import { jsonText } from './terminal/json.js';
import { createProgress } from './terminal/progress.js';
import { plain, table } from './terminal/table.js';

/** Named targets of one message at most. */
const DEVICES_PER_MESSAGE = 1_000;
const MESSAGES = 1_000;
const DEVICES = 10_000;
const COUNT_MAX = 1_000_000;
const TEST_KEY = 'pealbell_test_';

const HELP = `Usage: pealbell bench [--messages N] [--devices N] [options]

Measures a running gateway: how quickly it accepts, and how quickly what it accepted has been sent. Only the simulators are
reached, so it takes a test key (scopes messages:send, messages:read), made with: pealbell keys create --test …
The push tokens are made up; what is left behind are the messages, in the test twin of the app.

  --messages N      messages to one device each (default ${showCount(MESSAGES)})
  --devices N       devices of messages to ${showCount(DEVICES_PER_MESSAGE)} devices each, rounded up (default ${showCount(DEVICES)})
${CLIENT_HELP}
Exit code: 1 when a device is not accounted for, or was not sent to.
`;

const OPTIONS = { ...CLIENT_OPTIONS, messages: { type: 'string' }, devices: { type: 'string' } } as const;

/** `pealbell bench`. @returns the exit code. */
export async function bench(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values: flags } = parseArgs({ args: [...argv], options: OPTIONS });
  if (flags.help) {
    io.stdout.write(HELP);
    return EXIT.done;
  }
  return withClient('bench', flags, io, async (desk) => {
    const key = flags.key ?? io.env.PEALBELL_KEY ?? '';
    if (!key.startsWith(TEST_KEY)) {
      throw new Misuse(
        `bench takes a test key (${TEST_KEY}…), so that it reaches simulators only; make one with\n  pealbell keys create --test --app APP --scopes messages:send,messages:read`,
      );
    }
    const messages = readCount('messages', flags.messages, MESSAGES);
    const devices = readCount('devices', flags.devices, DEVICES);
    const loads: Load[] = [
      { messages, devicesPerMessage: 1 },
      { messages: Math.ceil(devices / DEVICES_PER_MESSAGE), devicesPerMessage: Math.min(devices, DEVICES_PER_MESSAGE) },
    ];
    return measure(desk, loads);
  });
}

async function measure(desk: Desk, loads: readonly Load[]): Promise<number> {
  const { client, io, paint } = desk;
  const providers: Provider[] = [];
  for await (const provider of client.providers.list({ signal: io.signal })) providers.push(provider);
  const provider = pick(providers);
  if (provider === undefined) {
    io.stderr.write('bench makes up push tokens of apns and fcm, and this app has neither provider.\n');
    return EXIT.failed;
  }
  const progress = createProgress(io.stderr, paint);
  const rows: Measured[] = [];
  try {
    for (const load of loads) {
      rows.push(
        await runLoad(client, provider, load, io.signal, (settled) =>
          progress.show(settled, load.messages, 'messages settled'),
        ),
      );
    }
  } finally {
    progress.clear();
  }
  const holds = rows.every(({ sent, devices }) => sent === devices);
  if (desk.json) io.stdout.write(jsonText({ provider: provider.name, rows, account_holds: holds }, io.stdout));
  else io.stdout.write(text(desk, provider.name, rows, holds));
  return holds ? EXIT.done : EXIT.failed;
}

function pick(providers: readonly Provider[]): { name: string; kind: BenchKind } | undefined {
  for (const kind of ['apns', 'fcm'] as const) {
    const found = providers.find((provider) => provider.kind === kind);
    if (found !== undefined) return { name: found.name, kind };
  }
  return undefined;
}

function text({ paint }: Desk, provider: string, rows: readonly Measured[], holds: boolean): string {
  const right = (name: string) => ({ name, align: 'right' as const });
  const columns = [
    right('DEVICES EACH'),
    ...['MESSAGES', 'ACCEPTED/S', 'P50', 'P99', 'DEVICES/S', 'SENT', 'FAILED', 'LOST'].map(right),
  ];
  const cells = rows.map((row) => [
    showCount(row.devices / row.messages),
    showCount(row.messages),
    showCount(Math.round(row.acceptedPerSecond)),
    showDuration(row.accept.p50),
    showDuration(row.accept.p99),
    showCount(Math.round(row.devicesPerSecond)),
    ...[row.sent, row.failed, row.lost].map(showCount),
  ]);
  const verdict = holds ? paint('green', 'Every device was sent to.') : paint('red', 'Not every device was sent to.');
  return `Over ${plain(provider)}, to the simulators. P50, P99: from a call to its 202.\n\n${table(columns, cells, paint)}\n${verdict}\n`;
}

function readCount(name: string, given: string | undefined, otherwise: number): number {
  if (given === undefined) return otherwise;
  const count = /^\d{1,7}$/.test(given) ? Number(given) : 0;
  if (count < 1 || count > COUNT_MAX)
    throw new Misuse(`--${name} takes a whole number from 1 to ${showCount(COUNT_MAX)}`);
  return count;
}
