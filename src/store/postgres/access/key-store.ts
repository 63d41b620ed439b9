import type { KeyStore, Scope, ServerKey } from '../../../ports/key-store.js';
import type { Sql } from '../engine/sql.js';

interface KeyRow {
  id: string;
  hash: string;
  app: string | null;
  scopes: string;
  test: boolean;
  created_at: string | number;
  expires_at: string | number | null;
  revoked_at: string | number | null;
  last_used_at: string | number | null;
}

export function createKeyStore(sql: Sql): KeyStore {
  return {
    async add(key) {
      await sql.query(
        `INSERT INTO pealbell.server_keys (id, hash, app, scopes, test, created_at, expires_at, revoked_at, last_used_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          ...[key.id, key.hash, key.app, key.scopes.join(' '), key.isTest],
          ...[key.createdAt, key.expiresAt, key.revokedAt, key.lastUsedAt],
        ],
      );
    },
    async find(id) {
      const found = await sql.query<KeyRow>('SELECT * FROM pealbell.server_keys WHERE id = $1', [id]);
      return found.rows[0] === undefined ? undefined : toKey(found.rows[0]);
    },
    async list() {
      const found = await sql.query<KeyRow>('SELECT * FROM pealbell.server_keys ORDER BY created_at, id');
      return found.rows.map(toKey);
    },
    async revoke(id, now) {
      const done = await sql.query(
        'UPDATE pealbell.server_keys SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1 RETURNING id',
        [id, now],
      );
      return done.rows.length > 0;
    },
    async touch(ids, now) {
      await sql.query('UPDATE pealbell.server_keys SET last_used_at = $2 WHERE id = ANY($1::text[])', [ids, now]);
    },
  };
}

function toKey(row: KeyRow): ServerKey {
  return {
    id: row.id,
    hash: row.hash,
    app: row.app,
    // Written by `add` from the same type.
    scopes: row.scopes.split(' ').filter((scope) => scope !== '') as Scope[],
    isTest: row.test,
    createdAt: Number(row.created_at),
    expiresAt: row.expires_at === null ? null : Number(row.expires_at),
    revokedAt: row.revoked_at === null ? null : Number(row.revoked_at),
    lastUsedAt: row.last_used_at === null ? null : Number(row.last_used_at),
  };
}
