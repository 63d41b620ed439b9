import type { EventType } from './event.js';
import type { EpochMs } from './time.js';

/** Events in one call at most, and bytes of its body. */
export const WEBHOOK_EVENTS_MAX = 100;
export const WEBHOOK_BODY_BYTES_MAX = 256 * 1024;

/** What somebody wants to be told, where, and how. */
export interface WebhookSettings {
  readonly url: string;
  readonly description?: string;
  /** As given; `types` is what they stand for. */
  readonly events: readonly string[];
  readonly types: readonly EventType[];
  /** `events`: one event for each delivery. `summary`: of deliveries how many of each kind, message by message. */
  readonly level: 'events' | 'summary';
  /** `strict`: one call at a time, in order; a call that fails holds up all after it. */
  readonly order: 'loose' | 'strict';
  /** Events in one call, 1 to {@link WEBHOOK_EVENTS_MAX}. */
  readonly maxEvents: number;
  /** For more events to come into the same call, in milliseconds; 0 to 60,000. */
  readonly maxWaitMs: number;
}

/** Signs calls (Standard Webhooks 1.0). */
export interface WebhookSecret {
  /** `whsec_` and the base64 of 24 to 64 bytes. Sealed at rest. */
  readonly value: string;
  readonly createdAt: EpochMs;
  /** Signs no more from then on; absent for the newest. */
  readonly until?: EpochMs;
}

/** An endpoint that stands in an app's file. */
export interface FileWebhook {
  /** The key in the file. */
  readonly name: string;
  readonly settings: WebhookSettings;
  /** As {@link WebhookSecret.value}: never print it. */
  readonly secret: string;
}

/** What an endpoint has of which nothing is said. */
export const WEBHOOK_DEFAULTS = { level: 'events', order: 'loose', maxEvents: 100, maxWaitMs: 1_000 } as const;
/** Patterns that one endpoint may name, and milliseconds that its calls may wait for more events. */
export const WEBHOOK_PATTERNS_MAX = 50;
export const WEBHOOK_WAIT_MS_MAX = 60_000;
