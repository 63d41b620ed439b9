import type { Config } from '../../config/load.js';
import type { Clock } from '../domain/time.js';
import { laneWorker } from '../jobs/lane-worker.js';
import type { Worker } from '../ports/lifecycle.js';
import type { Log } from '../ports/log.js';
import { LANES, type Lane } from '../ports/work-queue.js';
import type { BullWorkQueue } from '../queue/bullmq/work-queue.js';
import type { Metrics } from '../runtime/metrics.js';
import { periodic } from '../runtime/periodic.js';
import type { AccountGate } from '../usecases/account-gate.js';
import type { CarryOut } from '../usecases/carry-out.js';
import type { Deliver } from '../usecases/deliver.js';
import type { FanOut } from '../usecases/fan-out.js';
import type { Feeder } from '../usecases/feed.js';
import type { HandOut } from '../usecases/hand-out.js';
import { lookAtCredentials } from '../usecases/look-at-credentials.js';
import type { ProviderDirectory } from '../usecases/provider-directory.js';
import { readFeeds } from '../usecases/read-feeds.js';
import type { RecallMessage } from '../usecases/recall-message.js';
import { createReconcile } from '../usecases/reconcile.js';
import type { Retire } from '../usecases/retire.js';
import { sweep } from '../usecases/sweep.js';
import { sweepAccess } from '../usecases/sweep-access.js';
import { sweepEvents } from '../usecases/sweep-events.js';
import type { Base } from './base.js';
import { readGauges, readQuotas } from './observed.js';

/** Jobs of a lane handled at once; the windows under way are bounded over all of them. */
const LANE_CONCURRENCY: Readonly<Record<Lane, number>> = { transactional: 8, marketing: 4, system: 2 };
/** Lanes whose chunks wait in the store; the system lane has jobs only. */
const FED_LANES = ['transactional', 'marketing'] as const;
const FEED_EVERY_MS = 200;
const RECONCILE_EVERY_MS = 1_000;
const RECALL_EVERY_MS = 1_000;
const REFRESH_EVERY_MS = 1_000;
const SWEEP_EVERY_MS = 60_000;
/** What is told is days away. */
const CREDENTIALS_EVERY_MS = 3_600_000;
const FEEDS_EVERY_MS = 30_000;
const MAINTAIN_EVERY_MS = 20_000;
const GAUGES_EVERY_MS = 5_000;

export interface WorkerParts {
  readonly config: Config;
  readonly base: Base;
  readonly queue: BullWorkQueue;
  readonly handOut: HandOut;
  readonly gate: AccountGate;
  readonly providers: Pick<ProviderDirectory, 'apps' | 'configured' | 'open'>;
  readonly retire: Retire;
  readonly feeder: Feeder;
  readonly deliver: Deliver;
  readonly fanOut: FanOut;
  readonly carryOut: CarryOut;
  readonly recallMessage: RecallMessage;
  readonly wakers: Readonly<Record<Lane, { call: () => void }>>;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Log;
  /** Names this process's claims. */
  readonly holder: string;
}

/** Clears up after the process before this one, and gives the workers of the role `worker`. */
export async function prepareWorkers(parts: WorkerParts, withReconciler: boolean): Promise<Worker[]> {
  const { base, queue, gate, feeder, deliver, fanOut, wakers, clock, log, holder } = parts;
  const { messages, chunks } = base.store;
  if (base.ownership !== undefined) {
    // Nobody else can hold anything: what the last process held or handed over is free at once.
    await chunks.voidLeases();
    await base.store.webhooks.voidLeases();
    await queue.empty();
  }
  // The credentials may be mended since.
  await gate.forgetBlocks();
  await chunks.unblock(clock.now());
  await gate.refresh();

  const lanes = { queue, handOut: parts.handOut, deliver, fanOut, log, holder, nowMs: () => performance.now() };
  const reconcile = createReconcile({ messages, chunks, queue, carryOut: parts.carryOut, clock, log });
  const { retention } = parts.config;
  return [
    ...LANES.map((lane) => laneWorker(lane, LANE_CONCURRENCY[lane], lanes)),
    ...FED_LANES.map((lane) =>
      periodic(`feed.${lane}`, FEED_EVERY_MS, log, async () => void (await feeder.feed(lane)), wakers[lane]),
    ),
    ...(withReconciler ? [periodic('reconcile', RECONCILE_EVERY_MS, log, () => reconcile.run())] : []),
    periodic('recalls', RECALL_EVERY_MS, log, (signal) => parts.recallMessage.carryOn(signal)),
    periodic('accounts', REFRESH_EVERY_MS, log, () => gate.refresh()),
    periodic('sweep', SWEEP_EVERY_MS, log, (signal) => sweep({ ...base.store, clock, retention }, signal)),
    periodic('sweep.events', SWEEP_EVERY_MS, log, (signal) =>
      sweepEvents({ ...base.store, clock, log, retention }, signal),
    ),
    periodic('sweep.access', SWEEP_EVERY_MS, log, (signal) => sweepAccess({ ...base.store, clock }, signal)),
    periodic('credentials', CREDENTIALS_EVERY_MS, log, () => lookAtCredentials({ ...base.store, ...parts })),
    periodic('feeds', FEEDS_EVERY_MS, log, (signal) =>
      readFeeds({ ...base.store, ...parts, hasher: base.hasher }, signal),
    ),
    periodic('maintain', MAINTAIN_EVERY_MS, log, async () => {
      await base.maintain();
      await queue.trim();
    }),
    periodic('gauges', GAUGES_EVERY_MS, log, () => readGauges(parts.metrics, base.store, queue, clock)),
    periodic('gauges.quotas', GAUGES_EVERY_MS, log, () =>
      readQuotas(parts.metrics, { ...base.store, providers: parts.providers, clock }),
    ),
  ];
}

/** For a process that only accepts: somebody else feeds the lanes, but it must know how full they are. */
export function watchingWorkers({ feeder, log }: Pick<WorkerParts, 'feeder' | 'log'>): Worker[] {
  return FED_LANES.map((lane) => periodic(`look.${lane}`, FEED_EVERY_MS, log, () => feeder.look(lane)));
}
