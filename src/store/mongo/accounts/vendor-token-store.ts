import { GatewayError } from '../../../domain/errors.js';
import type { VendorCredential, VendorToken, VendorTokenStore } from '../../../ports/vendor-token-store.js';
import { VENDOR_TOKENS } from '../documents/vendor-tokens.js';
import { bytesOf } from '../engine/bytes.js';
import { op } from '../engine/collection.js';
import { isDuplicateKey } from '../engine/mongo-errors.js';
import type { Ground } from '../ground.js';

export function createVendorTokenStore({ db, atRest }: Ground): VendorTokenStore {
  const tokens = db.of(VENDOR_TOKENS);
  const idOf = ({ app, provider, key }: VendorCredential) => `${app}|${provider}|${key}`;
  const placeOf = (of: VendorCredential) => `vendor_tokens|${idOf(of)}`;

  /** Another token can be had, so one that does not open is worth no more than none. */
  function open(sealed: Uint8Array, of: VendorCredential): string | undefined {
    try {
      return atRest.open(bytesOf(sealed), placeOf(of));
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'store_corrupt') return undefined;
      throw error;
    }
  }

  return {
    async read(of): Promise<VendorToken | undefined> {
      const found = await db.run(() => tokens.findById(idOf(of)).lean());
      if (found?.token === undefined) return undefined;
      const value = open(found.token, of);
      return value === undefined ? undefined : { value, issuedAt: found.issuedAt ?? 0, expiresAt: found.expiresAt };
    },

    async claim(of, claim, now, until) {
      // One that is there and taken does not match, and cannot be made anew.
      const free = { _id: idOf(of), claimedUntil: op({ $lte: now }) };
      const update = { $set: { claim, claimedUntil: until }, $setOnInsert: { expiresAt: 0 } };
      try {
        await db.run(() => tokens.updateOne(free, update, { upsert: true }));
        return undefined;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
      const taken = await db.run(() => tokens.findById(idOf(of)).select({ claimedUntil: 1 }).lean());
      const takenUntil = taken?.claimedUntil ?? 0;
      // Given back meanwhile: it is free before ours would have ended.
      return takenUntil > now ? takenUntil : until;
    },

    async keep(of, claim, { value, issuedAt, expiresAt }) {
      const token = atRest.seal(value, placeOf(of));
      const update = { $set: { token, issuedAt, expiresAt, claim: '', claimedUntil: 0 } };
      await db.run(() => tokens.updateOne({ _id: idOf(of), claim }, update));
    },

    async giveUp(of, claim, notBefore) {
      await db.run(() => tokens.updateOne({ _id: idOf(of), claim }, { $set: { claim: '', claimedUntil: notBefore } }));
    },

    async sweep(before, limit) {
      const over = { expiresAt: op({ $lt: before }), claimedUntil: op({ $lt: before }) };
      const found = await db.run(() => tokens.find(over).sort({ expiresAt: 1 }).limit(limit).select({ _id: 1 }).lean());
      if (found.length === 0) return 0;
      const ids = found.map(({ _id }) => _id);
      return (await db.run(() => tokens.deleteMany({ ...over, _id: op({ $in: ids }) }))).deletedCount;
    },
  };
}
