import type { DeliveryState } from '../../../domain/delivery.js';
import { isEnd } from '../../../domain/delivery.js';
import type { EventType } from '../../../domain/event.js';
import type { Json, JsonObject } from '../../../domain/json.js';
import type { EpochMs } from '../../../domain/time.js';
import type { DeliveryDoc } from '../documents/deliveries.js';
import type { Wanted } from '../events/event-writer.js';
import type { Telling } from '../events/telling.js';
import type { CountStep } from '../messages/count-writes.js';
import type { MessageFacts } from '../messages/message-facts.js';

/** A delivery, as recorded now; what is absent is unknown. */
export type Recorded = Pick<DeliveryDoc, 'message' | 'app' | 'queuedAt' | 'state'> &
  Partial<Pick<DeliveryDoc, 'device' | 'tokenHash' | 'user' | 'reason' | 'provider' | 'platform' | 'action'>> &
  Partial<Pick<DeliveryDoc, 'sentAt' | 'deliveredAt' | 'displayedAt' | 'openedAt' | 'settledAt'>>;

/**
 * The one form in which whatever moves a delivery says so: counts and events both come of it, so that none of them can be
 * forgotten.
 */
export interface Move {
  /** As it is recorded now; its state is the one that it came to. */
  readonly now: Recorded;
  /** As which the counts have it; of what a chunk records now, what the chunk says and counts. */
  readonly from: DeliveryState;
  /** `from` itself is recorded now, and nobody has been told it. */
  readonly isNew: boolean;
  /** How far the counts have it; see {@link reachedBy}. */
  readonly fromReached: number;
}

/** How far a delivery ever came: 0 nowhere, 1 sent, 2 delivered, 3 displayed, 4 opened. An end keeps what was reached. */
export function reachedBy(
  of: Partial<Pick<DeliveryDoc, 'state' | 'sentAt' | 'deliveredAt' | 'displayedAt' | 'openedAt'>>,
): number {
  if (of.openedAt !== undefined) return 4;
  if (of.displayedAt !== undefined) return 3;
  if (of.deliveredAt !== undefined || of.state === 'delivered') return 2;
  return of.sentAt !== undefined || of.state === 'sent' ? 1 : 0;
}

/** The state that a delivery recorded in `state` has with these times: an end stays an end, and nothing goes back. */
export function raisedState(
  state: DeliveryState,
  times: Partial<Pick<DeliveryDoc, 'deliveredAt' | 'displayedAt' | 'openedAt'>>,
): DeliveryState {
  if (state === 'queued' || isEnd(state)) return state;
  if (times.openedAt !== undefined) return 'opened';
  if (times.displayedAt !== undefined) return 'displayed';
  return times.deliveredAt === undefined ? state : 'delivered';
}

const REACHED = ['sent', 'delivered', 'displayed', 'opened'] as const;

/** What the counts of its message are to be told of a move: so many fewer in one state, so many more in another. */
export function stepsOf(move: Move, facts: MessageFacts): readonly CountStep[] {
  const { now, from, fromReached } = move;
  const toReached = reachedBy(now);
  const step = (kind: CountStep['kind'], name: string, n: number): CountStep => ({
    app: facts.app,
    message: now.message,
    class: facts.class,
    acceptedAt: facts.acceptedAt,
    provider: now.provider ?? null,
    platform: now.platform ?? null,
    kind,
    name,
    n,
  });
  const steps: CountStep[] = [];
  if (from !== now.state) {
    steps.push(step('state', from, -1), step('state', now.state, 1));
    if (isEnd(now.state) && now.reason !== undefined) steps.push(step('reason', now.reason, 1));
  }
  for (const [i, name] of REACHED.entries()) {
    const n = Number(toReached > i) - Number(fromReached > i);
    if (n !== 0) steps.push(step('reached', name, n));
  }
  return steps;
}

/**
 * Each state that a delivery came to, with the time told of it: what is new, what receipts told beyond it, an end. A state that
 * nobody told is passed over, and one below what is known already is no news.
 *
 * @param at when nobody said when
 */
export function tellingsOf(move: Move, wanted: Wanted, at: EpochMs): readonly Telling[] {
  const { now, from, isNew } = move;
  const tellings: Telling[] = [];
  const tell = (
    state: DeliveryState,
    said: { reason?: string | undefined; at?: EpochMs | undefined; action?: string | undefined },
  ) => {
    const type = `delivery.${state}` as EventType;
    if (!wanted(now.app, type)) return;
    tellings.push({
      app: now.app,
      type,
      common: known({ message: now.message, state, provider: now.provider }),
      entry: known({
        device: now.device,
        token_hash: now.tokenHash,
        reason: said.reason,
        at: said.at ?? at,
        action: said.action,
      }),
    });
  };
  if (isNew) tell(from, { reason: now.reason, at: from === 'sent' ? now.sentAt : now.settledAt });
  if (REACHED.some((state) => state === now.state)) {
    const rank = (REACHED as readonly DeliveryState[]).indexOf(from); // -1: queued
    if (rank < 1 && now.deliveredAt !== undefined) tell('delivered', { at: now.deliveredAt });
    if (rank < 2 && now.displayedAt !== undefined) tell('displayed', { at: now.displayedAt });
    if (rank < 3 && now.openedAt !== undefined) tell('opened', { at: now.openedAt, action: now.action });
  } else if (now.state !== from) tell(now.state, { reason: now.reason, at: now.settledAt });
  return tellings;
}

/** Without what is not known. */
function known(fields: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, Json] => field[1] !== undefined && field[1] !== null),
  );
}
