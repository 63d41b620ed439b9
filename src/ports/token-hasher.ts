import type { PushToken } from '../domain/outcome.js';

/** Keyed hashes: the same input gives the same text, and without the key nothing can be looked up. */
export interface TokenHasher {
  /** Identity of a push token at one provider of one app. Its key never rotates. */
  pushToken(app: string, provider: string, token: PushToken): string;
  /** What is stored of a server key. */
  serverKey(key: string): string;
  /** The secret in the address at which a provider's vendor tells of receipts. */
  callback(app: string, provider: string): string;
}
