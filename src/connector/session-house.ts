import type { WaitingClear } from '../ports/mailbox-store.js';
import type { Bye } from './byes.js';
import type { Hello, Upward } from './client-frame.js';
import type { FrameRate } from './frame-bucket.js';
import type { SharedBody } from './wire.js';

/** A letter, or an entry of the log, on its way into a connection. */
export interface Parcel {
  readonly message: string;
  readonly position: number;
  readonly body: SharedBody;
  readonly show: boolean;
  readonly expiresAt: number;
}
export type MailItem = Parcel | WaitingClear;

/** What a session needs of its app. */
export interface SessionTerms {
  readonly pingMaxMs: number;
  readonly maxInFlight: number;
}

/** A device that may connect, with what waits for it. */
export interface Admission {
  readonly terms: SessionTerms;
  readonly epoch: string;
  /** No position in a mailbox is above this yet. */
  readonly newest: number;
  /** Newest entry of the log that the device need not be sent. */
  readonly logPosition: number;
  /** Newest entry of the log, of those that were announced already as well. */
  readonly logEnd: number;
  /** Letters lost since the last connection was told. */
  readonly lost: number;
  /** Names this connection to whoever answers elsewhere, as with SSE. */
  readonly id: string;
  /** Highest `n` of the stream that is safe, where that is known. */
  readonly safe?: number;
}

/**
 * What sessions ask of their house. Nothing here waits: answers come back as calls of the session. Calls of one session
 * come one at a time. `Session` is a parameter, because sessions know their house and a house the answers it gives.
 */
export interface SessionHouse<Session> {
  /** Monotonic ms, for silence and waiting. */
  ticks(): number;
  /** The time of day, for what expires. */
  now(): number;
  readonly frameRate: FrameRate;
  /** How long a client waits that was cut for what many do at once. */
  retryAfterMs(): number;
  /** To be answered by `claim` and then `admit`, or by `end`. */
  hello(session: Session, hello: Hello): void;
  /** To be answered by `refreshed` or `end`. */
  refresh(session: Session, token: string): void;
  /** To be answered by `mail`. */
  readMail(session: Session, except: readonly number[], limit: number): void;
  /** To be answered by `log`. */
  readLog(session: Session, after: number, limit: number): void;
  /** To be answered by `finished`. `logPosition` as in `Finished`. */
  done(session: Session, messages: readonly string[], logPosition: number | undefined): void;
  /** One kind of them, in order; to be answered by `took`, before more are given. */
  take(session: Session, run: readonly Upward[]): void;
  /** The device has seen these `clear` entries, and knows of so many lost letters. */
  told(session: Session, clears: readonly number[], lost: number): void;
  /** A frame of this kind has come or gone. */
  count(direction: 'in' | 'out', type: string): void;
  /** It wants to be looked at before the time that `tick` has named. */
  wake(session: Session): void;
  /** Frames that say what cannot be, and change nothing. */
  ignored(what: 'got' | 'done', count: number): void;
  /** It is over: nothing more comes from it. `unfinished`: messages that arrived and are not `done`. */
  ended(session: Session, unfinished: readonly string[], bye: Bye | undefined): void;
}
