import type { RevocableAccess, RevocationStore } from '../../../ports/revocation-store.js';
import { REVOCATIONS, revocationId } from '../documents/revocations.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';
import { sweepOldest } from '../writing/sweep-oldest.js';
import { upsertEach } from '../writing/upsert-each.js';

export function createRevocationStore({ db }: Ground): RevocationStore {
  const revocations = db.of(REVOCATIONS);
  return {
    async add(these, now) {
      const upserts = these.map(({ app, part, subject, upTo }) => ({
        id: revocationId(app, part, subject),
        update: { $max: { upTo: Math.floor(upTo), recordedAt: now }, $setOnInsert: { app, part, subject } },
      }));
      await upsertEach(db, revocations, upserts);
    },

    async find(accesses) {
      const ids = new Set(accesses.flatMap(idsOf));
      if (ids.size === 0) return [];
      const found = await db.run(() => revocations.find({ _id: op({ $in: [...ids] }) }).lean());
      const upTo = new Map(found.map((each) => [each._id, each.part === 'jti' ? Infinity : each.upTo]));
      // A token issued within the millisecond of the revocation is one of those before it.
      return accesses.map((access) =>
        idsOf(access).some((id) => (upTo.get(id) ?? -Infinity) >= Math.floor(access.issuedAt)),
      );
    },

    async since(from, limit, after) {
      const behind = after === undefined ? '' : revocationId(after.app, after.part, after.subject);
      const found = await db.run(() =>
        revocations
          .find({ recordedAt: op({ $gte: from }), _id: op({ $gt: behind }) })
          .sort({ _id: 1 })
          .limit(limit)
          .lean(),
      );
      return found.map(({ app, part, subject, upTo }) => ({ app, part, subject, upTo }));
    },

    sweep: (before, limit) => sweepOldest(db, revocations, 'recordedAt', before, limit),
  };
}

function idsOf({ app, device, user, jti }: RevocableAccess): readonly string[] {
  return [
    revocationId(app, 'device', device),
    ...(user === null ? [] : [revocationId(app, 'user', user)]),
    ...(jti === undefined ? [] : [revocationId(app, 'jti', jti)]),
  ];
}
