import type { Json, JsonObject } from './json.js';
import type { EpochMs } from './time.js';

/** How much battery a message is worth; a vendor's own scale is derived from it (RFC 8030 §5.3). */
export type Priority = 'high' | 'normal' | 'low';

/** What a message is to the person: something of their own, or something that is said to many. Vendors bound the latter. */
export type MessageClass = 'transactional' | 'marketing';

export interface MediaAttachment {
  /** An absolute https URL. */
  readonly url: string;
  readonly type: 'image' | 'video' | 'audio' | 'file';
}

export interface Click {
  /** Opened in a browser. */
  readonly url?: string;
  /** Handed to the app. */
  readonly deepLink?: string;
}

export interface Action {
  readonly id: string;
  readonly title: string;
  readonly url?: string;
}

/** What a person sees. Every field is optional, but a visible message has a title or a body. */
export interface Notification {
  readonly title?: string;
  readonly body?: string;
  readonly image?: string;
  readonly media?: readonly MediaAttachment[];
  readonly sound?: string;
  /** Absolute number on the app's icon; 0 clears it. */
  readonly badge?: number;
  readonly click?: Click;
  readonly actions?: readonly Action[];
  readonly thread?: string;
}

/** What a locale may say in place of the notification's own. */
export type Localized = Pick<Notification, 'title' | 'body' | 'image' | 'media' | 'sound' | 'click' | 'actions'>;

/** The channel a message goes out on, as one provider sees it. What the message itself says goes before it. */
export interface MessageChannel {
  readonly name: string;
  /** Of every provider that has none of its own in `settings`. */
  readonly sound?: string;
  /** This provider's entry, as the channel schema of its kind gave it; absent where the app's file has none. */
  readonly settings?: Json;
}

/**
 * One message as a provider gets it: rendered for the batch, with the house's words only.
 * A message without `notification` is silent.
 */
export interface Message {
  readonly id: string;
  readonly app: string;
  readonly notification?: Notification;
  readonly data?: Readonly<Record<string, string>>;
  /**
   * Seconds the vendor may keep the message while the device is away, counted from this attempt;
   * `0` is now or never. Web Push sends it as is (RFC 8030 §5.2); APNs gets an absolute time.
   */
  readonly ttlSeconds: number;
  /** When its time to live ends, the same at every attempt; absent where it has none (`ttlSeconds` is 0) or is only checked. */
  readonly expiresAt?: EpochMs;
  /** How long a road of which devices answer themselves waits for that, in milliseconds. */
  readonly ackTimeoutMs?: number;
  readonly priority: Priority;
  /** `marketing` when absent: the class that no vendor punishes. */
  readonly class?: MessageClass;
  /** True when the caller chose the priority: it then goes before what the channel says. */
  readonly isPriorityOwn?: boolean;
  /** The looks and urgency the app's file gives to messages like this one. */
  readonly channel?: MessageChannel;
  /** A newer message with the same key replaces an older one. Printable ASCII. */
  readonly collapseKey?: string;
  /** The caller's override for this provider, in the shape that provider documents. */
  readonly override?: JsonObject;
}

export type { Json, JsonObject };
