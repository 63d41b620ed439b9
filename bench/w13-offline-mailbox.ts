import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Contender, hold } from './harness/contest.js';
import { divideCores, machine } from './harness/cores.js';
import { DRAIN_DEVICES, letterBody, type MailOrder, type MailTold, PUT_DEVICES } from './harness/mail-order.js';
import type { BenchOptions } from './harness/options.js';
import { type Report, reportRuns } from './harness/report.js';
import { type Rival, startRival } from './harness/rival.js';

const DEVICES = 20_000;
const LETTERS = 10;
const WARM_UP_DEVICES = 1_000;
const NOTES = [
  'aedes has its own persistence in memory: nothing of it survives the process, and its bytes are those of the JavaScript heap, with one payload for all devices of a letter.',
  'No sockets on either side: devices come back at the store, or at the persistence of the broker, with one word for each batch of letters, or one for each letter (PUBACK).',
];

/**
 * W13, offline mailbox: letters put for devices that are away, then all of them read and done; beside a row with a copy of
 * the payload for each device, both on the embedded database, and beside aedes, which keeps it all in memory. All in the same
 * batches.
 */
export async function w13OfflineMailbox(options: BenchOptions): Promise<Report> {
  const cores = divideCores();
  const devices = options.devices ?? DEVICES;
  const dir = await mkdtemp(join(tmpdir(), 'pealbell-bench-'));
  const closing: (() => Promise<void>)[] = [() => rm(dir, { recursive: true, force: true })];
  try {
    const open = async (name: string) => {
      const rival = await startRival<MailOrder, MailTold>(name, { dir: join(dir, name), devices }, cores);
      closing.push(() => rival.stop());
      return rival;
    };
    // In turn: what one puts the next takes out.
    const contenders = [
      ...contendersOf('Pealbell’s mailboxes', devices, await open('mailboxes')),
      ...contendersOf('a row with its payload for each device', devices, await open('payload-copies')),
      ...contendersOf('aedes, QoS 1, sessions kept', devices, await open('aedes-mailboxes')),
    ];
    const conditions = [
      `${devices.toLocaleString('en')} devices, ${LETTERS} letters of ${letterBody(0).length} bytes each, ${PUT_DEVICES} devices to a put, ${DRAIN_DEVICES} to a drain; embedded database, aedes in memory.`,
      `Medians of ${options.runs} runs in turn; ${cores.sentence}; ${machine()}.`,
    ];
    const heading = { workload: 'W13', unit: 'copy', conditions, ownColumn: 'heap bytes per copy' };
    const summaries = await hold(contenders, options.runs);
    const notes = [0, 1].flatMap(
      (at) =>
        reportRuns(
          heading,
          summaries.filter((_, n) => n % 2 === at),
        ).notes,
    );
    return { ...reportRuns(heading, summaries), notes: [...notes, ...NOTES] };
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

function contendersOf(who: string, devices: number, rival: Rival<MailOrder, MailTold, object>): Contender[] {
  const warm = Math.min(devices, WARM_UP_DEVICES);
  const sent = devices * LETTERS;
  const run = async (order: MailOrder) => {
    const startedAt = performance.now();
    const { arrivals, distinct, bytes } = await rival.ask(order);
    const account = { sent, received: distinct, failed: 0, duplicates: arrivals - distinct };
    const perSecond = (sent / (performance.now() - startedAt)) * 1_000;
    return { units: sent, perSecond, latencies: [], account, ...(bytes === 0 ? {} : { own: bytes / sent }) };
  };
  return [
    {
      who: `${who}: put`,
      process: rival.process,
      warmUp: () => rival.ask({ kind: 'put', devices: warm, letters: LETTERS }),
      run: () => run({ kind: 'put', devices, letters: LETTERS }),
    },
    {
      who: `${who}: read and done`,
      process: rival.process,
      warmUp: () => rival.ask({ kind: 'drain', devices: warm }),
      run: () => run({ kind: 'drain', devices }),
    },
  ];
}
