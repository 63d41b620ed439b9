import { BARE_KEY_PREFIX } from '../../../domain/delivery.js';
import type { VendorNameStore } from '../../../ports/vendor-name-store.js';
import { devicesOfTokens } from '../devices/device-lookup.js';
import { DELIVERIES, deliveryId } from '../documents/deliveries.js';
import { VENDOR_NAMES } from '../documents/vendor-names.js';
import type { Ground } from '../ground.js';
import { readEach } from '../writing/change.js';
import { sweepOldest } from '../writing/sweep-oldest.js';
import { upsertEach } from '../writing/upsert-each.js';

export function createVendorNameStore({ db }: Ground): VendorNameStore {
  const model = db.of(VENDOR_NAMES);
  return {
    async remember(names, now) {
      // The last word counts.
      const last = new Map(names.map((one) => [nameId(one.app, one.provider, one.name), one]));
      const upserts = [...last].map(([id, { message, key }]) => ({ id, update: { $set: { message, key, at: now } } }));
      await upsertEach(db, model, upserts);
    },

    async find(app, provider, names) {
      const ids = new Map(names.map((name) => [nameId(app, provider, name), name]));
      const found = await readEach(db, model, [...ids.keys()]);
      return new Map(found.map(({ _id, message, key }) => [ids.get(_id) ?? '', { message, key }]));
    },

    async findTargets(app, provider, targets) {
      const bare = targets.map(({ message, tokenHash }) => deliveryId(message, BARE_KEY_PREFIX + tokenHash));
      const deliveries = await readEach(db, db.of(DELIVERIES), [...new Set(bare)]);
      const kept = new Map(deliveries.flatMap((one) => (one.app === app ? [[one._id, one.key]] : [])));
      const hashes = targets.map(({ tokenHash }) => tokenHash);
      const devices = await devicesOfTokens(db, app, provider, hashes);
      return new Map(
        targets.flatMap(({ message, tokenHash }, i): [string, string][] => {
          const key = kept.get(bare[i] ?? '') ?? devices.get(tokenHash);
          return key === undefined ? [] : [[`${message}|${tokenHash}`, key]];
        }),
      );
    },

    sweep: (before, limit) => sweepOldest(db, model, 'at', before, limit),
  };
}

function nameId(app: string, provider: string, name: string): string {
  return `${app}|${provider}|${name}`;
}
