import type { MessageClass } from '../../../domain/accepted-message.js';
import type { Counted } from '../../../domain/stats.js';
import type { EpochMs } from '../../../domain/time.js';
import { collection } from '../engine/collection.js';

/**
 * Numbers that one process has added, or one who stood in for it. Beside them stand the store calls whose numbers are in
 * them, by their number within the process, so that none is added twice: until what such a call owed is taken away for good.
 */
export interface CountPart {
  readonly _id: string;
  readonly part: string;
  readonly seen: Readonly<Record<string, number>>;
}

/** What moved in the deliveries of a message since its chunks counted them: `provider kind name` and how many. */
export interface ShiftDoc extends CountPart {
  readonly message: string;
  /** `n.<provider>.<kind>.<name>`; the provider is `~` where there is none. */
  readonly n: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>>;
}

export const SHIFTS = collection<ShiftDoc>('delivery_shifts', { part: String, seen: {}, message: String, n: {} }, [
  { name: 'by_message', keys: { message: 1 } },
]);

/** Deliveries counted by the hour in which their message was accepted; provider and platform are '' where unknown. */
export interface StatDoc extends CountPart {
  readonly app: string;
  readonly hour: EpochMs;
  readonly class: MessageClass;
  readonly provider: string;
  readonly platform: string;
  readonly n: Readonly<Partial<Record<Counted, number>>>;
  /** Of one process; else of all that were brought together (`stats-merge.ts`). */
  readonly isApart: boolean;
  /** Of one that is apart: its name from when it was begun until it is taken in, how often it was added to, and when last. */
  readonly life?: string;
  readonly adds?: number;
  readonly addedAt?: EpochMs;
  /** What was taken in, by the life that it had. */
  readonly taken?: Readonly<Record<string, TakenIn>>;
}

export interface TakenIn {
  /** How often it had been added to. */
  readonly adds: number;
  readonly n: StatDoc['n'];
  readonly at: EpochMs;
}

export const STATS = collection<StatDoc>(
  'stats',
  {
    part: String,
    seen: {},
    app: String,
    hour: Number,
    class: String,
    provider: String,
    platform: String,
    n: {},
    isApart: Boolean,
    life: String,
    adds: Number,
    addedAt: Number,
    taken: {},
  },
  [
    { name: 'by_hour', keys: { app: 1, hour: 1 } },
    { name: 'apart', keys: { isApart: 1, hour: 1 } },
    { name: 'by_age', keys: { hour: 1 } },
  ],
);

/** Users whose deliveries must not be recorded any more; `_id` is `app|` and a keyed hash. */
export interface ErasedUserDoc {
  readonly _id: string;
  readonly hash: string;
  /** Of messages accepted up to then. */
  readonly at: EpochMs;
}

export const ERASED_USERS = collection<ErasedUserDoc>('erased_users', { hash: String, at: Number }, [
  { name: 'by_age', keys: { at: 1 } },
]);
