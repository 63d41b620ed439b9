import type { Json } from '../../../domain/json.js';
import type { EpochMs } from '../../../domain/time.js';
import type { Aggregate, Pending } from '../documents/aggregate.js';
import type { Call } from '../engine/call.js';
import { type CollectionSpec, op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';
import type { EventWriter } from '../events/event-writer.js';
import type { Telling } from '../events/telling.js';
import { type CountStep, createCountWriter } from '../messages/count-writes.js';

/** What a change of one document owes to others. */
export interface Owed {
  readonly steps?: readonly CountStep[];
  /** Those that an endpoint wants; see `EventWriter.wanted`. */
  readonly events?: readonly Telling[];
  /** Other documents to be written; see {@link Outbox.carries}. */
  readonly work?: { readonly kind: string; readonly what: Json };
}

/**
 * Carries out one kind of `work` of one document. Whatever it does can be done again.
 *
 * @param o the store call by which it is owed
 */
export type Carrier = (source: Aggregate, what: Json, at: EpochMs, o: string) => Promise<void>;

/** Documents that owe something by one call. */
export interface Debtors {
  readonly spec: CollectionSpec<Aggregate>;
  readonly ids: readonly string[];
}

/** How long what is owed is left to whoever owes it. */
const LEFT_ALONE_MS = 10_000;
/** What was read longer ago is not acted upon: others have been at it since. */
const STALE_MS = 5_000;

/**
 * A change is atomic in one document. What follows from it in others is written into that document in the same step
 * (`Aggregate.out`), carried out right after, and then taken away. Whoever dies between is stood in for: {@link recover} finds what
 * was left and does it. Everything is done once, because what counts and what is told remembers for which call it was.
 */
export interface Outbox {
  begin(): Call;
  /**
   * For the document that owes it: its own share alone, if several owe by one call.
   *
   * @param at the time of its events
   * @returns undefined where nothing is owed
   */
  pending(call: Call, owed: Owed, at: EpochMs): Pending | undefined;
  /**
   * Counts and tells what documents owe by this call, the shares of all together, and takes it away from them. Their `work` has
   * been done before.
   */
  settle(call: Call, debtors: readonly Debtors[], owed: Omit<Owed, 'work'>, at: EpochMs): Promise<void>;
  /** Takes from documents what they owe by these calls and what is done. */
  paid(spec: CollectionSpec<Aggregate>, ids: readonly string[], calls: readonly string[]): Promise<void>;
  /** Who carries out `work` of this kind that somebody left behind. */
  carries(kind: string, carrier: Carrier): void;
  /** Documents of this collection may owe something: {@link recover} looks there. */
  watches(spec: CollectionSpec<Aggregate>): void;
  /**
   * Does what was owed already at a look ten seconds ago; looks at `limit` documents of each collection, at most.
   *
   * @returns how many documents owe less than before
   * @throws the first trouble, after all the others have been looked at
   */
  recover(limit: number, leftAloneMs?: number): Promise<number>;
}

export function createOutbox(db: Database, events: EventWriter): Outbox {
  const counts = createCountWriter(db);
  const carriers = new Map<string, Carrier>();
  const watched = new Map<string, CollectionSpec<Aggregate>>();
  /** When a look first found it, by collection, document and call; on the clock of this process alone. */
  let seen = new Map<string, number>();

  async function clear({ spec, ids }: Debtors, ...calls: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const o = calls.length === 1 ? calls[0] : { $in: calls };
    const model = db.of(spec);
    const filter = ids.length === 1 ? { _id: ids[0] } : { _id: op({ $in: [...ids] }) };
    await db.run(() => model.updateMany(filter as never, { $pull: { out: { o } } } as never));
  }

  /** @returns false where nobody here knows how: it is of a newer program, and left to that one */
  async function recoverOne(spec: CollectionSpec<Aggregate>, document: Aggregate, { o, j }: Pending): Promise<boolean> {
    const { at, steps = [], events: told = [], work } = JSON.parse(j) as Owed & { at: EpochMs }; // written by `pending`
    if (work !== undefined) {
      const carrier = carriers.get(work.kind);
      if (carrier === undefined) return false;
      await carrier(document, work.what, at, o);
    }
    const part = o.slice(0, o.lastIndexOf('.'));
    await counts.add({ part, o, leftIn: document._id }, steps);
    await events.write({ o, since: -Infinity }, told, at, document._id);
    await clear({ spec, ids: [document._id] }, o);
    return true;
  }

  return {
    begin: () => ({ o: `${db.part}.${db.nextCall().toString(36)}`, since: performance.now() }),

    pending({ o }, owed, at) {
      const isNothing = !owed.steps?.length && !owed.events?.length && owed.work === undefined;
      return isNothing ? undefined : { o, j: JSON.stringify({ at, ...owed }) };
    },

    async settle(call, debtors, { steps = [], events: told = [] }, at) {
      const isCounted = await counts.add({ part: db.part, o: call.o }, steps);
      const isTold = await events.write(call, told, at);
      // Where somebody stands in for this call, they take it away document by document.
      if (!isCounted || !isTold) return;
      for (const each of debtors) await clear(each, call.o);
      counts.forget(call.o);
    },

    paid: (spec, ids, calls) => clear({ spec, ids }, ...calls),

    carries(kind, carrier) {
      carriers.set(kind, carrier);
    },

    watches(spec) {
      watched.set(spec.name, spec);
    },

    async recover(limit, leftAloneMs = LEFT_ALONE_MS) {
      const now = performance.now();
      const still = new Map<string, number>();
      let trouble: { readonly error: unknown } | undefined;
      let done = 0;
      for (const spec of watched.values()) {
        const model = db.of(spec);
        const owing = await db.run(() =>
          model
            .find({ 'out.o': op({ $gt: '' }) } as never)
            .limit(limit)
            .lean(),
        );
        const readAt = performance.now();
        for (const document of owing as unknown as readonly Aggregate[]) {
          let isLess = false;
          for (const pending of document.out ?? []) {
            const name = `${spec.name}|${document._id}|${pending.o}`;
            const since = seen.get(name) ?? now;
            const isStale = performance.now() - readAt > STALE_MS;
            if (isStale || now - since < leftAloneMs) {
              still.set(name, since);
              continue;
            }
            try {
              if (await recoverOne(spec, document, pending)) isLess = true;
              else still.set(name, since);
            } catch (error) {
              // One that cannot be done keeps nothing behind it waiting.
              trouble ??= { error };
              still.set(name, since);
            }
          }
          if (isLess) done++;
        }
      }
      seen = still;
      if (trouble !== undefined) throw trouble.error;
      return done;
    },
  };
}
