import type { Json } from '../../../domain/json.js';
import type { EpochMs } from '../../../domain/time.js';
import type { UpstreamAdded, UpstreamBatch } from '../../../ports/upstream-store.js';
import { upstreamPlace } from '../../shared/seal-places.js';
import { born, type Pending } from '../documents/aggregate.js';
import { UPSTREAM_BOXES, UPSTREAM_ITEMS, type UpstreamBoxDoc } from '../documents/upstream.js';
import { op } from '../engine/collection.js';
import type { Wanted } from '../events/event-writer.js';
import type { Ground } from '../ground.js';
import { readErased } from '../people/erased-users.js';
import { changeEach, readEach } from '../writing/change.js';
import { insertNew } from '../writing/insert-new.js';
import { stillOwing } from '../writing/still-owed.js';
import {
  type BoxDecision,
  type BoxState,
  decideBox,
  doubtful,
  keyOf,
  type Stream,
  type TakenItem,
} from './upstream-box.js';
import type { UnplacedItem, UpstreamLog } from './upstream-log.js';

const WORK = 'upstream';
/** `streams` of a box that has none. */
export const NO_STREAMS = '[]';

/** Batches of one device, with their places in the call. */
interface Said {
  readonly batches: UpstreamBatch[];
  readonly places: number[];
}

/** As it waits in the box; its data is base64. */
type Owing = Omit<UnplacedItem, 'data'> & { readonly data: string };

export function boxId(app: string, device: string): string {
  return `${app}|${device}`;
}

export function parseStreams({ streams }: UpstreamBoxDoc): readonly Stream[] {
  return JSON.parse(streams) as readonly Stream[]; // written below
}

export function formatStreams(streams: readonly Stream[], now: EpochMs) {
  return { streams: JSON.stringify(streams), oldestUse: Math.min(now, ...streams.map(({ usedAt }) => usedAt)) };
}

/**
 * {@link UpstreamStore.add}. The box of a device decides, in one atomic step, which of its messages are taken, and keeps them
 * until each has its place among the app's.
 */
export async function addUpstream(
  ground: Ground,
  log: UpstreamLog,
  batches: readonly UpstreamBatch[],
  now: EpochMs,
): Promise<readonly UpstreamAdded[]> {
  if (batches.length === 0) return [];
  const { db, events, outbox } = ground;
  const wanted = await events.wanted(batches.map(({ app }) => app));
  const call = outbox.begin();
  const said = byBox(batches);
  const decided = new Map<string, { readonly decision: BoxDecision; readonly items: readonly UnplacedItem[] }>();
  const boxes = db.of(UPSTREAM_BOXES);
  for (let open = [...said.keys()]; open.length > 0; ) {
    const changed = await changeEach<UpstreamBoxDoc>(db, boxes, open, call, async (documents) => {
      const states = await readStates(ground, documents, said);
      return (document) => {
        const { batches: these = [] } = said.get(document._id) ?? {};
        const decision = decideBox(states.get(document._id) ?? NO_STATE, these, now);
        const items = decision.taken.map((taken) => unplaced(ground, taken, wanted, now));
        decided.set(document._id, { decision, items });
        return {
          set: formatStreams(decision.streams, now),
          out: items.length === 0 ? undefined : outbox.pending(call, { work: { kind: WORK, what: owing(items) } }, now),
        };
      };
    });
    const there = await stillThere(ground, [...changed.values()]);
    open = open.filter((id) => !there.has(id));
    await insertNew(
      db,
      boxes,
      open.map((_id) => emptyBox(_id, said.get(_id)?.batches[0], call.o, now)),
    );
  }
  const all = [...decided].flatMap(([id, { items }]) => (items.length === 0 ? [] : [id]));
  const ids = await stillOwing(db, UPSTREAM_BOXES, all, call);
  await placeInOrder(
    log,
    batches,
    [...ids].flatMap((id) => decided.get(id)?.items ?? []),
    ids.size === all.length,
  );
  await outbox.settle(call, [{ spec: UPSTREAM_BOXES, ids: all }], {}, now);
  return answer(batches, said, decided);
}

/** Whoever died before placing what a box had taken is stood in for; of users who were erased since it is left. */
export function carryUpstream({ db, outbox, erasurePepper }: Ground, log: UpstreamLog): void {
  outbox.watches(UPSTREAM_BOXES);
  outbox.carries(WORK, async (_, what) => {
    const items = (what as unknown as readonly Owing[]).map(taken); // written below
    const named = items.map(({ app, user, receivedAt }) => ({ app, user, queuedAt: receivedAt }));
    const isErased = await readErased(db, erasurePepper, named);
    const kept = items.filter(({ app, user, receivedAt }) => !isErased({ app, user, queuedAt: receivedAt }));
    const [first] = kept;
    if (first !== undefined) await log.add(first.app, kept, false);
  });
}

/** A box without a stream may have been swept before it was changed. */
async function stillThere({ db }: Ground, before: readonly UpstreamBoxDoc[]): Promise<ReadonlySet<string>> {
  const empty = before.filter(({ streams }) => streams === NO_STREAMS).map(({ _id }) => _id);
  const found = new Set((await readEach(db, db.of(UPSTREAM_BOXES), empty)).map(({ _id }) => _id));
  return new Set(before.flatMap(({ _id, streams }) => (streams !== NO_STREAMS || found.has(_id) ? [_id] : [])));
}

function byBox(batches: readonly UpstreamBatch[]): Map<string, Said> {
  const said = new Map<string, Said>();
  for (const [place, batch] of batches.entries()) {
    const id = boxId(batch.app, batch.device);
    const of = said.get(id) ?? { batches: [], places: [] };
    said.set(id, of);
    of.batches.push(batch);
    of.places.push(place);
  }
  return said;
}

const NO_STATE: BoxState = { streams: [], kept: new Set(), items: 0, bytes: 0 };

/** Read after the boxes: what a box has taken is in it, or placed by then. */
async function readStates(
  { db }: Ground,
  documents: readonly UpstreamBoxDoc[],
  said: ReadonlyMap<string, Said>,
): Promise<ReadonlyMap<string, BoxState>> {
  const items = db.of(UPSTREAM_ITEMS);
  const inBoxes = documents.map((document) => ({ document, waiting: waitingIn(document.out ?? []) }));
  const used = await db.run(() =>
    items.aggregate<{ _id: string; items: number; bytes: number }>([
      { $match: { box: op({ $in: documents.map(({ _id }) => _id) }) } },
      { $group: { _id: '$box', items: { $sum: 1 }, bytes: { $sum: '$bytes' } } },
    ]),
  );
  const asked = inBoxes.flatMap(({ document, waiting }) => [
    ...waiting.map(({ key }) => key),
    ...doubtful(parseStreams(document), said.get(document._id)?.batches ?? []),
  ]);
  const found =
    asked.length === 0
      ? []
      : await db.run(() =>
          items
            .find({ key: op({ $in: asked }) })
            .select({ key: 1 })
            .lean(),
        );
  const placed = new Set(found.map(({ key }) => key));
  const uses = new Map(used.map((use) => [use._id, use]));
  return new Map(
    inBoxes.map(({ document, waiting }) => {
      const more = waiting.filter(({ key }) => !placed.has(key));
      const use = uses.get(document._id) ?? { items: 0, bytes: 0 };
      const state = {
        streams: parseStreams(document),
        kept: new Set([...placed, ...waiting.map(({ key }) => key)]),
        items: use.items + more.length,
        bytes: use.bytes + more.reduce((sum, { bytes }) => sum + bytes, 0),
      };
      return [document._id, state];
    }),
  );
}

function waitingIn(out: readonly Pending[]): readonly Owing[] {
  return out.flatMap(({ j }) => (JSON.parse(j) as { work?: { what: readonly Owing[] } }).work?.what ?? []);
}

function unplaced({ atRest }: Ground, { batch, item, json }: TakenItem, wanted: Wanted, now: EpochMs): UnplacedItem {
  const { app, device, user, stream } = batch;
  const { n, topic, at } = item;
  return {
    ...{ app, device, stream, n, topic, at, key: keyOf(app, device, stream, n), box: boxId(app, device) },
    ...(user === null ? {} : { user }),
    data: atRest.seal(json, upstreamPlace(app, device, stream, n)),
    bytes: Buffer.byteLength(json),
    receivedAt: now,
    isTold: wanted(app, 'client.upstream'),
    isGone: false,
  };
}

function owing(items: readonly UnplacedItem[]): Json {
  return items.map(({ data, ...item }) => ({ ...item, data: Buffer.from(data).toString('base64') }));
}

function taken({ data, ...item }: Owing): UnplacedItem {
  return { ...item, data: Buffer.from(data, 'base64') };
}

function emptyBox(_id: string, batch: UpstreamBatch | undefined, o: string, now: EpochMs): UpstreamBoxDoc {
  const { app = '', device = '' } = batch ?? {};
  return { _id, ...born(o), app, device, ...formatStreams([], now) };
}

/** Of each app in the order of the call. */
async function placeInOrder(
  log: UpstreamLog,
  batches: readonly UpstreamBatch[],
  items: readonly UnplacedItem[],
  isFirst: boolean,
): Promise<void> {
  const left = new Map(items.map((item) => [item.key, item]));
  const ofApps = new Map<string, UnplacedItem[]>();
  for (const { app, device, stream, items: said } of batches) {
    for (const { n } of said) {
      const key = keyOf(app, device, stream, n);
      const item = left.get(key);
      if (item === undefined) continue;
      left.delete(key);
      ofApps.set(app, [...(ofApps.get(app) ?? []), item]);
    }
  }
  await Promise.all([...ofApps].map(([app, these]) => log.add(app, these, isFirst)));
}

function answer(
  batches: readonly UpstreamBatch[],
  said: ReadonlyMap<string, Said>,
  decided: ReadonlyMap<string, { readonly decision: BoxDecision }>,
): UpstreamAdded[] {
  return batches.map(({ app, device, stream }, place) => {
    const id = boxId(app, device);
    const decision = decided.get(id)?.decision;
    const nth = said.get(id)?.places.indexOf(place) ?? -1;
    return { safe: decision?.tops.get(stream) ?? 0, full: decision?.full[nth] ?? [] };
  });
}
