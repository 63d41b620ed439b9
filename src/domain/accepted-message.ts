import type { Audience } from './audience.js';
import type { JsonObject } from './json.js';
import type { Localized, Notification, Priority } from './message.js';
import type { PerUserRule } from './per-user.js';
import type { RouteStep } from './route.js';
import type { EpochMs } from './time.js';

export type { MessageClass } from './message.js';

export type OnUncertain = 'resend' | 'drop';
export type Track = 'all' | 'failures' | 'none';

/** What the caller wants shown and carried. Encrypted at rest, dropped by its own retention. */
export interface MessageContent {
  readonly notification?: Notification;
  /** By language tag: what people of that language see in place of the notification's own. */
  readonly locales?: Readonly<Record<string, Localized>>;
  readonly data?: Readonly<Record<string, string>>;
  /** By provider name or kind. */
  readonly overrides: Readonly<Record<string, JsonObject>>;
  /** Kept while the audience is still being planned. */
  readonly audience?: Audience;
}

/** How a message is to be delivered; what every attempt needs to know besides content. */
export interface DeliveryTerms {
  readonly priority: Priority;
  /** Present when the caller chose the priority. */
  readonly isPriorityOwn?: true;
  /** Name of an entry of the app's channels; what vendors make of it is looked up at each attempt. */
  readonly channel?: string;
  /** Present when the caller wants no other providers; they hold for every step of a route. */
  readonly onlyProviders?: readonly string[];
  /** Seconds; 0 means exactly one attempt. */
  readonly ttlSeconds: number;
  /** Over which roads a device is tried, one after the other. As it stood when the message was accepted. */
  readonly route?: MessageRoute;
  /** For the device's answer over its own connection, in milliseconds; goes before what the route's step says. */
  readonly ackTimeoutMs?: number;
  /** Absent for `all`. */
  readonly perUser?: Exclude<PerUserRule, 'all'>;
  readonly collapseKey?: string;
  readonly onUncertain: OnUncertain;
  readonly track: Track;
}

export interface MessageRoute {
  /** As the caller named it; absent where the caller did not. */
  readonly name?: string;
  readonly steps: readonly RouteStep[];
}

export type MessageStatus = 'scheduled' | 'queued' | 'sending' | 'completed' | 'canceled' | 'blocked';

/** A warning in the answer to a send: it was accepted, but not all of it will be as asked. */
export interface Warning {
  readonly code: string;
  readonly detail: string;
  readonly provider?: string;
}

export interface AudienceSummary {
  readonly state: 'resolving' | 'resolved';
  /** Absent while resolving. */
  readonly users?: number;
  readonly devices?: number;
  readonly byPlatform?: Readonly<Record<string, number>>;
  /** Named users and devices that have no device to send to. */
  readonly noDevice?: readonly string[];
}

/** What a send call is answered with, and a replayed key again. */
export interface AcceptedMessage {
  readonly id: string;
  readonly app: string;
  readonly status: MessageStatus;
  readonly createdAt: EpochMs;
  readonly audience: AudienceSummary;
  readonly warnings: readonly Warning[];
}
