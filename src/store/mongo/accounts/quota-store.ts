import type { QuotaStore, QuotaTaken } from '../../../ports/quota-store.js';
import { ACCOUNT_QUOTAS, type AccountQuotaDoc, DEVICE_QUOTAS } from '../documents/quotas.js';
import { op } from '../engine/collection.js';
import { beginTellings } from '../events/telling-changes.js';
import type { Ground } from '../ground.js';
import { makeOrChangeEach, type Plan } from '../writing/make-or-change.js';
import { sweepOldest } from '../writing/sweep-oldest.js';
import { quotaDayId, releasePlaces, reservePlaces } from './device-places.js';

export function createQuotaStore(ground: Ground): QuotaStore {
  const { db, events } = ground;
  const days = db.of(ACCOUNT_QUOTAS);
  return {
    reserve: (places) => reservePlaces(ground, places),
    release: (places) => releasePlaces(ground, places),

    async count(taken, now) {
      if (taken.length === 0) return [];
      const wanted = await events.wanted(taken.map(({ app }) => app));
      const told = beginTellings(ground, ACCOUNT_QUOTAS, now);
      const used = new Map<string, number>();
      const ofDay = new Map<string, readonly QuotaTaken[]>();
      for (const one of taken) ofDay.set(quotaDayId(one), [...(ofDay.get(quotaDayId(one)) ?? []), one]);

      const step = (id: string, before: Pick<AccountQuotaDoc, 'used' | 'told'>) => {
        const these = ofDay.get(id) ?? [];
        const sum = these.reduce((so, { count }) => so + count, before.used);
        used.set(id, sum);
        const shares = [...new Set(these.flatMap((one) => sharesReached(one, sum)))]
          .filter((share) => !before.told.includes(share))
          .sort((a, b) => a - b);
        const tellings = these.slice(0, 1).flatMap(({ app, provider, class: of, max, dayEndsAt }) =>
          wanted(app, 'quota.threshold')
            ? shares.map((share) => ({
                ...({ app, type: 'quota.threshold', common: {} } as const),
                entry: { provider, class: of, share, used: sum, max, resets_at: dayEndsAt },
              }))
            : [],
        );
        return { used: sum, told: [...before.told, ...shares], out: told.owe(id, tellings) };
      };

      const plan: Plan<AccountQuotaDoc> = {
        decide(document) {
          const { out, ...set } = step(document._id, document);
          return { set, out };
        },
        make(id) {
          const { out, ...rest } = step(id, { used: 0, told: [] });
          const [{ app, provider, class: of, dayEndsAt }] = ofDay.get(id) as [QuotaTaken]; // one of its keys
          return { fields: { app, provider, class: of, dayEndsAt, ...rest }, out };
        },
      };
      await makeOrChangeEach(db, days, [...ofDay.keys()], told.call, () => plan);
      await told.tell();
      return taken.map((one) => used.get(quotaDayId(one)) ?? one.count);
    },

    async uses(now) {
      const found = await db.run(() =>
        days
          .find({ dayEndsAt: op({ $gt: now }) })
          .sort({ app: 1, provider: 1, class: 1, dayEndsAt: 1 })
          .lean(),
      );
      return found.map(({ app, provider, class: of, dayEndsAt, used }) => ({
        app,
        provider,
        class: of,
        dayEndsAt,
        used,
      }));
    },

    async sweep(before, limit) {
      return (
        (await sweepOldest(db, db.of(DEVICE_QUOTAS), 'dayEndsAt', before, limit)) +
        (await sweepOldest(db, days, 'dayEndsAt', before, limit))
      );
    },
  };
}

function sharesReached({ tellAt, max, isUsedUp }: QuotaTaken, used: number): readonly number[] {
  return tellAt.filter((share) => (max !== null && used >= share * max) || (isUsedUp && share === 1));
}
