import type { Outcome, Target } from '../../providers/contract.js';
import type { Clock } from '../domain/time.js';
import type { Log } from '../ports/log.js';
import type { VendorNameStore } from '../ports/vendor-name-store.js';
import type { ProviderDirectory } from './provider-directory.js';

/**
 * Remembers what a vendor calls deliveries before they are recorded as sent, where it will tell of them: so that no receipt
 * of a delivery that we know of has a name that we do not. Does nothing for the others, nor where receipts name message and push token. Never rejects: a receipt that is not
 * understood harms less than a message that is sent twice.
 *
 * @param keys of deliveries; targets and outcomes belong to them, in order
 */
export type RememberNames = (
  of: { readonly app: string; readonly provider: string; readonly message: string },
  keys: readonly string[],
  targets: readonly Pick<Target, 'notificationId'>[],
  outcomes: readonly Outcome[],
) => Promise<void>;

export function createRememberNames(house: {
  readonly providers: Pick<ProviderDirectory, 'configured'>;
  readonly vendorNames: Pick<VendorNameStore, 'remember'>;
  readonly clock: Clock;
  readonly log: Log;
}): RememberNames {
  const { providers, vendorNames, clock, log } = house;
  return async (of, keys, targets, outcomes) => {
    const { app, provider } = of;
    const kind = providers.configured(app).find(({ name }) => name === provider);
    if (kind?.readReceipts === undefined || kind.receiptsName === 'targets') return;
    const names = keys.flatMap((key, i) => {
      const outcome = outcomes[i];
      // What may have arrived may be told of: also what is uncertain.
      if (outcome?.kind !== 'accepted' && outcome?.kind !== 'uncertain') return [];
      const vendorId = outcome.kind === 'accepted' ? outcome.vendorId : undefined;
      return [targets[i]?.notificationId, vendorId].flatMap((name) =>
        name === undefined ? [] : [{ ...of, key, name }],
      );
    });
    await vendorNames.remember(names, clock.now()).catch((error: unknown) => {
      log.warn({ app, provider, names: names.length, error: String(error) }, 'callback.names_lost');
    });
  };
}
