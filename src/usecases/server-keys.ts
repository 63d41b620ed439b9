import { timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { base32, newId, type RandomBytes } from '../domain/ids.js';
import type { Clock, EpochMs } from '../domain/time.js';
import type { KeyStore, Scope, ServerKey } from '../ports/key-store.js';
import type { TokenHasher } from '../ports/token-hasher.js';

/** How long a looked-up key is believed without asking again: a revocation is felt everywhere within it. */
const BELIEVED_MS = 3_000;
const CACHE_MAX = 10_000;
/** `key` works in its app, `test` in that app's twin. */
const KEY_PATTERN = /^pealbell_(?:key|test)_([0-9a-hjkmnp-tv-z]{26})([0-9a-hjkmnp-tv-z]{52})([0-9a-f]{8})$/;

/** Who asks, and what they may. */
export interface Principal {
  readonly keyId: string;
  /** `null`: the key is not bound to an app; the call names one. */
  readonly app: string | null;
  readonly scopes: ReadonlySet<Scope>;
  /** Works in the twins of apps only. */
  readonly isTest: boolean;
}

export type Authentication =
  | { readonly kind: 'known'; readonly principal: Principal }
  | { readonly kind: 'refused'; readonly why: 'malformed' | 'unknown' | 'revoked' | 'expired' };

export interface NewServerKey {
  readonly app: string | null;
  readonly scopes: readonly Scope[];
  readonly isTest?: boolean;
  readonly expiresAt?: EpochMs;
}

/** Makes, checks and revokes server keys. */
export interface ServerKeys {
  /** @returns the key itself, shown this once, beside what is kept of it. */
  create(wanted: NewServerKey): Promise<{ readonly key: string; readonly kept: ServerKey }>;
  list(): Promise<readonly ServerKey[]>;
  revoke(id: string): Promise<boolean>;
  authenticate(key: string): Promise<Authentication>;
}

/**
 * A server key is `pealbell_key_`, or `pealbell_test_` for one that works in twins, + 26 characters of key id + 52 of secret (32 random bytes) in base32 + CRC-32
 * in hex: recognisable to secret scanners, looked up without a scan, and a typing error is told from a wrong key.
 */
export function createServerKeys(house: {
  readonly keys: KeyStore;
  readonly hasher: TokenHasher;
  readonly clock: Clock;
  readonly random: RandomBytes;
}): ServerKeys {
  const { keys, hasher, clock, random } = house;
  const cache = new Map<string, { readonly kept: ServerKey | undefined; readonly until: EpochMs }>();
  /** Being looked up: callers that come together ask once. */
  const asked = new Map<string, Promise<ServerKey | undefined>>();
  const touched = new Map<string, EpochMs>();

  async function find(id: string): Promise<ServerKey | undefined> {
    const now = clock.now();
    const cached = cache.get(id);
    if (cached !== undefined && cached.until > now) return cached.kept;
    const known = asked.get(id);
    if (known !== undefined) return known;
    const asking = look(id, now).finally(() => {
      if (asked.get(id) === asking) asked.delete(id);
    });
    asked.set(id, asking);
    return asking;
  }

  async function look(id: string, now: EpochMs): Promise<ServerKey | undefined> {
    const kept = await keys.find(id);
    if (cache.size >= CACHE_MAX) cache.clear();
    cache.set(id, { kept, until: now + BELIEVED_MS });
    return kept;
  }

  function noteUse(id: string): void {
    const now = clock.now();
    if ((touched.get(id) ?? 0) > now - 60_000) return;
    touched.set(id, now);
    keys.touch([id], now).catch(() => touched.delete(id)); // A missing note of use harms nobody.
  }

  return {
    async create(wanted) {
      const id = newId('key', clock.now(), random);
      const isTest = wanted.isTest ?? false;
      const body = `pealbell_${isTest ? 'test' : 'key'}_${id.slice(4)}${base32(random(32))}`;
      const key = body + checksum(body);
      const kept: ServerKey = {
        id,
        hash: hasher.serverKey(key),
        app: wanted.app,
        scopes: wanted.scopes,
        isTest,
        createdAt: clock.now(),
        expiresAt: wanted.expiresAt ?? null,
        revokedAt: null,
        lastUsedAt: null,
      };
      await keys.add(kept);
      return { key, kept };
    },
    list: () => keys.list(),
    async revoke(id) {
      cache.delete(id);
      asked.delete(id);
      return keys.revoke(id, clock.now());
    },
    async authenticate(key) {
      const parts = key.length > 128 ? null : KEY_PATTERN.exec(key);
      if (parts === null || checksum(key.slice(0, -8)) !== parts[3]) return { kind: 'refused', why: 'malformed' };
      const kept = await find(`key_${parts[1]}`);
      if (kept === undefined || !sameText(kept.hash, hasher.serverKey(key))) return { kind: 'refused', why: 'unknown' };
      if (kept.revokedAt !== null) return { kind: 'refused', why: 'revoked' };
      if (kept.expiresAt !== null && kept.expiresAt <= clock.now()) return { kind: 'refused', why: 'expired' };
      noteUse(kept.id);
      const { app, isTest } = kept;
      return { kind: 'known', principal: { keyId: kept.id, app, isTest, scopes: new Set(kept.scopes) } };
    },
  };
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}

function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
