import type { DeliveryState } from '../../../domain/delivery.js';
import type { EpochMs } from '../../../domain/time.js';
import { type Aggregate, born } from '../documents/aggregate.js';
import { DELIVERIES, type DeliveryDoc } from '../documents/deliveries.js';
import { op } from '../engine/collection.js';
import { type Ground, lookUp, readyToMove } from '../ground.js';
import { readErased } from '../people/erased-users.js';
import { type Change, changeEach } from '../writing/change.js';
import { insertNew } from '../writing/insert-new.js';
import type { Owed } from '../writing/outbox.js';
import { settleInTurn, type Turn } from './in-turn.js';
import type { Move } from './moves.js';

/** What becomes of a recorded delivery. */
export interface DeliveryChange extends Omit<Change<DeliveryDoc>, 'out'> {
  /** What is to be counted and told of it; absent: nothing, as of one that waits. */
  readonly move?: Omit<Move, 'now'>;
}

/**
 * Changes recorded deliveries, each in one step and as it stands then, and counts and tells what that means.
 *
 * @param decide called with a document as it was read; the last time before it is changed
 * @returns those that were changed, as they were before, by id
 */
export async function moveDeliveries(
  ground: Ground,
  ids: readonly string[],
  at: EpochMs,
  decide: (document: DeliveryDoc) => DeliveryChange | undefined,
): Promise<ReadonlyMap<string, DeliveryDoc>> {
  if (ids.length === 0) return new Map();
  const { db, outbox } = ground;
  const call = outbox.begin();
  const shares = new Map<string, Owed>();
  const changed = await changeEach<DeliveryDoc>(db, db.of(DELIVERIES), ids, call, async (documents) => {
    const owedBy = await readyToMove(ground, documents, at);
    return (document) => {
      const decided = decide(document);
      if (decided === undefined) return undefined;
      const { move, ...change } = decided;
      const share = move === undefined ? {} : owedBy({ ...move, now: { ...document, ...change.set } });
      shares.set(document._id, share);
      return { ...change, out: outbox.pending(call, share, at) };
    };
  });
  const turns = [...changed.values()].map((document) => ({ document, share: shares.get(document._id) ?? {} }));
  await settleInTurn(ground, call, turns, at);
  return changed;
}

/** A delivery that is to be recorded, as its chunk knows it or as it came to be since. */
export interface DeliveryDraft {
  readonly document: Omit<DeliveryDoc, keyof Aggregate> & { readonly _id: string };
  /** What is to be counted and told of it; see {@link DeliveryChange}. */
  readonly from?: Pick<Move, 'fromReached'> & { readonly state: DeliveryState };
}

/**
 * Records deliveries of which there is no record, and counts and tells what they moved beyond what their chunks say. Of
 * users who were erased nothing is recorded: whoever erases names them first, and removes what there is; here it is looked again.
 *
 * @returns ids of those that are recorded by this, and of those that somebody else has recorded meanwhile
 */
export async function makeRecords(
  ground: Ground,
  drafts: readonly DeliveryDraft[],
  at: EpochMs,
): Promise<{ readonly made: ReadonlySet<string>; readonly taken: readonly string[] }> {
  const { db, outbox, erasurePepper } = ground;
  const model = db.of(DELIVERIES);
  const all = drafts.map(({ document }) => document);
  if (all.length === 0) return { made: new Set(), taken: [] };
  const { owedBy, isErased: wasErased } = await lookUp(ground, all, at);
  const named = all.filter((document) => !wasErased(document));
  if (named.length === 0) return { made: new Set(), taken: [] };
  const call = outbox.begin();
  const froms = new Map(drafts.map(({ document, from }) => [document._id, from]));
  const turns = named.map((document): Turn & { readonly document: typeof document } => {
    const from = froms.get(document._id);
    if (from === undefined) return { document, share: {} };
    const move = { now: document, from: from.state, isNew: false, fromReached: from.fromReached };
    return { document, share: owedBy(move) };
  });
  const documents = turns.map(
    ({ document, share }): DeliveryDoc => ({ ...document, ...born(call.o, outbox.pending(call, share, at)) }),
  );
  const taken = await insertNew(db, model, documents);
  const made = turns.filter(({ document }) => !taken.includes(document._id));
  const isErased = await readErased(
    db,
    erasurePepper,
    made.map(({ document }) => document),
  );
  const gone = made.map(({ document }) => document).filter(isErased);
  await settleInTurn(
    ground,
    call,
    made.map(({ document, share }) =>
      isErased(document) ? { document, share: { ...share, events: [] } } : { document, share },
    ),
    at,
  );
  if (gone.length > 0) await db.run(() => model.deleteMany({ _id: op({ $in: gone.map(({ _id }) => _id) }) }));
  return { made: new Set(made.map(({ document }) => document._id)), taken };
}
