import type { EpochMs } from '../../domain/time.js';
import type { AtRest } from '../at-rest.js';
import { type Move, stepsOf, tellingsOf } from './deliveries/moves.js';
import type { Database } from './engine/database.js';
import { createTurns, type Turns } from './engine/turns.js';
import { createEventWriter, type EventWriter, type Wanted } from './events/event-writer.js';
import { createFactsReader, type MessageFacts, type ReadFacts } from './messages/message-facts.js';
import { erasurePepper, type Named, readErased } from './people/erased-users.js';
import { createOutbox, type Outbox, type Owed } from './writing/outbox.js';

/** What every port of this store stands on. */
export interface Ground {
  readonly db: Database;
  readonly atRest: AtRest;
  readonly events: EventWriter;
  readonly outbox: Outbox;
  readonly facts: ReadFacts;
  /** Spares those of this process who change the same documents looking again. */
  readonly turns: Turns;
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
    turns: createTurns(),
    erasurePepper: erasurePepper(atRest),
  };
}

/** What a move owes; nothing where its message is gone. Of erased users nothing is told. */
export type OwedBy = (move: Move) => Owed;

/** What is to be known before deliveries are moved. */
export interface Known {
  readonly owedBy: OwedBy;
  readonly wanted: Wanted;
  /** By message. */
  readonly facts: ReadonlyMap<string, MessageFacts>;
  readonly isErased: (named: Named) => boolean;
}

type Moving = Named & { readonly message: string };

/**
 * Looks up what is to be known before deliveries are moved.
 *
 * @param at the time of events of which nobody said when
 */
export async function lookUp(
  { db, events, facts, erasurePepper: pepper }: Ground,
  deliveries: readonly Moving[],
  at: EpochMs,
): Promise<Known> {
  const [wanted, known, isErased] = await Promise.all([
    events.wanted(deliveries.map(({ app }) => app)),
    facts(deliveries.map(({ message }) => message)),
    readErased(db, pepper, deliveries),
  ]);
  const owedBy: OwedBy = (move) => {
    const of = known.get(move.now.message);
    if (of === undefined) return {};
    return { steps: stepsOf(move, of), events: isErased(move.now) ? [] : tellingsOf(move, wanted, at) };
  };
  return { owedBy, wanted, facts: known, isErased };
}

/** As {@link lookUp}, where no more is needed. */
export async function readyToMove(ground: Ground, deliveries: readonly Moving[], at: EpochMs): Promise<OwedBy> {
  return (await lookUp(ground, deliveries, at)).owedBy;
}

/** The shares of several documents together, as `Outbox.settle` takes them. */
export function together(shares: Iterable<Owed>): Required<Omit<Owed, 'work'>> {
  const all = [...shares];
  return { steps: all.flatMap(({ steps = [] }) => steps), events: all.flatMap(({ events = [] }) => events) };
}
