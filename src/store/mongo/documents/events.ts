import type { EventType } from '../../../domain/event.js';
import type { EpochMs } from '../../../domain/time.js';
import { collection } from '../engine/collection.js';
import { AGGREGATE, type Aggregate } from './aggregate.js';

/** Events that one or several store calls told together, block after block. Its `_id` is its place: two cannot have the same. */
export interface EventBlockDoc {
  readonly _id: string;
  readonly app: string;
  /** Number of its first event. */
  readonly seq: number;
  /** Of all its blocks together. */
  readonly n: number;
  readonly types: readonly EventType[];
  /** The latest of its blocks. */
  readonly at: EpochMs;
  /** JSON of a list of `StoredBlock`. */
  readonly blocks: string;
  /** The store calls whose events these are: what was told is known again by it. */
  readonly o: readonly string[];
}

export const EVENT_BLOCKS = collection<EventBlockDoc>(
  'event_blocks',
  { app: String, seq: Number, n: Number, types: [String], at: Number, blocks: String, o: [String] },
  [
    { name: 'by_app', keys: { app: 1, seq: 1 } },
    { name: 'told', keys: { o: 1 } },
    { name: 'by_age', keys: { at: 1 } },
  ],
);

/** Numbers are padded, so that places sort as they do. */
export function blockId(app: string, seq: number): string {
  return `${app}|${String(seq).padStart(15, '0')}`;
}

/** The log of an app. */
export interface EventHeadDoc {
  readonly _id: string;
  /** A number that was given; the newest block may be beyond it, never before. */
  readonly last: number;
  /** A part of the ids of the app's events, chosen once. */
  readonly mark: string;
}

export const EVENT_HEADS = collection<EventHeadDoc>('event_heads', { last: Number, mark: String });

/** Types that an endpoint of the app wants: only these are written. */
export interface EventInterestDoc extends Aggregate {
  readonly types: readonly EventType[];
  /** JSON of endpoints that are being made: their events are written already. */
  readonly coming: string;
}

export const EVENT_INTEREST = collection<EventInterestDoc>('event_interest', {
  ...AGGREGATE,
  types: [String],
  coming: String,
});
