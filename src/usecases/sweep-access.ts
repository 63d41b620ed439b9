import { ACCESS_LEEWAY_MS, ACCESS_LIFE_MS_MAX } from '../domain/realtime.js';
import type { Clock } from '../domain/time.js';
import type { QuotaStore } from '../ports/quota-store.js';
import { type ReactionStore, TOLD_KEPT_MS } from '../ports/reaction-store.js';
import type { RevocationStore } from '../ports/revocation-store.js';
import type { UpstreamStore } from '../ports/upstream-store.js';
import type { VendorNameStore } from '../ports/vendor-name-store.js';
import type { VendorTokenStore } from '../ports/vendor-token-store.js';

const STEP_MAX = 500;
/** Rounds at most, so that one run is bounded; what is left comes next time. */
const ROUNDS_MAX = 50;
/** Whoever signs may be ahead by the leeway, and whoever checks behind by it. */
export const REVOCATION_KEPT_MS: number = ACCESS_LIFE_MS_MAX + 2 * ACCESS_LEEWAY_MS;

/** No clock of a process is so far behind that it takes such a token for living, or such a day for today. */
const ENDED_KEPT_MS = 86_400_000;

/** Removes revocations whose tokens have all ended, upstream messages, ids of events, vendors’ access tokens and quotas of days past their time, in small steps. */
export async function sweepAccess(
  house: {
    readonly revocations: Pick<RevocationStore, 'sweep'>;
    readonly upstream: Pick<UpstreamStore, 'sweep'>;
    readonly reactions: Pick<ReactionStore, 'sweep'>;
    readonly vendorNames: Pick<VendorNameStore, 'sweep'>;
    readonly vendorTokens: Pick<VendorTokenStore, 'sweep'>;
    readonly quotas: Pick<QuotaStore, 'sweep'>;
    readonly clock: Clock;
  },
  signal: AbortSignal,
): Promise<void> {
  const now = house.clock.now();
  for (let round = 0; round < ROUNDS_MAX && !signal.aborted; round++) {
    const removed =
      (await house.revocations.sweep(now - REVOCATION_KEPT_MS, STEP_MAX)) +
      (await house.upstream.sweep(now, STEP_MAX)) +
      (await house.reactions.sweep(now, STEP_MAX)) +
      (await house.vendorNames.sweep(now - TOLD_KEPT_MS, STEP_MAX)) +
      (await house.vendorTokens.sweep(now - ENDED_KEPT_MS, STEP_MAX)) +
      (await house.quotas.sweep(now - ENDED_KEPT_MS, STEP_MAX));
    if (removed === 0) return;
  }
}
