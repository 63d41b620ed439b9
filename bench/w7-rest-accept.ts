import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulators } from '../src/simulators.js';
import { type Contender, hold } from './harness/contest.js';
import { divideCores, machine, shareCores } from './harness/cores.js';
import { startDatastores } from './harness/datastores.js';
import { deviceId, NOTIFICATION } from './harness/devices.js';
import { createGatewayClient } from './harness/gateway-client.js';
import { type LoadResult, offer, saturate } from './harness/http-load.js';
import { type NowhereFace, startNowhere, startNowhereCrew } from './harness/nowhere.js';
import { type BenchOptions, placeOf } from './harness/options.js';
import { type Report, reportRuns } from './harness/report.js';
import { startRival } from './harness/rival.js';
import { type Account, add } from './harness/run.js';
import type { TallyReading } from './harness/tally.js';
import type { GatewayReady } from './rivals/gateway-to-nowhere.js';

/** Messages go to these in turn. */
const DEVICES = 1_000;
const ACCEPTED = 202;
/** After the load: what was accepted must have come through by then. */
const DRAIN_MS = 120_000;
const LOOK_EVERY_MS = 250;
const WARM_UP_SECONDS = 2;

/**
 * W7, REST accept: one message to one device a request, written down before 202, over 64 keep-alive connections. The rate
 * and the CPU are those of as many as it takes, until the last message has come through; latency is that of a steady rate.
 */
export async function w7RestAccept(options: BenchOptions): Promise<Report> {
  const { backend } = options;
  const cores = backend === 'embedded' ? divideCores() : shareCores();
  const load = { connections: options.connections ?? 64, seconds: options.seconds ?? 10, rate: options.rate ?? 300 };
  const dir = await mkdtemp(join(tmpdir(), 'pealbell-bench-'));
  const closing: (() => Promise<void>)[] = [() => rm(dir, { recursive: true, force: true })];
  try {
    const home = join(dir, 'gateway');
    // Nothing is sent to it: it is there for credentials that a configuration may have.
    const simulators = await startSimulators({ controlPort: 0, dir: home });
    closing.push(() => simulators.close());
    const stores = backend === 'embedded' ? undefined : await startDatastores(backend);
    if (stores !== undefined) closing.push(() => stores.close());
    const setup = { dir: home, simulators, devices: DEVICES, cores };
    const gateway =
      stores === undefined ? await startNowhere(setup) : await startNowhereCrew(setup, stores, options.workers);
    closing.push(() => gateway.stop());
    await createGatewayClient(gateway.ready.url, gateway.ready.key).importDevices(DEVICES, 'apns');
    const queue = stores === undefined ? {} : { queueUrl: stores.peerQueueUrl };
    const naive = await startRival<'tally', TallyReading, GatewayReady>(
      'naive-api',
      { dir: join(dir, 'naive'), devices: DEVICES, ...queue },
      cores,
    );
    closing.push(() => naive.stop());
    const naiveFace = {
      process: naive.process,
      ...(stores === undefined ? {} : { beside: stores.beside }),
      tally: () => naive.ask('tally'),
    };
    const contenders = [
      ...gateway.faces.map((face) => contender(`Pealbell${face.suffix}`, gateway.ready, face, load)),
      contender('Express and a BullMQ job each', naive.ready, naiveFace, load),
    ];
    const conditions = [
      `One message to one device a request, ${load.connections} connections, ${stores === undefined ? 'embedded database' : `one api process over ${stores.names}`}, a provider that sends nowhere.`,
      `${load.seconds} s of as many as it takes, then ${load.seconds} s at ${load.rate} a second for the latencies.`,
      `Medians of ${options.runs} runs in turn; ${cores.sentence}; ${machine()}.`,
    ];
    const heading = { workload: placeOf('W7', options), unit: 'message', conditions };
    return reportRuns(heading, await hold(contenders, options.runs));
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

function contender(
  who: string,
  ready: GatewayReady,
  face: Omit<NowhereFace, 'suffix'>,
  load: { readonly connections: number; readonly seconds: number; readonly rate: number },
): Contender {
  let from = 0;
  const body = (n: number) =>
    JSON.stringify({ to: { devices: [deviceId(n % DEVICES)] }, notification: NOTIFICATION, class: 'transactional' });
  const target = { ...ready, body };
  /** Waits until what was accepted has come through, and compares device by device. */
  async function accountOf({ asked, statuses }: LoadResult): Promise<Account> {
    const accepted = statuses.get(ACCEPTED) ?? 0;
    const came = await comeThrough(face, accepted);
    const wanted = new Uint32Array(DEVICES);
    for (let n = from; n < from + asked; n += 1) wanted[n % DEVICES] = (wanted[n % DEVICES] ?? 0) + 1;
    from += asked;
    const received = came.reduce((sum, count, device) => sum + Math.min(count, wanted[device] ?? 0), 0);
    const arrivals = came.reduce((sum, count) => sum + count, 0);
    return { sent: asked, received, failed: asked - accepted, duplicates: arrivals - received };
  }
  const warmUp = async () =>
    void (await accountOf(await saturate(target, { ...load, seconds: WARM_UP_SECONDS, from })));
  return {
    who,
    process: face.process,
    ...(face.beside === undefined ? {} : { beside: face.beside }),
    // Workers that are new in each round are warmed up in each.
    warmUp: face.prepare === undefined ? warmUp : async () => undefined,
    async prepare() {
      if (face.prepare === undefined) return;
      await face.prepare();
      await warmUp();
    },
    rest: async () => face.rest?.(),
    async run() {
      const most = await saturate(target, { ...load, from });
      const ofMost = await accountOf(most);
      const steady = await offer(target, { ...load, from });
      const ofSteady = await accountOf(steady);
      return {
        units: ofMost.sent + ofSteady.sent,
        perSecond: most.asked / most.seconds,
        latencies: steady.latencies,
        account: add(ofMost, ofSteady),
      };
    },
  };
}

/** Arrivals by device, once `accepted` came, nothing more comes, or the time is over. */
async function comeThrough(face: Pick<NowhereFace, 'tally'>, accepted: number): Promise<readonly number[]> {
  const came = new Array<number>(DEVICES).fill(0);
  let arrivals = 0;
  const deadline = performance.now() + DRAIN_MS;
  for (;;) {
    const reading = await face.tally();
    for (const [device, count] of reading.byDevice.entries()) came[device] = (came[device] ?? 0) + count;
    arrivals += reading.arrivals;
    const isOver = arrivals >= accepted || performance.now() > deadline;
    if (isOver && reading.arrivals === 0) return came;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
