import { GatewayError } from '../../../domain/errors.js';
import type { VendorCredential, VendorToken, VendorTokenStore } from '../../../ports/vendor-token-store.js';
import type { AtRest } from '../../at-rest.js';
import type { Sql } from '../engine/sql.js';

interface TokenRow {
  token: Uint8Array;
  issued_at: string | number;
  expires_at: string | number;
}

const OF = 'app = $1 AND provider = $2 AND key = $3';

/** Taken where the row is new or free; the free one's lock makes two that ask at once take turns. */
const CLAIM = `WITH taken AS (
  INSERT INTO pealbell.vendor_tokens AS t (app, provider, key, claim, claimed_until) VALUES ($1, $2, $3, $4, $6)
  ON CONFLICT (app, provider, key) DO UPDATE SET claim = excluded.claim, claimed_until = excluded.claimed_until
  WHERE t.claimed_until <= $5
  RETURNING claim
)
SELECT (SELECT count(*) FROM taken) AS taken, (SELECT claimed_until FROM pealbell.vendor_tokens WHERE ${OF}) AS until`;

export function createVendorTokenStore(sql: Sql, atRest: AtRest): VendorTokenStore {
  const placeOf = ({ app, provider, key }: VendorCredential) => `vendor_tokens|${app}|${provider}|${key}`;
  const names = ({ app, provider, key }: VendorCredential) => [app, provider, key];

  /** Another token can be had, so one that does not open is worth no more than none. */
  function openOf(row: TokenRow, of: VendorCredential): VendorToken | undefined {
    try {
      const value = atRest.open(row.token, placeOf(of));
      return { value, issuedAt: Number(row.issued_at), expiresAt: Number(row.expires_at) };
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'store_corrupt') return undefined;
      throw error;
    }
  }

  return {
    async read(of) {
      const { rows } = await sql.query<TokenRow>(
        `SELECT token, issued_at, expires_at FROM pealbell.vendor_tokens WHERE ${OF} AND token IS NOT NULL`,
        names(of),
      );
      const [row] = rows;
      return row === undefined ? undefined : openOf(row, of);
    },

    async claim(of, claim, now, until) {
      const { rows } = await sql.query<{ taken: string | number; until: string | number | null }>(CLAIM, [
        ...names(of),
        claim,
        now,
        until,
      ]);
      const [row] = rows;
      if (Number(row?.taken) > 0) return undefined;
      const takenUntil = Number(row?.until ?? 0);
      // One that was made in this very moment is not seen yet: it ends as ours would have.
      return takenUntil > now ? takenUntil : until;
    },

    async keep(of, claim, { value, issuedAt, expiresAt }) {
      await sql.query(
        `UPDATE pealbell.vendor_tokens SET token = $5, issued_at = $6, expires_at = $7, claim = '', claimed_until = 0
         WHERE ${OF} AND claim = $4`,
        [...names(of), claim, atRest.seal(value, placeOf(of)), issuedAt, expiresAt],
      );
    },

    async giveUp(of, claim, notBefore) {
      await sql.query(`UPDATE pealbell.vendor_tokens SET claim = '', claimed_until = $5 WHERE ${OF} AND claim = $4`, [
        ...names(of),
        claim,
        notBefore,
      ]);
    },

    async sweep(before, limit) {
      const gone = await sql.query(
        `DELETE FROM pealbell.vendor_tokens WHERE (app, provider, key) IN (
           SELECT app, provider, key FROM pealbell.vendor_tokens
           WHERE claimed_until < $1 AND coalesce(expires_at, 0) < $1 LIMIT $2 FOR UPDATE SKIP LOCKED
         ) RETURNING key`,
        [before, limit],
      );
      return gone.rows.length;
    },
  };
}
