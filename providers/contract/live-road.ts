/** The house's own road, over connections of devices. */
import type { Message } from '../../src/domain/message.js';
import type { EpochMs } from '../../src/domain/time.js';

/** Mailboxes and connections of the app's devices, for the provider that sends over them. */
export interface LiveRoad {
  /**
   * Puts a letter into mailboxes, offers it to connections and waits up to `waitMs` for the devices' word. One answer per
   * device, in order. Repeating it sends nothing twice, and tells how far each device has come.
   *
   * @throws only where the mailboxes cannot be reached
   */
  hand(
    letter: LiveLetter,
    to: readonly { readonly device: string; readonly user: string | null }[],
    waitMs: number,
    signal: AbortSignal,
  ): Promise<readonly HandedState[]>;
  /**
   * Sends a letter to every device of the app that has ever connected: now to those that are, the others find it when they
   * come. It costs the same whatever their number. Repeating it is harmless.
   *
   * @returns how many devices those are
   * @throws only where the mailboxes cannot be reached
   */
  announce(letter: Omit<LiveLetter, 'keep'>): Promise<number>;
}

/** A letter as devices get it over their own connection. */
export interface LiveLetter {
  readonly message: string;
  /**
   * What a `push` frame says besides what belongs to one connection (docs/realtime-protocol.md), as JSON text. The same
   * text each time the letter is handed: by it the mailbox knows the letter again.
   */
  readonly body: string;
  readonly collapseKey?: string;
  readonly expiresAt: EpochMs;
  /** False: it is not put into the mailbox of a device that is offline. */
  readonly keep: boolean;
}

/**
 * How far a device has come with a letter, as in `ports/live-bus.ts`; or why it is not in the mailbox: the device has none,
 * it is somebody else's, a newer letter took its place, it was withdrawn, or the mailbox was full.
 */
export type HandedState =
  | 'offline'
  | 'handed'
  | 'got'
  | 'done'
  | 'no_mailbox'
  | 'not_theirs'
  | 'replaced'
  | 'withdrawn'
  | 'lost';

/** The ability of the house's own road: a message to everybody at once, however many they are. */
export interface Announcing {
  /**
   * Sends the message to every device of the app that this road reaches. Repeating it is harmless.
   *
   * @returns how many devices those are; undefined where the message cannot go this way
   * @throws where the house's stores cannot be reached
   */
  announce(message: Message): Promise<number | undefined>;
}

export function isAnnouncing(provider: object): provider is Announcing {
  return 'announce' in provider && typeof provider.announce === 'function';
}
