/** What an app hears of. Field names of messages are those of the HTTP API. */
import type { TransportName } from './options.js';

export interface RealtimeNotification {
  readonly title?: string;
  readonly body?: string;
  readonly image?: string;
  readonly media?: readonly { readonly url: string; readonly type: string }[];
  readonly sound?: string;
  readonly badge?: number;
  readonly click?: { readonly url?: string; readonly deep_link?: string };
  readonly actions?: readonly { readonly id: string; readonly title: string; readonly url?: string }[];
  readonly thread?: string;
}

export interface RealtimeMessage {
  readonly id: string;
  /** Identity of the notification on the screen: show it under this tag, and a later one takes its place. */
  readonly tag: string;
  /** False: the system shows it, or has; take the data only. */
  readonly show: boolean;
  readonly notification?: RealtimeNotification;
  readonly data?: Readonly<Record<string, unknown>>;
  /** RFC 3339. */
  readonly expires_at: string;
}

/** Take these off the screen. */
export interface Clear {
  readonly ids: readonly string[];
  readonly tags: readonly string[];
  readonly reason: 'recalled' | 'replaced' | 'read_elsewhere';
}

/** So many messages are lost for good; 0 where nobody can know how many. */
export interface Gap {
  readonly count: number;
  readonly reason: 'mailbox_full' | 'mailbox_reset';
}

export type RealtimeState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting'; readonly transport?: TransportName }
  | { readonly kind: 'online'; readonly transport: TransportName }
  /** Tries again by itself. */
  | { readonly kind: 'waiting'; readonly retryInMs: number; readonly why: string }
  /** Tries no more until `connect()` or `setToken()`; `code` is the gateway's, see the protocol's close codes. */
  | { readonly kind: 'stopped'; readonly code: number; readonly why: string }
  | { readonly kind: 'closed' };

export interface RealtimeError {
  /**
   * `handler_failed`: a handler rejected as often as it is allowed to, and the message counts as done.
   * `token_failed`, `register_failed`: the app's own function rejected; it is asked again.
   * `refused`: the gateway can never take this event or upstream message.
   * `bad_frame`: the gateway said something that is no frame; the connection is made anew.
   * `storage_failed`: it goes on, but a restart may repeat or lose something.
   */
  readonly code: 'handler_failed' | 'token_failed' | 'register_failed' | 'refused' | 'bad_frame' | 'storage_failed';
  readonly detail: string;
  /** The message that no handler could deal with. */
  readonly message?: RealtimeMessage;
  readonly cause?: unknown;
}

export interface RealtimeEvents {
  message: RealtimeMessage;
  clear: Clear;
  gap: Gap;
  /** What the app believes may be old: fetch its state anew. */
  resync: undefined;
  state: RealtimeState;
  error: RealtimeError;
}

export type Listener<T> = (event: T) => unknown;

/**
 * What became of an event or upstream message: the gateway keeps it (`safe`), or can never take it (`refused`), or the
 * client was closed before it knew (`kept`): the next one of the same name and storage says it.
 */
export type Sent =
  | { readonly kind: 'safe' | 'kept' }
  | { readonly kind: 'refused'; readonly code: string; readonly detail: string };
