import type { EpochMs } from '../domain/time.js';

export const SCOPES = [
  'messages:send',
  'messages:broadcast',
  'messages:read',
  'devices:write',
  'devices:read',
  'devices:token',
  'stats:read',
  'webhooks:write',
  'admin',
] as const;
export type Scope = (typeof SCOPES)[number];

/** A server key as it is kept: never the key itself. */
export interface ServerKey {
  readonly id: string;
  /** Keyed hash of the whole key. */
  readonly hash: string;
  /** `null`: not bound to an app. */
  readonly app: string | null;
  readonly scopes: readonly Scope[];
  /** Works in the twin of its app, whose providers are simulators (`domain/twin.ts`). */
  readonly isTest: boolean;
  readonly createdAt: EpochMs;
  readonly expiresAt: EpochMs | null;
  readonly revokedAt: EpochMs | null;
  readonly lastUsedAt: EpochMs | null;
}

export interface KeyStore {
  add(key: ServerKey): Promise<void>;
  find(id: string): Promise<ServerKey | undefined>;
  /** Oldest first. */
  list(): Promise<readonly ServerKey[]>;
  /** @returns false for an unknown id. Revoking twice is harmless. */
  revoke(id: string, now: EpochMs): Promise<boolean>;
  /** Notes uses; at most one write per key and minute is worth it. */
  touch(ids: readonly string[], now: EpochMs): Promise<void>;
}
