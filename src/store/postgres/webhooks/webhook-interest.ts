import type { SqlQuery } from '../engine/sql.js';

/** Any number will do, as long as every process of this store uses the same. */
const ENDPOINTS_LOCK = 7_325_483;

/**
 * Makes every other change of endpoints wait until the transaction ends; it is the first thing that one does. Without it two
 * that cannot see each other yet would leave an interest behind, or take away one that is still needed.
 */
export async function lockEndpoints(tx: SqlQuery): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock($1)', [ENDPOINTS_LOCK]);
}

/** Has exactly those events written that an endpoint of the app wants, whatever its state: those that wait are told later. */
export async function renewInterest(tx: SqlQuery, apps: readonly string[]): Promise<void> {
  await tx.query(
    `INSERT INTO pealbell.event_interest (app, type)
     SELECT DISTINCT e.app, t.type FROM pealbell.webhook_endpoints e CROSS JOIN unnest(e.types) AS t (type)
     WHERE e.app = ANY($1::text[]) ON CONFLICT DO NOTHING`,
    [apps],
  );
  await tx.query(
    `DELETE FROM pealbell.event_interest i WHERE i.app = ANY($1::text[]) AND NOT EXISTS (
       SELECT 1 FROM pealbell.webhook_endpoints e WHERE e.app = i.app AND i.type = ANY(e.types))`,
    [apps],
  );
}
