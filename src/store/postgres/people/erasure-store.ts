import { ERASED_USER } from '../../../domain/chunk.js';
import type { ErasureStore } from '../../../ports/erasure-store.js';
import type { AtRest } from '../../at-rest.js';
import { REMOVE_REGISTRATIONS } from '../devices/device-store.js';
import type { Sql, SqlQuery } from '../engine/sql.js';
import { dropMail } from '../mailbox/mailbox-emptying.js';
import { retryConflicts } from '../writing/conflict.js';
import { erasedHash, erasurePepper } from './erased-users.js';

/** Chunks rewritten by one statement: at most 128,000 targets. */
const CHUNKS_PER_STEP = 256;

export function createErasureStore(sql: Sql, atRest: AtRest): ErasureStore {
  const pepper = erasurePepper(atRest);

  /** A user of a chunk's target as it is stored, with what follows: nothing else in a chunk ends so. */
  const nameInChunk = (user: string) => `,${JSON.stringify(user)}]`;

  return {
    async forget(app, user, now) {
      await sql.query(
        `INSERT INTO pealbell.erased_users (app, user_hash, at) VALUES ($2, ${erasedHash('$1', '$2', '$3')}, $4)
         ON CONFLICT (app, user_hash) DO UPDATE SET at = greatest(pealbell.erased_users.at, excluded.at)`,
        [pepper, app, user, now],
      );
      // Whoever is recording at this moment may not have seen that row: the lock is had once they are done.
      await sql.transaction(async (tx) => {
        await tx.query('LOCK TABLE pealbell.deliveries IN SHARE MODE');
      });
    },

    async removeDevices(app, user, limit, now) {
      const removeWith = async (tx: SqlQuery) => {
        // The devices first, in order, as `DeviceStore.change` does, or the two wait for each other.
        const locked = await tx.query<{ id: string }>(
          'SELECT id FROM pealbell.devices WHERE app = $1 AND user_id = $2 ORDER BY id LIMIT $3 FOR UPDATE',
          [app, user, limit],
        );
        const ids = locked.rows.map((row) => row.id);
        await dropMail(tx, app, ids);
        await tx.query('DELETE FROM pealbell.devices WHERE app = $1 AND id = ANY($2::text[])', [app, ids]);
        await tx.query(REMOVE_REGISTRATIONS, [app, ids, ids, now]);
        return ids.length;
      };
      return retryConflicts(() => sql.transaction(removeWith));
    },

    async scrubChunks(app, user, cursor) {
      const open = await sql.query<{ id: string; message: string }>(
        `SELECT id, message FROM pealbell.chunks WHERE app = $1 AND NOT done AND message > $2
         ORDER BY message LIMIT $3`,
        [app, cursor ?? '', CHUNKS_PER_STEP],
      );
      // Of the last message there may be more chunks than fit.
      const edge = open.rows.length < CHUNKS_PER_STEP ? undefined : open.rows.at(-1)?.message;
      const scrub = (of: string, named: unknown) =>
        retryConflicts(() =>
          sql.query(
            `UPDATE pealbell.chunks c SET targets = replace(c.targets, $3, $4)
             FROM (SELECT id FROM pealbell.chunks WHERE app = $1 AND NOT done AND ${of} AND strpos(targets, $3) > 0
                   ORDER BY id FOR UPDATE) l WHERE c.id = l.id`,
            [app, named, nameInChunk(user), nameInChunk(ERASED_USER)],
          ),
        );
      await scrub(
        'id = ANY($2::text[])',
        open.rows.map((row) => row.id),
      );
      if (edge !== undefined) await scrub('message = $2', edge);
      return edge;
    },

    async removeDeliveries(app, user, limit) {
      const gone = await retryConflicts(() =>
        sql.query(
          `DELETE FROM pealbell.deliveries d USING (
             SELECT message, key FROM pealbell.deliveries WHERE app = $1 AND user_id = $2
             ORDER BY message, key LIMIT $3 FOR UPDATE
           ) l WHERE d.message = l.message AND d.key = l.key RETURNING 1`,
          [app, user, limit],
        ),
      );
      return gone.rows.length;
    },

    async removeRecord(app, user) {
      const gone = await sql.query('DELETE FROM pealbell.users WHERE app = $1 AND id = $2 RETURNING id', [app, user]);
      return gone.rows.length > 0;
    },

    async forgotten(before, limit) {
      const gone = await sql.query(
        `DELETE FROM pealbell.erased_users WHERE (app, user_hash) IN (
           SELECT app, user_hash FROM pealbell.erased_users WHERE at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED
         ) RETURNING app`,
        [before, limit],
      );
      return gone.rows.length;
    },
  };
}
