import { REALTIME } from '../domain/route.js';
import { type Rates, type Road, ratesOf, roadsOf } from '../domain/stat-rates.js';
import { type StatCounts, type StatRow, sumStats } from '../domain/stats.js';
import type { EpochMs } from '../domain/time.js';
import type { StatsQuery, StatsStore } from '../ports/stats-store.js';

/** By what counts may be kept apart, beside the time. */
export const STAT_GROUPS = ['provider', 'platform', 'class'] as const;
export type StatGroup = (typeof STAT_GROUPS)[number];

/** Counts of one span; what is not grouped by is absent. */
export interface StatGroupRow extends Partial<Pick<StatRow, StatGroup>> {
  readonly start: EpochMs;
  readonly counts: StatCounts;
  readonly rates: Rates;
}

export interface StatsAnswer {
  /** Oldest first. */
  readonly rows: readonly StatGroupRow[];
  readonly total: { readonly counts: StatCounts; readonly rates: Rates };
  readonly roads: readonly Road[];
}

/** Reads counts of an app, and sets them against each other. */
export async function readStats(
  stats: Pick<StatsStore, 'read'>,
  query: StatsQuery,
  group: readonly StatGroup[],
): Promise<StatsAnswer> {
  const found = await stats.read(query);
  const roads = roadsOf(found, REALTIME);
  const groups = new Map<string, StatRow[]>();
  for (const row of found) {
    const key = JSON.stringify([row.start, ...group.map((name) => row[name])]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [row]);
    else known.push(row);
  }
  const sum = (rows: readonly StatRow[]) => ({
    counts: sumStats(rows.map(({ counts }) => counts)),
    rates: ratesOf(rows, roads),
  });
  return {
    rows: [...groups.values()].flatMap((rows) => {
      const first = rows[0];
      return first === undefined ? [] : [{ start: first.start, ...pick(first, group), ...sum(rows) }];
    }),
    total: sum(found),
    roads,
  };
}

function pick(row: StatRow, group: readonly StatGroup[]): Partial<Pick<StatRow, StatGroup>> {
  return Object.fromEntries(group.map((name) => [name, row[name]]));
}
