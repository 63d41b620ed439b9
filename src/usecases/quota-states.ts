import type { Quotas } from '../../providers/contract.js';
import type { MessageClass } from '../domain/message.js';
import type { Clock, EpochMs } from '../domain/time.js';
import { isTwin } from '../domain/twin.js';
import { dayEndsAt } from '../domain/vendor-day.js';
import type { AccountPause, AccountStore } from '../ports/account-store.js';
import type { QuotaStore, QuotaUse } from '../ports/quota-store.js';
import type { ProviderDirectory } from './provider-directory.js';

/** What is left of something that a vendor bounds by the day. */
export interface QuotaState {
  readonly class: MessageClass;
  readonly per: 'device' | 'account';
  /** Absent where only the vendor knows. */
  readonly max?: number;
  /** What it took since its day began; absent for `device`, of which each has its own, and where nothing is counted. */
  readonly used?: number;
  readonly left?: number;
  readonly resetsAt: EpochMs;
  /** Nothing of the class is sent before. */
  readonly parkedUntil?: EpochMs;
}

/** In the order of the kind's quotas; behind them classes that the vendor alone bounds, while they are parked. Pure. */
export function quotaStates(
  { quotas, dayStartsMinutes }: Quotas,
  uses: readonly QuotaUse[],
  pauses: readonly AccountPause[],
  now: EpochMs,
): QuotaState[] {
  const resetsAt = dayEndsAt(now, dayStartsMinutes);
  const parked = new Map(
    pauses.flatMap(({ class: of, reason, until }) =>
      of === undefined || reason !== 'quota_exceeded' || until <= now ? [] : [[of, until]],
    ),
  );
  const known = quotas.map(({ class: of, per, max }): QuotaState => {
    const parkedUntil = parked.get(of);
    const common = { class: of, per, max, resetsAt, ...(parkedUntil === undefined ? {} : { parkedUntil }) };
    if (per === 'device') return common;
    const used = uses.find((use) => use.class === of && use.dayEndsAt === resetsAt)?.used ?? 0;
    return { ...common, used, left: parkedUntil === undefined ? Math.max(0, max - used) : 0 };
  });
  const bounded = new Set(known.flatMap(({ class: of, per }) => (per === 'account' ? [of] : [])));
  const others = [...parked].flatMap(([of, parkedUntil]): QuotaState[] =>
    bounded.has(of) ? [] : [{ class: of, per: 'account', left: 0, resetsAt, parkedUntil }],
  );
  return [...known, ...others];
}

/** The share of an account's daily quota that is left, 0 to 1. */
export interface QuotaRatio {
  readonly app: string;
  readonly provider: string;
  readonly class: MessageClass;
  readonly ratio: number;
}

/** Of every account whose quota is known, and of those that are parked. Asks the store nothing where no provider has a quota. */
export async function quotaRatios(house: {
  readonly providers: Pick<ProviderDirectory, 'apps' | 'configured'>;
  readonly quotas: Pick<QuotaStore, 'uses'>;
  readonly accounts: Pick<AccountStore, 'pauses'>;
  readonly clock: Clock;
}): Promise<QuotaRatio[]> {
  const keepers = house.providers
    .apps()
    // What simulators take is no figure of a vendor's.
    .filter((app) => !isTwin(app))
    .flatMap((app) =>
      house.providers
        .configured(app)
        .flatMap(({ name, quotas }) => (quotas === undefined ? [] : [{ app, provider: name, quotas }])),
    );
  if (keepers.length === 0) return [];
  const now = house.clock.now();
  const [uses, pauses] = await Promise.all([house.quotas.uses(now), house.accounts.pauses()]);
  return keepers.flatMap(({ app, provider, quotas }) => {
    const isOurs = (one: { app: string; provider: string }) => one.app === app && one.provider === provider;
    return quotaStates(quotas, uses.filter(isOurs), pauses.filter(isOurs), now).flatMap((state) =>
      state.per === 'account' ? [{ app, provider, class: state.class, ratio: ratioOf(state) }] : [],
    );
  });
}

function ratioOf({ left = 0, max }: QuotaState): number {
  return max === undefined || max === 0 ? 0 : left / max;
}
