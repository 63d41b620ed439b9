import type { ProviderObservation } from '../../providers/contract.js';
import type { Clock } from '../domain/time.js';
import { isTwin } from '../domain/twin.js';
import { LANES } from '../ports/work-queue.js';
import type { BullWorkQueue } from '../queue/bullmq/work-queue.js';
import type { Metrics } from '../runtime/metrics.js';
import type { Store } from '../store/store.js';
import { quotaRatios } from '../usecases/quota-states.js';

/** Counts what a provider of an app tells. */
export function observeProvider(metrics: Metrics, app: string, name: string, observation: ProviderObservation): void {
  // What a simulator does is no figure of the vendor's.
  const provider = isTwin(app) ? `${name}:test` : name;
  if (observation.kind === 'request')
    metrics.providerRequests.observe({ provider, code: observation.code }, observation.ms / 1_000);
  else metrics.providerConnections.set({ provider, state: observation.state }, observation.count);
}

/** Sets what is not counted but looked at: how much waits, and for how long. */
export async function readGauges(metrics: Metrics, store: Store, queue: BullWorkQueue, clock: Clock): Promise<void> {
  for (const lane of LANES) {
    metrics.queueJobs.set({ lane, state: 'waiting' }, await queue.depth(lane));
    const { due, oldestMs } = await store.chunks.backlog(lane, clock.now());
    metrics.queueJobs.set({ lane, state: 'due' }, due);
    metrics.queueOldest.set({ lane }, oldestMs / 1_000);
  }
}

/** Sets what is left of vendors' quotas. */
export async function readQuotas(metrics: Metrics, house: Parameters<typeof quotaRatios>[0]): Promise<void> {
  const ratios = await quotaRatios(house);
  // A class that is parked no more, or whose quota left the file, is no number any more.
  metrics.quotaRemaining.reset();
  for (const { ratio, ...labels } of ratios) metrics.quotaRemaining.set(labels, ratio);
}
