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
