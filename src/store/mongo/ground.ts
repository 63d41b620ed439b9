import type { EpochMs } from '../../domain/time.js';
import type { AtRest } from '../at-rest.js';
import type { Database } from './engine/database.js';
import { erasurePepper, type Named, readErased } from './erased-users.js';
import { createEventWriter, type EventWriter } from './event-writer.js';
import { createFactsReader, type ReadFacts } from './message-facts.js';
import { type Move, stepsOf, tellingsOf } from './moves.js';
import { createOutbox, type Outbox, type Owed } from './outbox.js';

/** What every port of this store stands on. */
export interface Ground {
  readonly db: Database;
  readonly atRest: AtRest;
  readonly events: EventWriter;
  readonly outbox: Outbox;
  readonly facts: ReadFacts;
  /** For {@link readErased}. */
  readonly erasurePepper: string;
}

export function layGround(db: Database, atRest: AtRest): Ground {
  const events = createEventWriter(db);
  return {
    db,
    atRest,
    events,
    outbox: createOutbox(db, events),
    facts: createFactsReader(db),
    erasurePepper: erasurePepper(atRest),
  };
}

/** What a move owes; nothing where its message is gone. Of erased users nothing is told. */
export type OwedBy = (move: Move) => Owed;

/**
 * Looks up what is to be known before deliveries are moved.
 *
 * @param at the time of events of which nobody said when
 */
export async function readyToMove(
  { db, events, facts, erasurePepper: pepper }: Ground,
  deliveries: readonly (Named & { readonly message: string })[],
  at: EpochMs,
): Promise<OwedBy> {
  const [wanted, known, isErased] = await Promise.all([
    events.wanted(deliveries.map(({ app }) => app)),
    facts(deliveries.map(({ message }) => message)),
    readErased(db, pepper, deliveries),
  ]);
  return (move) => {
    const of = known.get(move.now.message);
    if (of === undefined) return {};
    return { steps: stepsOf(move, of), events: isErased(move.now) ? [] : tellingsOf(move, wanted, at) };
  };
}

/** The shares of several documents together, as `Outbox.settle` takes them. */
export function together(shares: Iterable<Owed>): Required<Omit<Owed, 'work'>> {
  const all = [...shares];
  return { steps: all.flatMap(({ steps = [] }) => steps), events: all.flatMap(({ events = [] }) => events) };
}
