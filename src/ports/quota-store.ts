import type { MessageClass } from '../domain/message.js';
import type { EpochMs } from '../domain/time.js';

/** Messages of one class of an account, during a day of its vendor; the day is named by when it ends. */
export interface QuotaDay {
  readonly app: string;
  readonly provider: string;
  readonly class: MessageClass;
  readonly dayEndsAt: EpochMs;
}

/** One message to one device, which takes one of the device's places of that day. */
export interface DevicePlace extends QuotaDay {
  /** Key of the delivery: a device id, or `~` and the hash of a bare push token. */
  readonly key: string;
  readonly message: string;
  /** Places of the device, at least 1. */
  readonly max: number;
}

/** What a vendor took of a quota. */
export interface QuotaTaken extends QuotaDay {
  readonly count: number;
  /** `null`: only the vendor knows. */
  readonly max: number | null;
  /** Shares of `max` at which people are told, above 0, at most 1. */
  readonly tellAt: readonly number[];
  /** The vendor says that nothing is left, whatever was counted. */
  readonly isUsedUp: boolean;
}

export interface QuotaUse extends QuotaDay {
  readonly used: number;
}

/** What was sent of that which vendors let through in a day. */
export interface QuotaStore {
  /**
   * Takes a place for each that finds one free, whoever else takes some at the same time. A message that has its place
   * already keeps it and takes no other. At most 1,000.
   *
   * @returns whether each has a place, in order
   */
  reserve(places: readonly DevicePlace[]): Promise<readonly boolean[]>;
  /** Gives places back. One that is not taken is passed over. At most 1,000. */
  release(places: readonly DevicePlace[]): Promise<void>;
  /**
   * Adds what was taken. Tells of each share of `tellAt` that is reached by it once a day (`quota.threshold`), and of 1 where
   * the vendor says so. At most 100.
   *
   * @returns what has been used since the day began, in order
   */
  count(taken: readonly QuotaTaken[], now: EpochMs): Promise<readonly number[]>;
  /** What was counted of days that last still; all apps, in the order of app, provider, class and day. */
  uses(now: EpochMs): Promise<readonly QuotaUse[]>;
  /** Removes what was noted of days that ended before `before`, at most `limit` of each kind. @returns how many */
  sweep(before: EpochMs, limit: number): Promise<number>;
}
