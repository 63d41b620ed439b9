import { jwkAccessKey } from '../domain/access-key.js';
import { GatewayError } from '../domain/errors.js';
import type { AccessKey } from '../domain/realtime.js';
import type { Log } from '../ports/log.js';

/** After so long a set is fetched again, while what is known goes on being used. */
export const FRESH_MS = 10 * 60_000;
/** A set that could not be fetched for so long is not used any more. */
export const STALE_MS_MAX = 24 * 3_600_000;
/** A key that is not in the set makes it be fetched again at most so often. */
export const UNKNOWN_KID_EVERY_MS = 60_000;
/** And after a failure no sooner than this. */
export const RETRY_MS = 5_000;
const KEYS_MAX = 100;
/** Addresses remembered; those of the files are far fewer. */
const SETS_MAX = 200;

/** Sets of public keys that apps publish (RFC 7517 §5). */
export interface KeySets {
  /**
   * Keys of the set, fetched where they must be; one fetch at a time for each address.
   *
   * @param kid where no key has this id, the set is fetched again, at most once a minute
   * @throws GatewayError `overloaded` where there is no set yet and it cannot be had
   */
  find(url: string, kid: string | undefined): Promise<readonly AccessKey[]>;
  /** Whether the key stands in the set as it is known; true as long as nothing is known. Has old sets fetched anew. */
  has(url: string, keyId: string): boolean;
}

interface KeySet {
  keys: readonly AccessKey[] | undefined;
  /** By the monotonic clock, as all times here. */
  fetchedAt: number;
  triedAt: number;
  hasFailed: boolean;
  pending: Promise<void> | undefined;
}

export function createKeySets(house: {
  /** The text at an address of which nobody knows whether it is well. */
  readonly fetchText: (url: string) => Promise<string>;
  readonly nowMs: () => number;
  readonly log: Log;
}): KeySets {
  const { nowMs, log } = house;
  const sets = new Map<string, KeySet>();

  function setAt(url: string): KeySet {
    let set = sets.get(url);
    if (set === undefined) {
      const never = Number.NEGATIVE_INFINITY;
      set = { keys: undefined, fetchedAt: never, triedAt: never, hasFailed: false, pending: undefined };
      sets.set(url, set);
      const [oldest] = sets.keys();
      if (sets.size > SETS_MAX && oldest !== undefined) sets.delete(oldest);
    }
    if (nowMs() - set.fetchedAt > STALE_MS_MAX) set.keys = undefined;
    return set;
  }

  function refresh(url: string, set: KeySet): Promise<void> {
    set.pending ??= fetchInto(url, set).finally(() => {
      set.pending = undefined;
    });
    return set.pending;
  }

  /** Never rejects: a set that cannot be had is the old one. */
  async function fetchInto(url: string, set: KeySet): Promise<void> {
    set.triedAt = nowMs();
    try {
      const keys = readKeySet(await house.fetchText(url));
      set.keys = keys;
      set.fetchedAt = nowMs();
      if (set.hasFailed) log.info({ url, keys: keys.length }, 'jwks.reached');
      set.hasFailed = false;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (!set.hasFailed) log.warn({ url, error: why, has_keys: set.keys !== undefined }, 'jwks.unreachable');
      set.hasFailed = true;
    }
  }

  /** Fetches a set that is not fresh any more; nobody waits for it. */
  function renew(url: string, set: KeySet): void {
    const now = nowMs();
    if (now - set.fetchedAt > FRESH_MS && now - set.triedAt > UNKNOWN_KID_EVERY_MS) void refresh(url, set);
  }

  return {
    async find(url, kid) {
      const set = setAt(url);
      if (set.keys === undefined) {
        if (set.pending !== undefined || nowMs() - set.triedAt > RETRY_MS) await refresh(url, set);
        if (set.keys === undefined) {
          const sentence =
            'the keys of this app cannot be fetched just now, so no access token can be checked; come back later';
          throw new GatewayError('overloaded', sentence, { retryAfterSeconds: RETRY_MS / 1_000 });
        }
        return set.keys;
      }
      const isKnown = kid === undefined || set.keys.some((key) => key.kid === kid);
      if (!isKnown && (set.pending !== undefined || nowMs() - set.triedAt > UNKNOWN_KID_EVERY_MS)) {
        await refresh(url, set);
      } else renew(url, set);
      return set.keys;
    },
    has(url, keyId) {
      const set = setAt(url);
      if (set.keys === undefined) {
        if (nowMs() - set.triedAt > UNKNOWN_KID_EVERY_MS) void refresh(url, set);
        return true;
      }
      renew(url, set);
      return set.keys.some(({ id }) => id === keyId);
    },
  };
}

/** Keys that are not for access tokens stand beside them in many sets: they are passed over. @throws Error for no set */
export function readKeySet(text: string): readonly AccessKey[] {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Error('what is there is no JSON');
  }
  const listed: unknown = isRecord(body) ? body.keys : undefined;
  if (!Array.isArray(listed)) throw new Error('what is there is no set of keys: it has no list `keys`');
  return listed.slice(0, KEYS_MAX).flatMap((jwk: unknown) => {
    const read = isRecord(jwk) ? jwkAccessKey(jwk, 'refused') : undefined;
    return read?.kind === 'key' ? [read.key] : [];
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
