/** Fetches the keys that apps publish for their access tokens, with no gateway and no store. */
import type { Config } from '../../config/load.js';
import { readKeySet } from '../access/key-sets.js';
import { createEgress } from '../egress/egress.js';
import { fetchText } from '../egress/fetch-text.js';

/** What is at one app's `realtime.jwks`. */
export interface KeySetTest {
  readonly app: string;
  readonly url: string;
  /** Keys of it that are good for access tokens, or why there are none. */
  readonly result:
    | { readonly kind: 'keys'; readonly count: number }
    | { readonly kind: 'failed'; readonly why: string };
}

/** Side by side, each within 5 s, in the order of the files. Never rejects for what an address does. */
export function tryKeySets(config: Config): Promise<readonly KeySetTest[]> {
  const egress = createEgress({ allow: config.egress.allow });
  const named = config.apps.flatMap(({ id, realtime }) =>
    realtime?.jwks === undefined ? [] : [{ app: id, url: realtime.jwks }],
  );
  return Promise.all(
    named.map(async ({ app, url }): Promise<KeySetTest> => {
      try {
        const keys = readKeySet(await fetchText(egress, url));
        return { app, url, result: { kind: 'keys', count: keys.length } };
      } catch (error) {
        return { app, url, result: { kind: 'failed', why: error instanceof Error ? error.message : String(error) } };
      }
    }),
  );
}
