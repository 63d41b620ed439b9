import type { EpochMs } from '../../../domain/time.js';
import { collection } from '../engine/collection.js';
import { AGGREGATE, type Aggregate, OUT_INDEX } from './aggregate.js';

/** An id that an event was told under; see {@link toldEventId}. What is counted of the event is owed by it. */
export interface ToldEventDoc extends Aggregate {
  readonly at: EpochMs;
  /** It stands beside another one, which counts the event: without that one nothing was told yet. */
  readonly beside?: string;
}

export const TOLD_EVENTS = collection<ToldEventDoc>('told_events', { ...AGGREGATE, at: Number, beside: String }, [
  { name: 'by_age', keys: { at: 1 } },
  OUT_INDEX,
]);

export function toldEventId(app: string, teller: string, id: string): string {
  return [app, teller, id].join('\n'); // none has a line end
}

/** What people said, sealed; the log names it. `_id` is `app|id`. */
export interface FeedbackDoc {
  readonly _id: string;
  readonly app: string;
  readonly user?: string;
  readonly data: Uint8Array;
  readonly at: EpochMs;
}

export const FEEDBACK = collection<FeedbackDoc>('feedback', { app: String, user: String, data: Buffer, at: Number }, [
  { name: 'by_user', keys: { app: 1, user: 1 } },
  { name: 'by_age', keys: { at: 1 } },
]);

export function feedbackId(app: string, id: string): string {
  return `${app}|${id}`;
}
