import { REALTIME } from '../../domain/route.js';
import { COUNTED, type Counted, emptyStats } from '../../domain/stats.js';
import type { RoadCounts } from '../../ports/message-store.js';

/** A part of what is counted of one message over one road. */
export interface OnRoad {
  /** `null`: ended without any. */
  readonly provider: string | null;
  readonly name: Counted;
  readonly n: number;
}

/** What became of one message road by road, in the order of their names, none at all last. */
export function sumRoads(parts: Iterable<OnRoad>): RoadCounts[] {
  const roads = new Map<string | null, Record<Counted, number>>();
  for (const { provider, name, n } of parts) {
    const counts = roads.get(provider) ?? emptyStats();
    roads.set(provider, counts);
    counts[name] += n;
  }
  return [...roads]
    .filter(([, counts]) => COUNTED.some((name) => counts[name] !== 0))
    .sort(([a], [b]) => (a === null ? 1 : b === null || a < b ? -1 : 1))
    .map(([provider, counts]) => ({ provider, counts }));
}

/** With those of a message for everyone that ended without a word. */
export function withSilent(
  roads: readonly RoadCounts[],
  state: 'expired' | 'canceled',
  count: number,
): readonly RoadCounts[] {
  const live = roads.find(({ provider }) => provider === REALTIME) ?? { provider: REALTIME, counts: emptyStats() };
  const more = { ...live, counts: { ...live.counts, [state]: live.counts[state] + count } };
  return [...roads.filter((road) => road !== live), more];
}
