import type { Track } from '../domain/accepted-message.js';
import type { DeliveryState } from '../domain/delivery.js';
import type { EpochMs } from '../domain/time.js';
import type { ClearReason } from './mailbox-store.js';

/**
 * What takes a recalled message off screens. Its tag is not in it where a newer message of the app may stand under the
 * same, of the 5,000 next ones.
 */
export interface RecallClear {
  readonly messages: readonly string[];
  readonly tags: readonly string[];
  readonly reason: Extract<ClearReason, 'recalled'>;
}

/** A message that was called back. */
export interface Recall {
  readonly clear: RecallClear;
  /** It went to everyone at once, by the log: who shows it is not known. */
  readonly announced: boolean;
  /** When it was first called back: what is put into mailboxes for it is put as of then, so that a repetition is none. */
  readonly at: EpochMs;
}

/** A recall that is to be carried through: its message has completed, so nothing of it leaves any more. */
export interface OwedRecall extends Recall {
  readonly app: string;
  readonly message: string;
  /** Key of the last delivery whose device has been told; empty before the first. */
  readonly cursor: string;
}

/** A device that may show a message. */
export interface ShownOn {
  readonly device: string;
  /** Over which it was sent; null where nobody recorded that. */
  readonly provider: string | null;
  readonly state: DeliveryState;
  /** What the vendor calls it, where it said. */
  readonly vendorId?: string;
}

/** Messages that are called back. What a device was sent is asked of its records; with `track` `none` there are none. */
export interface RecallStore {
  /**
   * Marks a message as recalled; one that is stays as it is. From then on it is owed.
   *
   * @returns undefined for an unknown id or another app's
   */
  begin(app: string, message: string, now: EpochMs): Promise<Recall | undefined>;
  /**
   * Letters of this message were taken out of the mailboxes of these devices: deliveries that stand at `sent` over
   * realtime end as `recalled`. Repeating is harmless.
   */
  takenOut(app: string, message: string, devices: readonly string[], now: EpochMs): Promise<void>;
  /**
   * This provider's vendor has told these devices to take it away: deliveries that stand at `sent` over it end as `recalled`.
   * Repeating is harmless.
   */
  takenBack(app: string, message: string, provider: string, devices: readonly string[], now: EpochMs): Promise<void>;
  /** Devices behind the key `after` that may show it, in key order; fewer than `limit` only at the end. */
  shownOn(message: string, after: string, limit: number): Promise<readonly ShownOn[]>;
  /** Recalls to be carried through, the oldest messages first. */
  owed(limit: number): Promise<readonly OwedRecall[]>;
  /** Notes how far a recall has come; `undefined`: it is carried through. */
  carried(message: string, cursor: string | undefined): Promise<void>;
  /** How many deliveries of it each provider has taken, those that took none left out; and what is kept of each. */
  taken(message: string): Promise<{ readonly by: ReadonlyMap<string, number>; readonly track: Track }>;
}
