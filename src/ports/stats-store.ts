import type { StatRow } from '../domain/stats.js';
import type { EpochMs } from '../domain/time.js';

/** Which counts are asked for. */
export interface StatsQuery {
  readonly app: string;
  /** Beginning of an hour, or of a day in UTC where days are asked for. */
  readonly from: EpochMs;
  /** As `from`; not in it any more. */
  readonly to: EpochMs;
  readonly by: 'hour' | 'day';
}

/**
 * Deliveries counted by the hour in which their message was accepted, by class, provider and platform. Each is counted in the
 * same atomic step as the change that is counted, whichever store call makes it: exactly once, whatever is repeated or
 * killed, and however late a receipt comes. Nothing of it goes when messages and deliveries are swept, or users erased.
 */
export interface StatsStore {
  /** What was counted, oldest first; spans in which nothing was are left out. */
  read(query: StatsQuery): Promise<readonly StatRow[]>;
  /**
   * Brings together what was counted apart, of hours before `before`, at most `limit` parts. What is read stays the same.
   * @returns parts brought together
   */
  merge(before: EpochMs, limit: number): Promise<number>;
  /** Removes hours before `before`, at most `limit` records. @returns records removed */
  sweep(before: EpochMs, limit: number): Promise<number>;
}
