import type { MessageClass, OnUncertain, Track } from '../domain/accepted-message.js';
import type { Environment, Platform } from '../domain/device.js';
import type { Filter } from '../domain/filter.js';
import type { JsonObject } from '../domain/json.js';
import type { Localized, Notification, Priority } from '../domain/message.js';
import type { PerUserRule } from '../domain/per-user.js';

/** A send call as the caller wrote it, its shape checked, its meaning not yet. */
export interface MessageDraft {
  readonly app: string;
  /** `path` is the route the key was used on: keys of different routes are different. */
  readonly idempotency?: { readonly key: string; readonly path: string };
  /** Hash of the parsed body: the same for another key order or white space. */
  readonly fingerprint: string;
  readonly to: {
    readonly users: readonly string[];
    readonly devices: readonly string[];
    readonly pushTokens: readonly PushTokenDraft[];
    readonly everyone: boolean;
    readonly topics?: readonly string[];
    readonly filter?: Filter;
  };
  readonly onlyPlatforms?: readonly Platform[];
  readonly onlyProviders?: readonly string[];
  readonly onlyFilter?: Filter;
  readonly exceptUsers: readonly string[];
  readonly exceptDevices: readonly string[];
  readonly exceptTopics?: readonly string[];
  readonly maxDevices?: number;
  readonly class?: MessageClass;
  /** Name of an entry of the app's channels. */
  readonly channel?: string;
  /** Name of a route. */
  readonly route?: string;
  readonly notification?: Notification;
  /** By language tag, in place of fields of `notification`. */
  readonly locales?: Readonly<Record<string, Localized>>;
  readonly data?: Readonly<Record<string, string>>;
  readonly ttlSeconds?: number;
  readonly priority?: Priority;
  readonly collapseKey?: string;
  readonly ackTimeoutMs?: number;
  readonly perUser?: PerUserRule;
  readonly onUncertain?: OnUncertain;
  readonly track?: Track;
  readonly overrides: Readonly<Record<string, JsonObject>>;
  readonly metadata?: JsonObject;
  readonly tags?: readonly string[];
}

export interface PushTokenDraft {
  readonly provider: string;
  readonly token: unknown;
  readonly environment?: Environment;
  readonly purpose?: string;
  readonly bundleId?: string;
  readonly region?: string;
  readonly platform?: Platform;
}
