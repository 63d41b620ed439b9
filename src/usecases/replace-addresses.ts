import type { Outcome } from '../../providers/contract.js';
import type { Clock, EpochMs } from '../domain/time.js';
import type { AddressStore, Replacement } from '../ports/address-store.js';
import type { Log } from '../ports/log.js';
import type { TokenHasher } from '../ports/token-hasher.js';
import type { ProviderDirectory } from './provider-directory.js';
import { readReplacedBy } from './read-replaced-by.js';

/**
 * Has devices use the push tokens that a vendor gave in place of those it was sent, before the outcomes are settled: what
 * is tried again goes to the new ones. Never rejects: what was not replaced is a dead address like others.
 *
 * @param hashes of the push tokens that were sent to; outcomes belong to them, in order
 * @returns places of those whose device has the new one now
 */
export type ReplaceAddresses = (
  of: { readonly app: string; readonly provider: string; readonly startedAt: EpochMs },
  hashes: readonly string[],
  outcomes: readonly Outcome[],
) => Promise<ReadonlySet<number>>;

const NOTHING: ReadonlySet<number> = new Set();

export function createReplaceAddresses(house: {
  readonly providers: Pick<ProviderDirectory, 'configured'>;
  readonly addresses: Pick<AddressStore, 'replace'>;
  readonly hasher: Pick<TokenHasher, 'pushToken'>;
  readonly clock: Clock;
  readonly log: Log;
}): ReplaceAddresses {
  const { providers, addresses, hasher, clock, log } = house;
  return async ({ app, provider, startedAt }, hashes, outcomes) => {
    const wanted = outcomes.flatMap((outcome, place): { place: number; replacement: Replacement }[] => {
      const tokenHash = hashes[place];
      if (outcome.kind !== 'unregistered' || tokenHash === undefined) return [];
      const { asOf = startedAt } = outcome;
      const token = readReplacedBy(providers, app, provider, outcome.replacedBy);
      if (token === undefined) return [];
      const to = { token, tokenHash: hasher.pushToken(app, provider, token) };
      return [{ place, replacement: { app, provider, tokenHash, to, asOf } }];
    });
    if (wanted.length === 0) return NOTHING;
    try {
      const replaced = await addresses.replace(
        wanted.map(({ replacement }) => replacement),
        clock.now(),
      );
      return new Set(wanted.flatMap(({ place }, n) => (replaced[n] === 'replaced' ? [place] : [])));
    } catch (error) {
      log.warn({ app, provider, addresses: wanted.length, error: String(error) }, 'registrations.not_replaced');
      return NOTHING;
    }
  };
}
