import type { Platform } from '../../../domain/device.js';
import { COUNTED, DAY_MS, emptyStats, HOUR_MS, type StatRow } from '../../../domain/stats.js';
import type { StatsStore } from '../../../ports/stats-store.js';
import { STATS, type StatDoc } from '../documents/counts.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';
import { sweepOldest } from '../writing/sweep-oldest.js';
import { mergeStats, QUIET_MS } from './stats-merge.js';

/** @param quietMs how long counts must have been left alone before they are brought together */
export function createStatsStore({ db }: Ground, quietMs = QUIET_MS): StatsStore {
  const model = db.of(STATS);
  const fields = { hour: 1, class: 1, provider: 1, platform: 1, n: 1, life: 1, taken: 1 } as const;

  return {
    async read({ app, from, to, by }) {
      const span = { app, hour: op({ $gte: from, $lt: to }) };
      const find = (isApart: boolean) =>
        db.run(() =>
          model
            .find({ ...span, isApart })
            .select(fields)
            .lean(),
        );
      // First what is apart: whatever is brought together meanwhile is then found there, and known by its name.
      const apart = await find(true);
      const together = await find(false);
      const taken = new Map(together.flatMap((document) => Object.entries(document.taken ?? {})));
      const rows = new Map<string, Omit<StatRow, 'counts'> & { readonly counts: StatRow['counts'] }>();
      for (const document of [...apart, ...together]) {
        const without = document.life === undefined ? undefined : taken.get(document.life)?.n;
        addTo(rows, document, by === 'day' ? DAY_MS : HOUR_MS, without ?? {});
      }
      return [...rows]
        .filter(([, { counts }]) => COUNTED.some((name) => counts[name] !== 0))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, row]) => row);
    },

    merge: (before, limit) => mergeStats(db, before, limit, quietMs),

    sweep: (before, limit) => sweepOldest(db, model, 'hour', before, limit),
  };
}

type Read = Pick<StatDoc, 'hour' | 'class' | 'provider' | 'platform' | 'n'>;

function addTo(rows: Map<string, StatRow>, document: Read, step: number, without: StatDoc['n']): void {
  const { hour, class: lane, provider, platform, n = {} } = document;
  const start = hour - (hour % step);
  const key = [String(start).padStart(15, '0'), lane, provider, platform].join('\0');
  const counts = { ...(rows.get(key)?.counts ?? emptyStats()) };
  for (const name of COUNTED) counts[name] += (n[name] ?? 0) - (without[name] ?? 0);
  rows.set(key, {
    ...{ start, class: lane, provider: provider === '' ? null : provider },
    platform: platform === '' ? null : (platform as Platform), // as a device named it
    counts,
  });
}
