import type { EventType, LoggedEvent, NewEvent } from '../domain/event.js';
import type { EpochMs } from '../domain/time.js';

/** How far the log of an app goes. */
export interface EventHead {
  readonly app: string;
  /** Highest sequence number so far. */
  readonly seq: number;
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
   * Events after `after`, oldest first, of these types, at most about `limit` (a block of up to 500 is given whole). An
   * event that tells of a message carries the `metadata` and `tags` that the message was accepted with.
   *
   * @returns `scanned`: everything up to here was looked at
   */
  read(
    app: string,
    after: number,
    types: readonly EventType[],
    limit: number,
  ): Promise<{ readonly events: readonly LoggedEvent[]; readonly scanned: number }>;
  /** Removes what is older than `before`, at most about `limit` blocks. @returns blocks removed */
  sweep(before: EpochMs, limit: number): Promise<number>;
}
