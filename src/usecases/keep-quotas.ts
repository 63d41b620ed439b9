import type { Outcome, Quotas } from '../../providers/contract.js';
import type { MessageClass } from '../domain/message.js';
import type { Clock, EpochMs } from '../domain/time.js';
import { dayEndsAt } from '../domain/vendor-day.js';
import type { Log } from '../ports/log.js';
import type { DevicePlace, QuotaStore, QuotaTaken } from '../ports/quota-store.js';
import type { AccountGate } from './account-gate.js';
import { type Addressed, groupByWork, notAsked } from './attempt-window.js';
import type { ChunkWork } from './chunk-work.js';
import type { NextRoad } from './next-road.js';
import type { ProviderDirectory } from './provider-directory.js';
import { endOfRoute } from './settle.js';

/** Keeps to what vendors let through in a day of theirs. Costs nothing where no provider has a quota. */
export interface QuotaKeeper {
  /**
   * Takes places for a window, in one call of the store, of those whose devices are capped. Who finds none has come to the
   * end of this road.
   */
  reserve(window: readonly Addressed[]): Promise<QuotaWindow>;
}

/** A window that has its places. */
export interface QuotaWindow {
  readonly entries: readonly Addressed[];
  /** What came of one of them. */
  note(entry: Addressed, outcome: Outcome): void;
  /** Gives back the places of what no vendor took, and counts the others; parks a class that has no more. Never rejects. */
  close(): Promise<void>;
}

/** What of a message's class is bounded at its provider, today. */
interface Bounds {
  readonly app: string;
  readonly provider: string;
  readonly class: MessageClass;
  readonly dayEndsAt: EpochMs;
  readonly perDevice: number | undefined;
  readonly perAccount: number | undefined;
  readonly tellAt: readonly number[];
}

export function createQuotaKeeper(house: {
  readonly providers: Pick<ProviderDirectory, 'configured'>;
  readonly quotas: Pick<QuotaStore, 'reserve' | 'release' | 'count'>;
  readonly gate: AccountGate;
  readonly nextRoad: NextRoad;
  readonly clock: Clock;
  readonly log: Log;
}): QuotaKeeper {
  const { providers, quotas, gate, nextRoad, clock, log } = house;

  function boundsOf({ message, chunk }: ChunkWork, now: EpochMs): Bounds | undefined {
    const { app, class: of } = message;
    const provider = chunk.provider ?? '';
    const known = providers.configured(app).find(({ name }) => name === provider)?.quotas;
    return known === undefined ? undefined : boundsIn(known, { app, provider, class: of }, now);
  }

  /** Its road has ended: over the next one, or not at all. Not later: that would be the middle of somebody's night. */
  function turnAway(
    entry: Addressed,
    { provider, class: of, perDevice }: Bounds,
    isAccounts: boolean,
    now: EpochMs,
  ): void {
    const { work, index, device } = entry;
    const who = isAccounts ? 'the app may send none' : `the device has had ${perDevice}, as many as it may have`;
    const attempt = notAsked(provider, 'quota_exceeded', now, `of ${of} messages ${who} in a day of the vendor`);
    const to = device === undefined ? undefined : nextRoad({ work, index, device }, 'quota_exceeded');
    if (to === undefined) endOfRoute({ work, index }, 'quota_exceeded', now, attempt);
    else work.moveOn(index, to, attempt);
    // If it was to prove that the account is well, another may.
    gate.unproven(work.message.app, provider, of);
  }

  return {
    async reserve(window) {
      const now = clock.now();
      const boundsByWork = new Map<ChunkWork, Bounds>();
      for (const work of groupByWork(window).keys()) {
        const bounds = boundsOf(work, now);
        if (bounds !== undefined) boundsByWork.set(work, bounds);
      }
      if (boundsByWork.size === 0) return unbounded(window);
      const places = new Map<Addressed, DevicePlace>();
      const none = new Set<Addressed>();
      for (const entry of window) {
        const bounds = boundsByWork.get(entry.work);
        if (bounds?.perDevice === 0 || bounds?.perAccount === 0) none.add(entry);
        else if (bounds?.perDevice !== undefined) places.set(entry, placeOf(entry, bounds, bounds.perDevice));
      }
      const granted = await quotas.reserve([...places.values()]);
      const refused = new Set([...places.keys()].filter((_, at) => granted[at] !== true));
      const after = clock.now();
      for (const entry of [...none, ...refused]) {
        const bounds = boundsByWork.get(entry.work);
        if (bounds !== undefined) turnAway(entry, bounds, bounds.perAccount === 0, after);
      }
      const entries = window.filter((entry) => !none.has(entry) && !refused.has(entry));
      return bounded(entries, places, boundsByWork);
    },
  };

  function bounded(
    entries: readonly Addressed[],
    places: ReadonlyMap<Addressed, DevicePlace>,
    boundsByWork: ReadonlyMap<ChunkWork, Bounds>,
  ): QuotaWindow {
    const unused: DevicePlace[] = [];
    const taken = new Map<string, { readonly bounds: Bounds; count: number; isUsedUp: boolean }>();

    function tallyOf(bounds: Bounds) {
      const name = `${bounds.app}|${bounds.provider}|${bounds.class}`;
      const tally = taken.get(name) ?? { bounds, count: 0, isUsedUp: false };
      taken.set(name, tally);
      return tally;
    }

    return {
      entries,
      note(entry, outcome) {
        const bounds = boundsByWork.get(entry.work);
        if (bounds === undefined) return;
        const place = places.get(entry);
        if (place !== undefined && !mayHaveArrived(entry, bounds, outcome)) unused.push(place);
        if (outcome.kind === 'accepted' && bounds.perAccount !== undefined) tallyOf(bounds).count++;
        const isUsedUp =
          outcome.kind === 'deferred' && outcome.scope === 'class' && outcome.reason === 'quota_exceeded';
        if (isUsedUp) tallyOf(bounds).isUsedUp = true;
      },
      async close() {
        try {
          await Promise.all([quotas.release(unused), count([...taken.values()])]);
        } catch (error) {
          // What was sent was sent. The vendor counts as well, and says so when nothing is left.
          log.warn({ error: String(error) }, 'quota.not_counted');
        }
      },
    };
  }

  async function count(
    tallies: readonly { readonly bounds: Bounds; readonly count: number; readonly isUsedUp: boolean }[],
  ): Promise<void> {
    const now = clock.now();
    const used = await quotas.count(
      tallies.map(({ bounds, ...more }): QuotaTaken => {
        const { app, provider, class: of, dayEndsAt: ends, perAccount, tellAt } = bounds;
        return { app, provider, class: of, dayEndsAt: ends, ...more, max: perAccount ?? null, tellAt };
      }),
      now,
    );
    for (const [at, { bounds }] of tallies.entries()) {
      const { app, provider, class: of, perAccount, dayEndsAt: until } = bounds;
      if (perAccount === undefined || (used[at] ?? 0) < perAccount || until <= now) continue;
      gate.troubled(app, provider, of, {
        ...{ reason: 'quota_exceeded', isOfClass: true, blocked: false, retryAfterMs: until - now },
      });
    }
  }
}

function boundsIn(
  { quotas, dayStartsMinutes, tellAt }: Quotas,
  of: Pick<Bounds, 'app' | 'provider' | 'class'>,
  now: EpochMs,
): Bounds {
  const maxOf = (per: 'device' | 'account') =>
    quotas.find((quota) => quota.per === per && quota.class === of.class)?.max;
  const [perDevice, perAccount] = [maxOf('device'), maxOf('account')];
  return { ...of, dayEndsAt: dayEndsAt(now, dayStartsMinutes), perDevice, perAccount, tellAt };
}

/** Then its place is used: by this attempt, or by an earlier one of the same message. */
function mayHaveArrived({ work, index }: Addressed, { provider }: Bounds, { kind }: Outcome): boolean {
  if (kind === 'accepted' || kind === 'uncertain') return true;
  return work.trouble(index).attempts.some((one) => one.provider === provider && one.outcome === 'uncertain');
}

function placeOf({ key, work }: Addressed, { app, provider, class: of, dayEndsAt }: Bounds, max: number): DevicePlace {
  return { app, provider, class: of, dayEndsAt, key, message: work.message.id, max };
}

function unbounded(entries: readonly Addressed[]): QuotaWindow {
  return { entries, note: () => undefined, close: () => Promise.resolve() };
}
