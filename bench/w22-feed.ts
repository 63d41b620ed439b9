import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDataKey } from '../src/domain/data-key.js';
import { machine, shareCores } from './harness/cores.js';
import { type Backend, type Datastore, startMongo, startPostgres } from './harness/datastores.js';
import type { FeedOrder, FeedTold } from './harness/feed-order.js';
import { type BenchOptions, placeOf } from './harness/options.js';
import { quantile } from './harness/quantiles.js';
import { figure, type Report } from './harness/report.js';
import { startRival } from './harness/rival.js';

/** Chunks that are due, and apps that they are of. */
const SIZES = [10_000, 100_000];
const CHUNKS_OF_APP = 100;
const LIMIT = 256;
const LOOKS = 10;

/**
 * W22, feed: what a look for the chunks whose turn it is costs the store, at growing numbers of chunks that are due and of
 * apps that take turns; and asking how much is due, as every worker does for its metrics.
 */
export async function w22Feed(options: BenchOptions): Promise<Report> {
  const cores = shareCores();
  const rows: (readonly string[])[] = [];
  let holds = true;
  for (const chunks of options.sizes ?? SIZES) {
    const { isTrue, cells } = await measure(options.backend, chunks, Math.max(1, Math.floor(chunks / CHUNKS_OF_APP)));
    holds &&= isTrue;
    rows.push(cells);
  }
  return {
    workload: placeOf('W22', options),
    conditions: [
      `${LOOKS} looks for ${LIMIT} chunks each, one after the other, over chunks of one device that are all due; then ${LOOKS} times how much is due.`,
      `A fresh store for each row, one run each; ${cores.sentence}; ${machine()}.`,
    ],
    columns: [
      ...[
        'store',
        'due',
        'apps',
        'ms per look',
        'most ms',
        'CPU-µs of the process per look',
        'CPU-µs of the store per look',
      ],
      ...['handed', 'apps of the first look', 'twice', 'looks that failed', 'ms to ask how much is due'],
    ],
    rows,
    notes: [],
    account: holds ? 'holds' : 'broken',
  };
}

async function measure(backend: Backend, chunks: number, apps: number) {
  const dir = await mkdtemp(join(tmpdir(), 'pealbell-bench-'));
  const closing: (() => Promise<void>)[] = [() => rm(dir, { recursive: true, force: true })];
  try {
    await writeFile(join(dir, 'gateway.yaml'), 'log: { level: warn }\n');
    const store = await startStore(backend);
    if (store !== undefined) closing.push(() => store.close());
    const settings =
      store === undefined
        ? { 'store.url': `pglite:${join(dir, 'data')}` }
        : { 'store.url': store.url, 'security.data_key': makeDataKey((size) => randomBytes(size)) };
    const storeMicros = () => store?.cpuMicros() ?? 0;
    const cores = { measured: [], sentence: '' };
    const { process, ask, stop } = await startRival<FeedOrder, FeedTold>('feed-alone', { dir, settings }, cores);
    closing.push(stop);
    await ask({ kind: 'fill', chunks, apps });
    const before = { process: process.cpuMicros(), store: storeMicros() };
    const fed = await ask({ kind: 'feed', looks: LOOKS, limit: LIMIT });
    const cpu = { process: process.cpuMicros() - before.process, store: storeMicros() - before.store };
    const backlog = await ask({ kind: 'backlog', looks: LOOKS });
    const distinct = new Set(fed.handed).size;
    const twice = fed.handed.length - distinct;
    return {
      // A look that failed handed nobody over: then what was due is not handed, and that is said.
      isTrue: twice === 0 && distinct === Math.min(chunks, LOOKS * LIMIT),
      cells: [
        store?.name ?? 'embedded',
        ...[chunks, apps].map(figure),
        ...[quantile(fed.millis, 0.5), quantile(fed.millis, 1), cpu.process / LOOKS, cpu.store / LOOKS].map(figure),
        ...[distinct, fed.appsFirst, twice, fed.failed + backlog.failed, quantile(backlog.millis, 0.5)].map(figure),
      ],
    };
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

function startStore(backend: Backend): Promise<Datastore | undefined> {
  if (backend === 'embedded') return Promise.resolve(undefined);
  return backend === 'mongo+redis' ? startMongo() : startPostgres();
}
