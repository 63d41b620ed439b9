import type { EpochMs } from '../../../domain/time.js';
import type { Scope } from '../../../ports/key-store.js';
import { collection } from '../engine/collection.js';

export interface KeyDoc {
  readonly _id: string;
  readonly hash: string;
  readonly app?: string;
  readonly scopes: readonly Scope[];
  readonly isTest: boolean;
  readonly createdAt: EpochMs;
  readonly expiresAt?: EpochMs;
  readonly revokedAt?: EpochMs;
  readonly lastUsedAt?: EpochMs;
}

export const KEYS = collection<KeyDoc>(
  'server_keys',
  {
    hash: String,
    app: String,
    scopes: [String],
    isTest: Boolean,
    createdAt: Number,
    expiresAt: Number,
    revokedAt: Number,
    lastUsedAt: Number,
  },
  [{ name: 'by_age', keys: { createdAt: 1, _id: 1 } }],
);
