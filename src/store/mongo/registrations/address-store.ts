import type { AddressStore } from '../../../ports/address-store.js';
import type { Ground } from '../ground.js';
import { replaceAddresses } from './address-replacements.js';
import { noteNotifications } from './notification-words.js';
import { carryExchanges } from './registration-exchange.js';

export function createAddressStore(ground: Ground): AddressStore {
  carryExchanges(ground);
  return {
    replace: (these, now) => replaceAddresses(ground, these, now),
    notifications: (these, now) => noteNotifications(ground, these, now),
  };
}
