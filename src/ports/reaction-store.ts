import type { JsonObject } from '../domain/json.js';
import type { ReactionKind } from '../domain/reaction.js';
import type { EpochMs } from '../domain/time.js';
import type { Recorded } from './receipt-store.js';

/** How long an id is known that an event was told under; older events are not taken either. */
export const TOLD_KEPT_MS = 30 * 86_400_000;
/** How long feedback is kept for endpoints to be told of it. */
export const FEEDBACK_KEPT_MS = 30 * 86_400_000;

/** The name under which somebody told an event. */
export interface ToldId {
  readonly app: string;
  /** Whose id it is: two tellers may use the same. */
  readonly teller: string;
  readonly id: string;
}

interface ReactionBase {
  readonly app: string;
  readonly device: string;
  readonly at: EpochMs;
  /** Another with the same is `known`, whatever it says. */
  readonly told?: ToldId;
}

export type Reaction = ReactionBase &
  (
    | { readonly kind: 'dismissed'; readonly message: string }
    | {
        readonly kind: 'converted';
        readonly message: string;
        readonly name: string;
        readonly value?: number;
        readonly currency?: string;
      }
    /** Of a message, or of the app. */
    | { readonly kind: 'feedback'; readonly message?: string; readonly data: JsonObject }
  );

/** How often each was told of a message. */
export type ReactionCounts = Readonly<Partial<Record<ReactionKind, number>>>;

/**
 * What people did about messages beside looking at them, and the ids under which events are told. Counts of a message stay
 * exact, whether or not anybody wants to hear of them.
 */
export interface ReactionStore {
  /**
   * At most 1,000. One answer per reaction, in order: `changed` for one that is counted now; `known` for one told before
   * under its id, and for a message that was dismissed on this device before; `unknown` where the message was never for
   * this device, or, of feedback without a message, the app has no such device. Each that is counted is an event of the
   * log (`receipt.dismissed`, `receipt.converted`, `receipt.feedback`).
   *
   * What feedback says is kept, sealed, only where an endpoint wants to hear it.
   */
  record(reactions: readonly Reaction[], now: EpochMs): Promise<readonly Recorded[]>;
  /** Whether an event was told under each id. One answer per id, in order. */
  known(ids: readonly ToldId[]): Promise<readonly boolean[]>;
  /** Events were told under these ids; one that is known keeps its time. */
  remember(ids: readonly ToldId[], now: EpochMs): Promise<void>;
  /** By message; those of which nothing was told are left out. */
  counts(messages: readonly string[]): Promise<ReadonlyMap<string, ReactionCounts>>;
  /** Forgets what was said on devices of this user. @returns how many, at most `limit` */
  erase(app: string, user: string, limit: number): Promise<number>;
  /** Removes ids older than {@link TOLD_KEPT_MS} and feedback older than {@link FEEDBACK_KEPT_MS}. @returns rows removed */
  sweep(now: EpochMs, limit: number): Promise<number>;
}
