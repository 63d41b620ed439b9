import { randomUUID } from 'node:crypto';
import type { SharedTokens } from '../../providers/contract.js';
import type { Clock } from '../domain/time.js';
import type { VendorTokenStore } from '../ports/vendor-token-store.js';

/** Access tokens of an app at a provider, as all processes of this store share them. */
export type SharedTokensOf = (app: string, provider: string) => SharedTokens;

export function createSharedTokens(house: {
  readonly vendorTokens: Omit<VendorTokenStore, 'sweep'>;
  readonly clock: Clock;
}): SharedTokensOf {
  const { vendorTokens, clock } = house;
  return (app, provider) => ({
    read: (key) => vendorTokens.read({ app, provider, key }),
    async claim(key, forMs) {
      const claim = randomUUID();
      const now = clock.now();
      const until = await vendorTokens.claim({ app, provider, key }, claim, now, now + forMs);
      return until === undefined ? { granted: true, claim } : { granted: false, lookAgainAt: until };
    },
    release(key, claim, result) {
      const of = { app, provider, key };
      return 'token' in result
        ? vendorTokens.keep(of, claim, result.token)
        : vendorTokens.giveUp(of, claim, result.notBefore);
    },
  });
}
