import type { EpochMs } from '../../../domain/time.js';
import { blockId, EVENT_BLOCKS } from '../documents/events.js';
import { CALLS, ENDPOINTS, type EndpointDoc, NEVER } from '../documents/webhooks.js';
import { op } from '../engine/collection.js';
import type { LogEnds } from '../events/log-ends.js';
import type { Ground } from '../ground.js';

/** What of an endpoint tells whether there is something to do for it. */
export type Candidate = Pick<
  EndpointDoc,
  '_id' | 'rev' | 'out' | 'key' | 'app' | 'state' | 'cursor' | 'fence' | 'claimedAt' | 'wakeAt' | 'testAt'
> & { readonly holdUntil?: EpochMs };

export const CANDIDATE_FIELDS = {
  ...{ rev: 1, out: 1, key: 1, app: 1, state: 1, holdUntil: 1, cursor: 1 },
  ...{ fence: 1, claimedAt: 1, wakeAt: 1, testAt: 1 },
} as const;

/** Places that are looked up in one query. */
const PLACES_MAX = 1_000;

function mayGo({ state, holdUntil = 0 }: Candidate, now: EpochMs): boolean {
  return state === 'active' && holdUntil <= now;
}

/**
 * Those for which something has happened after their cursor. What is written next into a log begins right behind its end: of an
 * endpoint that has come to the end there is nothing to look up but that one place.
 */
export async function withEvents(
  { db }: Ground,
  ends: LogEnds,
  candidates: readonly Candidate[],
  now: EpochMs,
): Promise<ReadonlySet<string>> {
  const active = candidates.filter((each) => mayGo(each, now));
  const nextOf = ({ app, cursor }: Candidate) => blockId(app, cursor + 1);
  const places = [...new Set(active.map(nextOf))];
  const there = new Set<string>();
  for (let from = 0; from < places.length; from += PLACES_MAX) {
    const some = places.slice(from, from + PLACES_MAX);
    const found = await db.run(() =>
      db
        .of(EVENT_BLOCKS)
        .find({ _id: op({ $in: some }) })
        .select({ _id: 1 })
        .lean(),
    );
    for (const { _id } of found) there.add(_id);
  }
  const unsure = active.filter((each) => !there.has(nextOf(each)) && !ends.isEnd(each.app, each.cursor));
  const apps = [...new Set(unsure.map(({ app }) => app))];
  const endOf = new Map(await Promise.all(apps.map(async (app) => [app, await ends.read(app)] as const)));
  const behind = new Set(unsure.filter(({ app, cursor }) => cursor < (endOf.get(app) ?? 0)));
  return new Set(active.filter((each) => there.has(nextOf(each)) || behind.has(each)).map(({ _id }) => _id));
}

/**
 * Whether a call of it is due that may go. When the first one is due stands with the endpoint, but only at the earliest: where that
 * has come, its calls are looked at, and it is put right.
 */
export async function hasDueCall(ground: Ground, candidate: Candidate, now: EpochMs): Promise<boolean> {
  const { key, wakeAt, testAt } = candidate;
  const { db } = ground;
  const first = async (isTest: boolean): Promise<EpochMs> => {
    const [found] = await db.run(() =>
      db
        .of(CALLS)
        .find({ endpoint: key, state: 'waiting', isTest })
        .sort({ dueAt: 1 })
        .limit(1)
        .select({ dueAt: 1 })
        .lean(),
    );
    return found?.dueAt ?? NEVER;
  };
  if (testAt <= now) {
    const at = await first(true);
    if (at <= now) return true;
    await putRight(ground, candidate, { testAt: at });
    // It is another revision now: the rest is put right at the next look.
    return mayGo(candidate, now) && wakeAt <= now && (await first(false)) <= now;
  }
  if (!mayGo(candidate, now) || wakeAt > now) return false;
  const at = await first(false);
  if (at <= now) return true;
  await putRight(ground, candidate, { wakeAt: at });
  return false;
}

/** Not while calls are still to be written, and not where anything was changed meanwhile. */
async function putRight(
  { db }: Ground,
  { _id, rev, out = [] }: Candidate,
  set: Partial<Pick<EndpointDoc, 'wakeAt' | 'testAt'>>,
): Promise<void> {
  if (out.length > 0) return;
  await db.run(() => db.of(ENDPOINTS).updateOne({ _id, rev }, { $set: set }));
}
