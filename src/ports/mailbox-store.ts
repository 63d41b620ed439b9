import type { EpochMs } from '../domain/time.js';

/**
 * A device that connects finds at most this many letters; the oldest of more are gone, and it is told of the gap. While
 * nobody connects a mailbox may hold a few more: it is cut back now and then, not with every letter.
 */
export const MAILBOX_LETTERS_MAX = 1_000;
/** And at most so many bytes of their bodies. */
export const MAILBOX_BYTES_MAX = 4 * 1024 * 1024;

/** What one message says to devices, shared by all that read it in the same words. */
export interface Letter {
  readonly app: string;
  readonly message: string;
  /** JSON of what a `push` frame has besides `t`, `seq`, `cursor` and `show` (docs/realtime-protocol.md). Sealed at rest. */
  readonly body: string;
  /** A newer letter with the same key takes the place of an older one in the same mailbox. */
  readonly collapseKey?: string;
  readonly expiresAt: EpochMs;
}

/** Puts one letter into the mailboxes of devices. */
export interface Posting extends Letter {
  /** False: the system has shown it, or will; the app takes the data only. */
  readonly show: boolean;
  readonly to: readonly Addressee[];
}

export interface Addressee {
  readonly device: string;
  /** Whom the letter is meant for; absent where it may be anybody. */
  readonly user?: string | null;
}

export type Posted =
  /** `put`: it is new there; `there`: it was put before and is neither done nor gone. */
  | { readonly kind: 'put' | 'there'; readonly position: number; readonly user: string | null }
  /** The device said `done` to it before. */
  | { readonly kind: 'done' }
  /** It was there before and went: withdrawn, replaced by a newer letter, or lost because the mailbox was full. */
  | { readonly kind: 'gone'; readonly why: 'withdrawn' | 'replaced' | 'lost' }
  /** The mailbox is not (any more) of the user it is meant for. */
  | { readonly kind: 'not_theirs' }
  /** The device has never connected, or is gone. */
  | { readonly kind: 'no_mailbox' };

/** A letter in a mailbox, or an entry of the log for everyone. */
export interface WaitingLetter {
  /** Orders a mailbox; positions of the log are of another order. */
  readonly position: number;
  readonly message: string;
  readonly body: string;
  readonly show: boolean;
  readonly expiresAt: EpochMs;
}

/** An entry of the log for everyone. */
export interface Appended {
  readonly position: number;
  /** How many mailboxes it is for. */
  readonly mailboxes: number;
}

/** Takes something off the screens of a device that may have shown it; waits in the mailbox like a letter. */
export interface WaitingClear {
  readonly position: number;
  readonly clear: {
    readonly messages: readonly string[];
    readonly tags: readonly string[];
    readonly reason: ClearReason;
  };
}
export type ClearReason = 'recalled' | 'replaced' | 'read_elsewhere';

export interface MailboxRequest {
  readonly app: string;
  readonly device: string;
  /** The access token's subject; `null` where it names none. */
  readonly user: string | null;
}

export type MailboxOpening =
  | {
      readonly kind: 'open';
      /** Changes when the mailbox begins anew, for another user of the device. */
      readonly epoch: string;
      /** No position was ever given above this. A cursor beyond it is of a store that was put back to an earlier state. */
      readonly newest: number;
      /** Newest position of the log for everyone that this device need not be sent any more. */
      readonly logPosition: number;
      /**
       * Newest position of the log of the app; 0 while it is empty. Entries become visible in the order of their
       * positions: after this one was seen, none below it appears.
       */
      readonly logEnd: number;
      /** Letters lost since the last connection was told, for good: the mailbox was full. */
      readonly lost: number;
    }
  /** No such device; it is registered first. */
  | { readonly kind: 'unknown_device' }
  /** The device is somebody else's now. */
  | { readonly kind: 'not_theirs' };

/** A device's word that its app has dealt with these messages. */
export interface Finished {
  readonly app: string;
  readonly device: string;
  readonly messages: readonly string[];
  /** Newest position of the log up to which it has dealt with everything. */
  readonly logPosition?: number;
  /**
   * Asked of each message of which chunks may still ask, once it is durable that the device is done with it: whether
   * someone who attempts it over the device's connection was just told. What was is left to that one.
   */
  readonly tell?: (message: string) => boolean;
}

/**
 * Mailboxes of devices that connect: what waits for each, in the order in which it was put, until the device says `done`.
 * The only truth about it; connections hold copies. Bounded by count, bytes and TTL; what is lost for good is counted and
 * told. A mailbox is of one device and its user: when the user changes it is empty, and what was in it has ended.
 *
 * A delivery follows its letter in the same call: one that is dropped for room ends as `failed/quota_exceeded`, one
 * replaced as `suppressed/superseded`, one of a former user as `suppressed/user_changed`, one past its TTL as
 * `expired/expired`; each only where its state was `sent` over realtime, never where a vendor took it.
 */
export interface MailboxStore {
  /**
   * Opens the mailboxes of devices that connect, many in one call, and makes those that are missing, with the device's
   * registration of provider `realtime` (token: the device id). One answer per request, in order.
   */
  open(requests: readonly MailboxRequest[], now: EpochMs): Promise<readonly MailboxOpening[]>;
  /** Puts letters. Repeating is harmless. One answer per device of each posting, in order. Durable once it resolves. */
  put(postings: readonly Posting[], now: EpochMs): Promise<readonly (readonly Posted[])[]>;
  /**
   * What waits for each device, oldest first, at most `limit`, without the positions in `except` and what has expired.
   * One answer per request, in order.
   */
  read(
    requests: readonly {
      readonly app: string;
      readonly device: string;
      /** Where it is given, a mailbox of another user reads as empty. */
      readonly user?: string | null;
      readonly except: readonly number[];
      readonly limit: number;
    }[],
    now: EpochMs,
  ): Promise<readonly (readonly (WaitingLetter | WaitingClear)[])[]>;
  /**
   * Takes letters out that devices have dealt with, records the deliveries as `delivered` (once; see ReceiptStore), and
   * makes the chunks due that still wait for it, unless somebody holds them, or was told (`Finished.tell`). Whoever holds
   * one finds it by `finished`, and by `put`, as soon as anybody is told. Unknown messages are passed over. Of an entry of the log the delivery counts as `delivered` from then on, and is kept where the message's `track` is `all`.
   *
   * @returns per entry those of its messages that were for this device
   */
  done(finished: readonly Finished[], now: EpochMs): Promise<readonly (readonly string[])[]>;
  /** Takes `clear` entries out that devices have been sent. */
  cleared(
    entries: readonly { readonly app: string; readonly device: string; readonly positions: readonly number[] }[],
  ): Promise<void>;
  /** The devices have been told of letters lost up to now. */
  gapTold(devices: readonly { readonly app: string; readonly device: string; readonly lost: number }[]): Promise<void>;
  /** From now on these copies have `show: false`: a vendor shows the message. Repeating is harmless. */
  hush(
    entries: readonly { readonly app: string; readonly message: string; readonly devices: readonly string[] }[],
  ): Promise<void>;
  /**
   * From now on these copies have `show: true` again: no vendor could show the message. Copies that are gone or done stay
   * so. Repeating is harmless.
   */
  unhush(
    entries: readonly { readonly app: string; readonly message: string; readonly devices: readonly string[] }[],
  ): Promise<void>;
  /**
   * Which of the devices have said `done` to the message. To be asked while it is not completed: afterwards nobody knows.
   * One answer per entry, in order.
   */
  finished(
    entries: readonly { readonly app: string; readonly message: string; readonly devices: readonly string[] }[],
  ): Promise<readonly ReadonlySet<string>[]>;
  /** Makes the chunks due in which these devices are awaited: their connection ended between `got` and `done`. */
  dropped(
    entries: readonly { readonly app: string; readonly device: string; readonly messages: readonly string[] }[],
    now: EpochMs,
  ): Promise<void>;
  /** Takes one letter out of the mailboxes of these devices, or of all (`undefined`), and out of the log. @returns the devices that had it, at most 10,000 */
  withdraw(
    app: string,
    message: string,
    devices: readonly string[] | undefined,
    now: EpochMs,
  ): Promise<readonly string[]>;
  /**
   * Puts a `clear` into mailboxes, and takes the letters of its messages out of them; of one that was read elsewhere
   * they stay with `show: false`, for their data. Repeating it under the same `now` is harmless.
   */
  putClear(app: string, clear: WaitingClear['clear'], devices: readonly string[], now: EpochMs): Promise<void>;
  /**
   * Adds an entry to the log of letters for everyone of the app, in place of an older one with its collapse key: a few
   * writes, however many devices there are. Every mailbox that is there gets it, none that is made later. Repeating is
   * harmless.
   */
  append(letter: Letter, now: EpochMs): Promise<Appended>;
  /**
   * Entries of the app's log after `after`, oldest first, at most `limit`, without what has expired, was withdrawn or
   * replaced, or is of a canceled message.
   */
  readLog(app: string, after: number, limit: number, now: EpochMs): Promise<readonly WaitingLetter[]>;
  /**
   * Removes what has ended, in bounded steps: letters past their TTL, what is remembered of completed messages, and
   * empty mailboxes with the registrations of devices that have not connected for 30 days. @returns 0 when nothing is left
   */
  sweep(now: EpochMs, limit: number): Promise<number>;
}
