import type { EpochMs } from '../../../domain/time.js';
import { collection } from '../engine/collection.js';

/** `_id` is `app|provider`. */
export interface FeedTurnDoc {
  readonly _id: string;
  readonly dueAt: EpochMs;
}

export const FEED_TURNS = collection<FeedTurnDoc>('feed_turns', { dueAt: Number });
