import type { EpochMs } from '../domain/time.js';
import type { ClearReason } from './mailbox-store.js';

/** One letter on its way to connections; its copies wait in the mailboxes. */
export interface LetterOffer {
  readonly app: string;
  readonly message: string;
  /** As in the mailbox: the same for every device. */
  readonly body: string;
  readonly expiresAt: EpochMs;
  readonly show: boolean;
  readonly to: readonly {
    readonly device: string;
    /** Whose mailbox it is in: a connection of another user does not get it. */
    readonly user: string | null;
    readonly position: number;
  }[];
}

/**
 * How far a device has come with a letter. `offline`: it has no connection. `handed`: it has one, and the letter was
 * written to it or waits behind others. `got`: it says it has it. `done`: its app has dealt with it.
 */
export type LetterState = 'offline' | 'handed' | 'got' | 'done';

/** An entry of the log for everyone, as announced. */
export interface LogAnnouncement {
  readonly app: string;
  readonly message: string;
  readonly body: string;
  readonly expiresAt: EpochMs;
  readonly position: number;
}

/** Takes these off the screen. */
export interface LiveClear {
  readonly messages: readonly string[];
  readonly tags: readonly string[];
  readonly reason: ClearReason;
}

/** Something that connections of a device are told at once; whoever is not connected finds it in the store. */
export type DeviceNotice =
  | ({ readonly kind: 'clear' } & LiveClear)
  /** Whose the device is now: a connection of somebody else ends. */
  | { readonly kind: 'owner'; readonly user: string | null }
  /** Its connection must end: another user, a device that was removed, access that was revoked. */
  | { readonly kind: 'end'; readonly why: 'user_changed' | 'device_removed' | 'access_revoked' }
  /** Something new is in the mailbox. */
  | { readonly kind: 'mail' };

/** How long past `waitMs` the bus waits for a node's answer, before its devices count as offline. */
export const NODE_ANSWER_MARGIN_MS = 1_000;

/**
 * What workers and the API ask of connections, wherever these are. Nothing of it is durable: the mailbox is. A node that
 * has died counts as offline with its devices once the bus notices; until then `online` may name them, and `offer` says
 * `offline` in the end. Nothing that is asked or told here rejects: where the bus is away nobody is connected, and nobody
 * is told; nodes look at the store once it is back.
 */
export interface LiveBus {
  /** Which of these devices have a connection now. */
  online(app: string, devices: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * Offers a letter to the newest connection of each device, each to exactly one. Resolves as soon as every device that
   * is connected has said `done`, or after `waitMs`; states in the order of `to`. Offering the same letter again while it
   * is under way there sends nothing, and tells how far it has come. Letters that one caller offers to a device without
   * waiting in between arrive in that order. Never rejects: a device of which nothing can be learned is `offline`.
   */
  offer(offer: LetterOffer, waitMs: number): Promise<readonly LetterState[]>;
  /** Tells devices something, in the order of the calls. One that is not connected is passed over. */
  tell(app: string, devices: readonly string[], notice: DeviceNotice): Promise<void>;
  /** Takes something off the screens of every device of the app that is connected. */
  clearAll(app: string, clear: LiveClear): Promise<void>;
  /** Announces an entry of the log to every node, whatever apps are connected there. */
  announce(entry: LogAnnouncement): Promise<void>;
  /** Joins as a place where devices connect; nobody is connected there yet. */
  join(node: ConnectorNode): Promise<ConnectorSeat>;
  /** Lets go of everything; nodes that joined are gone. Calling it twice is harmless. */
  close(): Promise<void>;
}

/**
 * A place where devices connect, as the bus sees it. Every device named is one that it said is here; it may have gone a
 * moment ago. The calls come one at a time, and none of them throws.
 */
export interface ConnectorNode {
  /** As `LiveBus.offer`. Takes the letter before it returns its promise, which resolves soon after `waitMs` at the latest. */
  offer(offer: LetterOffer, waitMs: number): Promise<readonly LetterState[]>;
  tell(app: string, devices: readonly string[], notice: DeviceNotice): void;
  clearAll(app: string, clear: LiveClear): void;
  announce(entry: LogAnnouncement): void;
  /** A newer connection of the device is elsewhere: the one here ends. */
  replaced(app: string, device: string): void;
  /** For a while things may have been told that did not come here: the store knows what. */
  missed(): void;
}

/** A node's own end of the bus. */
export interface ConnectorSeat {
  /**
   * The device is connected here now, whatever node had it before. Later calls win over earlier ones, also across nodes.
   * Rejects where the bus is away: the device must come again.
   */
  here(app: string, device: string): Promise<void>;
  /** It is not connected here any more; nothing happens where a newer `here` of another node came since. */
  gone(app: string, device: string): Promise<void>;
  /** Nobody is connected here any more, and nothing is asked of the node from now on. Calling it twice is harmless. */
  leave(): Promise<void>;
}
