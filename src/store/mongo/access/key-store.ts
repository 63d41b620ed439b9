import type { KeyStore, ServerKey } from '../../../ports/key-store.js';
import { KEYS, type KeyDoc } from '../documents/keys.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';

export function createKeyStore({ db }: Ground): KeyStore {
  const keys = db.of(KEYS);
  return {
    async add({ id, app, expiresAt, revokedAt, lastUsedAt, ...rest }) {
      const document: KeyDoc = {
        ...{ _id: id, ...rest },
        ...(app === null ? {} : { app }),
        ...(expiresAt === null ? {} : { expiresAt }),
        ...(revokedAt === null ? {} : { revokedAt }),
        ...(lastUsedAt === null ? {} : { lastUsedAt }),
      };
      await db.run(() => keys.create([document]));
    },

    async find(id) {
      const found = await db.run(() => keys.findById(id).lean());
      return found === null ? undefined : toKey(found);
    },

    async list() {
      return (await db.run(() => keys.find().sort({ createdAt: 1, _id: 1 }).lean())).map(toKey);
    },

    async revoke(id, now) {
      const unrevoked = { _id: id, revokedAt: op({ $exists: false }) };
      const { matchedCount } = await db.run(() => keys.updateOne(unrevoked, { $set: { revokedAt: now } }));
      return matchedCount > 0 || (await db.run(() => keys.countDocuments({ _id: id }))) > 0;
    },

    async touch(ids, now) {
      if (ids.length === 0) return;
      await db.run(() => keys.updateMany({ _id: op({ $in: [...ids] }) }, { $set: { lastUsedAt: now } }));
    },
  };
}

function toKey({ _id, hash, app, scopes, isTest, createdAt, expiresAt, revokedAt, lastUsedAt }: KeyDoc): ServerKey {
  return {
    ...{ id: _id, hash, app: app ?? null, scopes, isTest, createdAt },
    ...{ expiresAt: expiresAt ?? null, revokedAt: revokedAt ?? null, lastUsedAt: lastUsedAt ?? null },
  };
}
