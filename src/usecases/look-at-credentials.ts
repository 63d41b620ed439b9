import type { Clock } from '../domain/time.js';
import type { AccountStore, ExpiringCredential } from '../ports/account-store.js';
import type { ProviderDirectory } from './provider-directory.js';

const DAY_MS = 86_400_000;
/** So many days before a credential ends it is told of, fewest first. */
const TOLD_DAYS = [1, 7, 30] as const;

/**
 * Tells of credentials that end within 30, 7 and 1 days, once each; one that is found late is told of once, by the
 * number that it is within. To be done now and then, in any number of processes.
 */
export async function lookAtCredentials(house: {
  readonly providers: Pick<ProviderDirectory, 'apps' | 'configured'>;
  readonly accounts: Pick<AccountStore, 'expiring'>;
  readonly clock: Clock;
}): Promise<void> {
  const now = house.clock.now();
  const expiring = house.providers.apps().flatMap((app) =>
    house.providers.configured(app).flatMap(({ name: provider, credentialEnd: end }): ExpiringCredential[] => {
      const days = TOLD_DAYS.find((each) => end !== undefined && end.endsAt - now <= each * DAY_MS);
      return end === undefined || days === undefined ? [] : [{ app, provider, ...end, days }];
    }),
  );
  await house.accounts.expiring(expiring, now);
}
