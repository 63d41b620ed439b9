import type { VendorReceipt } from '../../providers/contract.js';
import { BARE_KEY_PREFIX } from '../domain/delivery.js';
import { isStorable } from '../domain/storable.js';
import type { TokenHasher } from '../ports/token-hasher.js';
import type { VendorNameStore } from '../ports/vendor-name-store.js';

/** A delivery of an app. */
export interface DeliveryKey {
  readonly message: string;
  readonly key: string;
}

/**
 * Which deliveries receipts are of, one answer each, in order; undefined where nobody knows the name. A target that is in no
 * registration is taken for a bare push token.
 */
export type NameDeliveries = (
  app: string,
  provider: string,
  receipts: readonly Pick<VendorReceipt, 'vendorId' | 'notificationId' | 'target'>[],
) => Promise<readonly (DeliveryKey | undefined)[]>;

export function createNameDeliveries(house: {
  readonly vendorNames: Pick<VendorNameStore, 'find' | 'findTargets'>;
  readonly hasher: Pick<TokenHasher, 'pushToken'>;
}): NameDeliveries {
  const { vendorNames, hasher } = house;
  return async (app, provider, receipts) => {
    const names = receipts.flatMap(({ vendorId, notificationId }) => [vendorId ?? [], notificationId ?? []].flat());
    const targets = receipts.map(({ target }) =>
      target === undefined || !isStorable(target.message)
        ? undefined
        : { message: target.message, tokenHash: hasher.pushToken(app, provider, target.pushToken) },
    );
    const [byName, byTarget] = await Promise.all([
      vendorNames.find(app, provider, [...new Set(names.filter(isStorable))]),
      vendorNames.findTargets(
        app,
        provider,
        targets.flatMap((target) => target ?? []),
      ),
    ]);
    return receipts.map(({ vendorId, notificationId }, n) => {
      const target = targets[n];
      const named = byName.get(vendorId ?? '') ?? byName.get(notificationId ?? '');
      if (named !== undefined || target === undefined) return named;
      const { message, tokenHash } = target;
      return { message, key: byTarget.get(`${message}|${tokenHash}`) ?? BARE_KEY_PREFIX + tokenHash };
    });
  };
}
