import type { EventType, LoggedEvent, NewEvent } from '../domain/event.js';
import type { EventBlock } from '../domain/event-block.js';
import type { EpochMs } from '../domain/time.js';

/** How far the log of an app goes. */
export interface EventHead {
  readonly app: string;
  /** Highest sequence number so far. */
  readonly seq: number;
}

/** A part of an app's log. */
export interface EventRange {
  /** Sequence number of the last event before it; 0 for all. */
  readonly after: number;
  /** Sequence number of its last event; absent: the newest. */
  readonly through?: number;
}

/** Events that retention took before the call was made or answered which would have told them. */
export interface LostEvents {
  readonly app: string;
  /** The endpoint they were meant for. */
  readonly endpoint: string;
  readonly events: number;
}

/** What a step of a sweep removed. */
export interface SweptEvents {
  /** Rows; 0: nothing is left to remove. */
  readonly removed: number;
  readonly lost: readonly LostEvents[];
}

/**
 * What happened, app by app, in the order in which the changes became durable. Whatever store call changes something
 * also writes its event, in the same atomic step, where an endpoint of the app wants its type (see WebhookStore): no event
 * without the change, no change without the event. Events name devices, messages and providers, never users, push tokens
 * or content.
 */
export interface EventLog {
  /** Writes events of which the change is nobody's record, in order, where an endpoint wants them. */
  append(events: readonly NewEvent[], now: EpochMs): Promise<void>;
  /** Apps that have ever had an event. */
  heads(): Promise<readonly EventHead[]>;
  /**
   * Events of these types, oldest first, `limit` at most (up to 1,000), as a whole as they were written: a block that
   * the range or the limit cuts is given as far as it lies inside. An event that tells of a message carries the `metadata`
   * and `tags` that the message was accepted with, for as long as there is the message; `client.upstream` the message's `data`.
   *
   * @returns `scanned`: everything up to here was looked at; it may be further than the last event, and nearer than the
   * range's end where there is much to pass over
   */
  readBlocks(
    app: string,
    range: EventRange,
    types: readonly EventType[],
    limit: number,
  ): Promise<{ readonly blocks: readonly EventBlock[]; readonly scanned: number }>;
  /** As {@link readBlocks}, event by event. */
  read(
    app: string,
    range: EventRange,
    types: readonly EventType[],
    limit: number,
  ): Promise<{ readonly events: readonly LoggedEvent[]; readonly scanned: number }>;
  /**
   * Removes what is older than `before`, at most about `limit` blocks. Who has not come so far goes on with the oldest
   * that is left, and each endpoint is told of what it lost (`WebhookEndpoint.lost`).
   */
  sweep(before: EpochMs, limit: number, now: EpochMs): Promise<SweptEvents>;
}
