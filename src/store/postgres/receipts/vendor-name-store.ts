import { BARE_KEY_PREFIX } from '../../../domain/delivery.js';
import type { VendorName, VendorNameStore } from '../../../ports/vendor-name-store.js';
import type { Sql } from '../engine/sql.js';
import { retryConflicts } from '../writing/conflict.js';

export function createVendorNameStore(sql: Sql): VendorNameStore {
  return {
    async remember(names, now) {
      if (names.length === 0) return;
      // One statement may touch a row once: the last word counts.
      const last = new Map(names.map((one) => [`${one.app}|${one.provider}|${one.name}`, one]));
      const rows = [...last.values()];
      const column = (pick: (one: VendorName) => string) => rows.map(pick);
      await retryConflicts(() =>
        sql.query(
          `INSERT INTO pealbell.vendor_names AS v (app, provider, name, message, key, at)
           SELECT i.app COLLATE "C", i.provider COLLATE "C", i.name COLLATE "C", i.message, i.key, $6
           FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) AS i (app, provider, name, message, key)
           ORDER BY 1, 2, 3
           ON CONFLICT (app, provider, name) DO UPDATE SET message = excluded.message, key = excluded.key, at = excluded.at`,
          [
            column(({ app }) => app),
            column(({ provider }) => provider),
            column(({ name }) => name),
            column(({ message }) => message),
            column(({ key }) => key),
            now,
          ],
        ),
      );
    },

    async find(app, provider, names) {
      if (names.length === 0) return new Map();
      const { rows } = await sql.query<{ name: string; message: string; key: string }>(
        'SELECT name, message, key FROM pealbell.vendor_names WHERE app = $1 AND provider = $2 AND name = ANY($3::text[])',
        [app, provider, names],
      );
      return new Map(rows.map(({ name, message, key }) => [name, { message, key }]));
    },

    async findTargets(app, provider, targets) {
      if (targets.length === 0) return new Map();
      const { rows } = await sql.query<{ message: string; token_hash: string; key: string }>(
        `SELECT i.message, i.token_hash, coalesce(b.key, r.device) AS key
         FROM unnest($3::text[], $4::text[]) AS i (message, token_hash)
         LEFT JOIN pealbell.deliveries b ON b.message = i.message AND b.key = '${BARE_KEY_PREFIX}' || i.token_hash AND b.app = $1
         LEFT JOIN pealbell.registrations r ON r.app = $1 AND r.provider = $2 AND r.token_hash = i.token_hash
         WHERE b.key IS NOT NULL OR r.device IS NOT NULL`,
        [app, provider, targets.map(({ message }) => message), targets.map(({ tokenHash }) => tokenHash)],
      );
      return new Map(rows.map(({ message, token_hash, key }) => [`${message}|${token_hash}`, key]));
    },

    async sweep(before, limit) {
      const gone = await sql.query(
        `DELETE FROM pealbell.vendor_names WHERE (app, provider, name) IN (
           SELECT app, provider, name FROM pealbell.vendor_names WHERE at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED
         ) RETURNING name`,
        [before, limit],
      );
      return gone.rows.length;
    },
  };
}
