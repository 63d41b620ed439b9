import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { base32, newId, type RandomBytes } from '../domain/ids.js';
import type { Clock, EpochMs } from '../domain/time.js';
import type { WebhookSettings } from '../domain/webhook.js';
import { makeWebhookSecret } from '../domain/webhook-secret.js';
import type { ReplayChoice, Replayed, WebhookCall, WebhookEndpoint, WebhookStore } from '../ports/webhook-store.js';

export interface WebhookDeskHouse {
  readonly store: WebhookStore;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Has the dispatcher of this process look at once; that of another process finds out by itself. */
  readonly wake: () => void;
}

export type MadeEndpoint =
  | {
      readonly kind: 'made';
      readonly endpoint: WebhookEndpoint;
      readonly secret: string;
      /** An earlier call with the same key made it. */
      readonly replayed: boolean;
    }
  | { readonly kind: 'full' }
  /** An earlier call with the same key made another one. */
  | { readonly kind: 'mismatch' };

export type RotatedSecret =
  | {
      readonly kind: 'rotated';
      readonly endpoint: WebhookEndpoint;
      readonly secret: string;
      readonly overlapUntil: EpochMs;
    }
  | { readonly kind: 'full' }
  | { readonly kind: 'unknown' };

/** What is done with endpoints beside looking at them. A `key` of the caller makes repeating a call harmless. */
export interface WebhookDesk {
  create(app: string, settings: WebhookSettings, key: string | undefined): Promise<MadeEndpoint>;
  /** A new secret; what signed before signs as well for `overlapMs`. */
  rotate(app: string, id: string, overlapMs: number): Promise<RotatedSecret>;
  /** Calls with nothing but a test, at once, whatever the state of the endpoint. */
  test(app: string, id: string, key: string | undefined): Promise<WebhookCall | undefined>;
  replay(app: string, id: string, which: ReplayChoice, key: string | undefined): Promise<Replayed | undefined>;
  /** Lets calls go out again, those that wait at once. */
  resume(app: string, id: string): Promise<WebhookEndpoint | undefined>;
  pause(app: string, id: string): Promise<WebhookEndpoint | undefined>;
}

export function createWebhookDesk({ store, clock, random, wake }: WebhookDeskHouse): WebhookDesk {
  /** With a key of the caller the same id for the same key; it does not sort by time then. */
  const idOf = (prefix: 'whe' | 'whc', key: string | undefined, ...parts: readonly string[]) =>
    key === undefined ? newId(prefix, clock.now(), random) : `${prefix}_${hashOf(key, ...parts)}`;

  return {
    async create(app, settings, key) {
      const now = clock.now();
      const secret = makeWebhookSecret(random);
      const endpoint = await store.create(
        { id: idOf('whe', key, app), app, settings },
        { value: secret, createdAt: now },
        now,
      );
      if (endpoint === 'full') return { kind: 'full' };
      // The secret that it was made with: one that came later was not this call's to show.
      const secrets = (await store.secrets(app, endpoint.id, now)) ?? [];
      const kept = secrets.find(({ createdAt }) => createdAt === endpoint.createdAt)?.value;
      if (kept === secret) return { kind: 'made', endpoint, secret, replayed: false };
      if (kept === undefined || !isAs(endpoint, settings)) return { kind: 'mismatch' };
      return { kind: 'made', endpoint, secret: kept, replayed: true };
    },

    async rotate(app, id, overlapMs) {
      const now = clock.now();
      const secret = makeWebhookSecret(random);
      const overlapUntil = now + overlapMs;
      const done = await store.rotate(app, id, { value: secret, createdAt: now }, overlapUntil, now);
      if (done === 'full') return { kind: 'full' };
      const endpoint = done ? await store.find(app, id) : undefined;
      return endpoint === undefined ? { kind: 'unknown' } : { kind: 'rotated', endpoint, secret, overlapUntil };
    },

    async test(app, id, key) {
      const call = await store.addTest(app, id, idOf('whc', key, app, id, 'test'), clock.now());
      if (call !== undefined) wake();
      return call;
    },

    async replay(app, id, which, key) {
      const seed = key ?? Buffer.from(random(16)).toString('hex');
      const replayed = await store.replay(app, id, which, (of) => idOf('whc', seed, app, id, of), clock.now());
      if (replayed !== undefined && replayed.count > 0) wake();
      return replayed;
    },

    async resume(app, id) {
      const endpoint = await store.setState(app, id, 'active', undefined, clock.now());
      if (endpoint !== undefined) wake();
      return endpoint;
    },

    pause: (app, id) => store.setState(app, id, 'paused', undefined, clock.now()),
  };
}

/** 26 characters, as every id has behind its prefix. */
function hashOf(...parts: readonly string[]): string {
  return base32(createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16));
}

/** Whether an endpoint was made with these settings and is still so. */
function isAs(endpoint: WebhookEndpoint, settings: WebhookSettings): boolean {
  const keys = ['url', 'description', 'events', 'level', 'order', 'maxEvents', 'maxWaitMs'] as const;
  return keys.every((key) => isDeepStrictEqual(endpoint[key], settings[key]));
}
