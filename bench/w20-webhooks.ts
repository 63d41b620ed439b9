import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOSTILE_KINDS, type HostileReceiver, openHostile, openTlsStall } from '../test/support/receiver-farm.js';
import { divideCores, machine } from './harness/cores.js';
import type { BenchOptions } from './harness/options.js';
import { quantile } from './harness/quantiles.js';
import { figure, type Report } from './harness/report.js';
import { type Rival, startRival } from './harness/rival.js';
import type { WebhookOrder, WebhookSetup } from './harness/webhook-order.js';

const ENDPOINTS = 100;
const SECONDS = 4;
/** Events that happen together; each endpoint hears of each. */
const EVENTS_PER_SECOND = 1;
const DEVICES = 100_000;
const SEND_AT_ONCE = 500;
const TIMEOUT_MS = 15_000;
/** For what was told to arrive. */
const PATIENCE_MS = 60_000;

type Dispatcher = Rival<WebhookOrder, object, object>;

/**
 * W20, webhooks: does a hostile receiver slow the other 99 endpoints of an app? One of each kind in turn, then all kinds at
 * once; and how many calls does a send to many devices make? Latency counts from the event's own time to the arrival of the
 * call that tells it.
 */
export async function w20Webhooks(options: BenchOptions): Promise<Report> {
  const cores = divideCores();
  const devices = options.devices ?? DEVICES;
  const seconds = options.seconds ?? SECONDS;
  const rate = options.rate ?? EVENTS_PER_SECOND;
  const dir = await mkdtemp(join(tmpdir(), 'pealbell-bench-'));
  const closing: (() => Promise<unknown>)[] = [() => rm(dir, { recursive: true, force: true })];
  try {
    const farm = await openFarm();
    closing.push(() => farm.close());
    const hostile = new Map<string, HostileReceiver>();
    for (const kind of HOSTILE_KINDS) hostile.set(kind, await openHostile(kind));
    hostile.set('TLS never begins', await openTlsStall());
    closing.push(...[...hostile.values()].map((one) => () => one.close()));
    const setup: WebhookSetup = { dir: join(dir, 'dispatcher'), timeoutMs: TIMEOUT_MS };
    const dispatcher = await startRival<WebhookOrder, object>('webhooks', setup, cores);
    closing.push(() => dispatcher.stop());

    const load = { times: seconds * rate, everyMs: 1_000 / rate, count: 1 };
    const measure = (who: string, bad: readonly HostileReceiver[]) => isolation(who, bad, dispatcher, farm, load);
    await measure('warm-up', []);
    const rows = [await measure('no hostile receiver', [])];
    for (const [kind, one] of hostile) rows.push(await measure(`one that shows: ${kind}`, [one]));
    rows.push(await measure(`all ${hostile.size} of them`, [...hostile.values()]));
    const send = await tellOfSend(devices, dispatcher, farm);
    return {
      workload: 'W20',
      conditions: [
        `${ENDPOINTS} endpoints of one app over plain http, ${rate} event(s) a second to each for ${seconds} s, max_wait 0; the figures are those of the endpoints that are not hostile; timeout ${TIMEOUT_MS / 1_000} s; embedded database.`,
        `One run; ${cores.sentence}; ${machine()}.`,
      ],
      columns: ['', 'p50 ms', 'p99 ms', 'most ms', 'peak RSS MB', 'wanted', 'arrived', 'twice'],
      rows: rows.map((row) => [row.who, ...row.figures.map(figure)]),
      notes: [
        `What a send to ${devices.toLocaleString('en')} devices tells, written into the log in blocks of ${SEND_AT_ONCE}, came to one endpoint in ${send.calls.toLocaleString('en')} calls, ${figure(send.perSecond)} events a second.`,
      ],
      account: [...rows, send].every(({ holds }) => holds) ? 'holds' : 'broken',
    };
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

interface Row {
  readonly who: string;
  readonly figures: readonly number[];
  readonly holds: boolean;
}

async function isolation(
  who: string,
  bad: readonly HostileReceiver[],
  dispatcher: Dispatcher,
  farm: Farm,
  load: { times: number; everyMs: number; count: number },
): Promise<Row> {
  const good = ENDPOINTS - bad.length;
  const urls = Array.from({ length: good }, (_, n) => `${farm.url}/${n}`);
  await dispatcher.ask({ kind: 'endpoints', urls: [...bad.map(({ url }) => url), ...urls] });
  farm.forget();
  dispatcher.process.forgetPeak();
  await dispatcher.ask({ kind: 'happen', ...load });
  const wanted = good * load.times * load.count;
  await farm.until(wanted);
  const { distinct, arrivals, latencies } = farm.told();
  const latency = [quantile(latencies, 0.5), quantile(latencies, 0.99), Math.max(0, ...latencies)];
  return {
    who,
    figures: [...latency, dispatcher.process.peakMb(), wanted, distinct, arrivals - distinct],
    holds: distinct === wanted && arrivals === distinct,
  };
}

async function tellOfSend(devices: number, dispatcher: Dispatcher, farm: Farm) {
  await dispatcher.ask({ kind: 'endpoints', urls: [`${farm.url}/0`] });
  farm.forget();
  const startedAt = performance.now();
  const times = Math.ceil(devices / SEND_AT_ONCE);
  await dispatcher.ask({ kind: 'happen', times, everyMs: 1, count: SEND_AT_ONCE });
  await farm.until(times * SEND_AT_ONCE);
  const { distinct, arrivals, calls } = farm.told();
  const perSecond = (distinct / (performance.now() - startedAt)) * 1_000;
  return {
    calls,
    perSecond,
    holds: distinct === times * SEND_AT_ONCE && arrivals === distinct && calls <= devices / 40,
  };
}

type Farm = Awaited<ReturnType<typeof openFarm>>;

/** Receivers that work, by path; keeps what they were told of. */
async function openFarm() {
  const seen = new Set<string>();
  let latencies: number[] = [];
  let arrivals = 0;
  let calls = 0;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const now = Date.now();
      response.writeHead(204).end();
      calls += 1;
      const body: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'));
      for (const { id, at } of (body as { data: { events: { id: string; at: string }[] } }).data.events) {
        arrivals += 1;
        seen.add(`${request.url} ${id}`);
        latencies.push(now - Date.parse(at));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // listening on a port
  return {
    url: `http://127.0.0.1:${port}`,
    told: () => ({ distinct: seen.size, arrivals, calls, latencies }),
    forget() {
      seen.clear();
      latencies = [];
      arrivals = 0;
      calls = 0;
    },
    async until(wanted: number) {
      const deadline = performance.now() + PATIENCE_MS;
      while (seen.size < wanted && performance.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 20));
    },
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
