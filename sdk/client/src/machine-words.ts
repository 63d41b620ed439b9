/** What goes into the state machine and what comes out. It knows no socket, timer, store or handler. */
import type { Clear, Gap, RealtimeError, RealtimeMessage, RealtimeState, Sent } from './events.js';
import type { ClientFrame, EventBody, Hello } from './frames.js';
import type { HeartbeatBounds, SavedHeartbeat } from './heartbeat.js';
import type { SavedInbox } from './inbox.js';
import type { SavedLadder } from './ladder.js';
import type { TokenReason, TransportName } from './options.js';
import type { SavedOutbox } from './outbox.js';

/** How a connection ended. */
export type End =
  /** The gateway said why. */
  | { readonly kind: 'gateway'; readonly code: number; readonly why: string; readonly retryAfterMs?: number }
  /** It broke, or never came to be. */
  | { readonly kind: 'network'; readonly why: string };

export type Input =
  | { readonly kind: 'connect' | 'close' | 'tick' | 'registered' }
  /** `token` answers `ask_token`; `set_token` comes unasked. */
  | { readonly kind: 'token' | 'set_token'; readonly token: string }
  | { readonly kind: 'token_failed' | 'register_failed'; readonly cause: unknown }
  | { readonly kind: 'frame'; readonly link: number; readonly frame: unknown }
  | { readonly kind: 'closed'; readonly link: number; readonly end: End }
  | { readonly kind: 'tried'; readonly works: boolean }
  /** The app has dealt with this message. */
  | { readonly kind: 'ended'; readonly id: string }
  /** What was to be saved is. */
  | { readonly kind: 'kept'; readonly ids: readonly string[]; readonly keys: readonly string[] }
  | { readonly kind: 'say'; readonly key: string; readonly body: EventBody }
  | { readonly kind: 'hint'; readonly hint: 'online' | 'offline' | 'visible' };

export type Effect =
  | { readonly kind: 'ask_token'; readonly why: TokenReason }
  | { readonly kind: 'register' }
  | { readonly kind: 'open'; readonly link: number; readonly transport: TransportName; readonly hello: Hello }
  | { readonly kind: 'send'; readonly frame: ClientFrame }
  | { readonly kind: 'close' }
  /** See whether this transport works, beside the one in use. */
  | { readonly kind: 'try'; readonly transport: TransportName }
  | { readonly kind: 'hand'; readonly message: RealtimeMessage }
  /** Nothing that waits for a handler is this user's any more. */
  | { readonly kind: 'drop' }
  | { readonly kind: 'settled'; readonly key: string; readonly sent: Sent | { readonly kind: 'full' } }
  /** Keep this part; then say `kept` with these. */
  | {
      readonly kind: 'save';
      readonly part: keyof Saved;
      readonly ids?: readonly string[];
      readonly keys?: readonly string[];
    }
  | { readonly kind: 'clear'; readonly clear: Clear }
  | { readonly kind: 'gap'; readonly gap: Gap }
  | { readonly kind: 'resync' }
  | { readonly kind: 'state'; readonly state: RealtimeState }
  | { readonly kind: 'error'; readonly error: RealtimeError };

/** What outlives a restart. */
export interface Saved {
  readonly inbox?: SavedInbox & { readonly who?: string };
  readonly outbox?: SavedOutbox;
  readonly link?: { readonly ladder: SavedLadder; readonly heartbeat: SavedHeartbeat };
}

export interface MachineSetup {
  readonly transports: readonly TransportName[];
  readonly saved: Saved;
  readonly random: () => number;
  readonly now: number;
  readonly bounds: HeartbeatBounds;
  /** Whether there is a function that gives another token, and one that registers the device. */
  readonly canRenew: boolean;
  readonly canRegister: boolean;
}

export interface Machine {
  next(input: Input, now: number): readonly Effect[];
  /** When to say `tick` at the latest. */
  readonly wakeAt: number | undefined;
  saved<P extends keyof Saved>(part: P, now: number): Saved[P];
}
