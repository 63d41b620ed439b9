import { hkdfSync } from 'node:crypto';
import { secretAccessKey } from '../domain/access-key.js';
import type { DataKey } from '../domain/data-key.js';
import { type AccessKey, OWN_KEY_PREFIX } from '../domain/realtime.js';

/** Says what the bytes are for; another text would be another key. */
const PURPOSE = 'pealbell access token HS256 v1';
const BYTES = 32;

/** The gateway's own keys for access tokens, one for each key of the data key. */
export interface OwnKeys {
  /** Signs. */
  readonly current: AccessKey;
  readonly byKid: ReadonlyMap<string, AccessKey>;
}

/** Derived (RFC 5869), so that there is no further secret to keep: whoever changes the data key's keys changes them. */
export function ownKeys(dataKey: DataKey): OwnKeys {
  const byKid = new Map(
    [...dataKey.keys].map(([id, secret]): [string, AccessKey] => {
      const bytes = new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(), PURPOSE, BYTES));
      const kid = OWN_KEY_PREFIX + id;
      const read = secretAccessKey(bytes, kid);
      if (read.kind === 'unfit') throw new Error(`a derived key ${read.what}`);
      // By its name: nobody but the gateway can have a key of this name, and its thumbprint tells nothing more.
      return [kid, { ...read.key, id: kid }];
    }),
  );
  const current = byKid.get(OWN_KEY_PREFIX + dataKey.current);
  if (current === undefined) throw new Error('the data key does not hold its current key');
  return { current, byKid };
}
