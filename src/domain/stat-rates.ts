import type { Platform } from './device.js';
import { type Counted, emptyStats, type StatCounts, type StatRow, sumStats } from './stats.js';

/** What can be told of a delivery after it was sent, and set against that. */
export const TOLD = ['delivered', 'displayed', 'opened', 'dismissed', 'converted'] as const;
export type Told = (typeof TOLD)[number];

/** A share of deliveries, with what it is a share of. */
export interface Rate {
  /** 0 to 1; of `converted` it may be more. */
  readonly value: number;
  readonly count: number;
  /** Deliveries sent over the roads that can tell. */
  readonly of: number;
}

/** `null`: no road can tell, or nothing was sent over those that can. */
export type Rates = Readonly<Record<Told, Rate | null>>;

/** A provider and a platform, and what its devices tell. */
export interface Road {
  readonly provider: string | null;
  readonly platform: Platform | null;
  readonly tells: readonly Told[];
}

/**
 * Which roads can tell what, judged by all that is asked for. A device that says `opened` has displayed it, too, and counts so:
 * a road tells `delivered` or `displayed` by itself only where some deliveries came so far and, as far as is known, no
 * further. The connection of devices always tells `delivered`.
 */
export function roadsOf(rows: readonly StatRow[], live: string): readonly Road[] {
  const sums = new Map<string, { road: Pick<Road, 'provider' | 'platform'>; counts: StatCounts }>();
  for (const { provider, platform, counts } of rows) {
    const key = `${provider ?? ''}|${platform ?? ''}`;
    const known = sums.get(key)?.counts ?? emptyStats();
    sums.set(key, { road: { provider, platform }, counts: sumStats([known, counts]) });
  }
  return [...sums.values()].map(({ road, counts }) => ({ ...road, tells: toldBy(counts, road.provider === live) }));
}

function toldBy(counts: StatCounts, isLive: boolean): Told[] {
  const tells: Readonly<Record<Told, boolean>> = {
    delivered: isLive || counts.delivered > counts.displayed,
    displayed: counts.displayed > counts.opened,
    opened: counts.opened > 0,
    dismissed: counts.dismissed > 0,
    converted: counts.converted > 0,
  };
  return TOLD.filter((told) => tells[told]);
}

/** Rates of these rows: what was told over the roads that can tell it, of what was sent over them. */
export function ratesOf(rows: readonly StatRow[], roads: readonly Road[]): Rates {
  const rateOf = (told: Told): Rate | null => {
    const able = rows.filter((row) =>
      roads.some(
        ({ provider, platform, tells }) =>
          provider === row.provider && platform === row.platform && tells.includes(told),
      ),
    );
    const sum = (name: Counted) => able.reduce((total, { counts }) => total + counts[name], 0);
    const [count, of] = [sum(told), sum('sent')];
    return of === 0 ? null : { value: count / of, count, of };
  };
  return {
    delivered: rateOf('delivered'),
    displayed: rateOf('displayed'),
    opened: rateOf('opened'),
    dismissed: rateOf('dismissed'),
    converted: rateOf('converted'),
  };
}
