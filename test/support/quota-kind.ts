/** A vendor with quotas, in memory, in the place of FCM: caps and days without anybody's protocol. */
import type { Batch, MessageClass, Outcome, ProviderKind, QuotaKeeping, Quotas } from '../../providers/contract.js';
import { fcmKind } from '../../providers/fcm/kind.js';
import { msUntilNextDay } from '../../providers/shared/vendor-day.js';

export interface QuotaVendor {
  readonly kind: ProviderKind<unknown>;
  /** Targets that it was asked for, and those that it took, by class. */
  readonly asked: Record<MessageClass, number>;
  readonly taken: Record<MessageClass, number>;
  /** Marketing messages that it takes until its next day begins. */
  marketingLeft: number;
  /** What the next targets get in place of its answer. */
  readonly next: Outcome[];
}

export function openQuotaVendor(quotas: Quotas, now: () => number): QuotaVendor {
  const vendor: QuotaVendor = {
    kind: undefined as never, // below
    asked: { transactional: 0, marketing: 0 },
    taken: { transactional: 0, marketing: 0 },
    marketingLeft: Number.POSITIVE_INFINITY,
    next: [],
  };

  function answer(of: MessageClass): Outcome {
    vendor.asked[of]++;
    const scripted = vendor.next.shift();
    if (scripted !== undefined) return scripted;
    if (of === 'marketing' && vendor.marketingLeft <= 0) {
      const retryAfterMs = msUntilNextDay(now(), quotas.dayStartsMinutes);
      return { kind: 'deferred', scope: 'class', reason: 'quota_exceeded', retryAfterMs, detail: { code: 'spent' } };
    }
    if (of === 'marketing') vendor.marketingLeft--;
    vendor.taken[of]++;
    return { kind: 'accepted' };
  }

  const kind: ProviderKind<unknown> & QuotaKeeping<unknown> = {
    ...(fcmKind as unknown as ProviderKind<unknown>), // its options are read, and never looked at here
    quotas: () => quotas,
    open: async (_options, { name }) => ({
      name,
      limits: { ...fcmKind.limits, batchTargetsMax: 1_000, requestTargetsMax: 1_000 },
      send: async ({ message, targets }: Batch) => targets.map(() => answer(message.class ?? 'marketing')),
      close: () => Promise.resolve(),
    }),
  };
  return Object.assign(vendor, { kind });
}
