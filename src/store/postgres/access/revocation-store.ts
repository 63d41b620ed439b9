import type { Revocation, RevocationStore, RevokedPart } from '../../../ports/revocation-store.js';
import type { Sql } from '../engine/sql.js';

interface Row {
  readonly app: string;
  readonly part: RevokedPart;
  readonly subject: string;
  readonly up_to: string | number;
}

export function createRevocationStore(sql: Sql): RevocationStore {
  return {
    async add(revocations, now) {
      if (revocations.length === 0) return;
      const rows = latest(revocations);
      await sql.query(
        `INSERT INTO pealbell.revocations (app, part, subject, up_to, recorded_at)
         SELECT i.app, i.part, i.subject, i.up_to, $5
         FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) AS i (app, part, subject, up_to)
         ORDER BY i.app COLLATE "C", i.part COLLATE "C", i.subject COLLATE "C"
         ON CONFLICT (app, part, subject) DO UPDATE SET
           up_to = greatest(pealbell.revocations.up_to, excluded.up_to),
           recorded_at = greatest(pealbell.revocations.recorded_at, excluded.recorded_at)`,
        [
          rows.map(({ app }) => app),
          rows.map(({ part }) => part),
          rows.map(({ subject }) => subject),
          rows.map(({ upTo }) => Math.floor(upTo)),
          now,
        ],
      );
    },

    async find(accesses) {
      if (accesses.length === 0) return [];
      // A token issued within the millisecond of the revocation is one of those before it.
      const found = await sql.query<{ at: string | number }>(
        `SELECT a.at FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[])
           WITH ORDINALITY AS a (app, device, user_id, jti, issued_at, at)
         WHERE EXISTS (SELECT 1 FROM pealbell.revocations r WHERE r.app = a.app AND r.part = 'device'
             AND r.subject = a.device AND r.up_to >= a.issued_at)
           OR EXISTS (SELECT 1 FROM pealbell.revocations r WHERE r.app = a.app AND r.part = 'user'
             AND r.subject = a.user_id AND r.up_to >= a.issued_at)
           OR EXISTS (SELECT 1 FROM pealbell.revocations r WHERE r.app = a.app AND r.part = 'jti'
             AND r.subject = a.jti)`,
        [
          accesses.map(({ app }) => app),
          accesses.map(({ device }) => device),
          accesses.map(({ user }) => user),
          accesses.map(({ jti }) => jti ?? null),
          accesses.map(({ issuedAt }) => Math.floor(issuedAt)),
        ],
      );
      const revoked = new Set(found.rows.map(({ at }) => Number(at)));
      return accesses.map((_, index) => revoked.has(index + 1));
    },

    async since(from, limit, after) {
      const { rows } = await sql.query<Row>(
        `SELECT app, part, subject, up_to FROM pealbell.revocations WHERE recorded_at >= $1
           AND ($3::text IS NULL OR (app, part, subject) > ($3, $4, $5)) ORDER BY app, part, subject LIMIT $2`,
        [from, limit, after?.app ?? null, after?.part ?? null, after?.subject ?? null],
      );
      return rows.map(({ app, part, subject, up_to }) => ({ app, part, subject, upTo: Number(up_to) }));
    },

    async sweep(before, limit) {
      const gone = await sql.query(
        `DELETE FROM pealbell.revocations WHERE (app, part, subject) IN (
           SELECT app, part, subject FROM pealbell.revocations WHERE recorded_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED
         ) RETURNING app`,
        [before, limit],
      );
      return gone.rows.length;
    },
  };
}

/** One statement touches a row once. */
function latest(revocations: readonly Revocation[]): readonly Revocation[] {
  const byKey = new Map<string, Revocation>();
  for (const one of revocations) {
    const key = JSON.stringify([one.app, one.part, one.subject]);
    const known = byKey.get(key);
    if (known === undefined || known.upTo < one.upTo) byKey.set(key, one);
  }
  return [...byKey.values()];
}
