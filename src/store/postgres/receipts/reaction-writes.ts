import { randomUUID } from 'node:crypto';
import type { EpochMs } from '../../../domain/time.js';
import type { Reaction, ToldId } from '../../../ports/reaction-store.js';
import type { Recorded } from '../../../ports/receipt-store.js';
import type { AtRest } from '../../at-rest.js';
import { feedbackPlace } from '../../shared/seal-places.js';
import { writeSteps } from '../deliveries/delivery-shifts.js';
import { findRowless } from '../deliveries/unkept-deliveries.js';
import type { SqlQuery } from '../engine/sql.js';
import { writeEvents } from '../events/event-writes.js';

/**
 * Whoever is told of under an id that is there already has its answer; the others are counted and told. Locks in the order
 * of everywhere: ids, what messages count, heads of apps.
 */
const RECORD = `WITH i AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1::json) AS i(n integer, app text, device text, kind text, message text, entry jsonb,
    provider text, platform text, feedback text, sealed text)
), c AS MATERIALIZED (
  SELECT * FROM json_to_recordset($2::json) AS c(n integer, app text, teller text, id text)
), claimed AS (
  INSERT INTO pealbell.told_events (app, teller, id, at)
  SELECT app COLLATE "C", teller COLLATE "C", id COLLATE "C", $3::bigint FROM c ORDER BY 1, 2, 3
  ON CONFLICT (app, teller, id) DO NOTHING RETURNING app, teller, id
), fresh AS MATERIALIZED (
  SELECT i.* FROM i WHERE NOT EXISTS (
    SELECT 1 FROM c WHERE c.n = i.n
      AND NOT EXISTS (SELECT 1 FROM claimed k WHERE k.app = c.app AND k.teller = c.teller AND k.id = c.id))
), steps AS MATERIALIZED (
  SELECT message, provider, platform, CASE kind WHEN 'feedback' THEN 'reaction' ELSE 'reached' END AS kind, kind AS name, 1 AS n
  FROM fresh WHERE message IS NOT NULL
), ${writeSteps('steps')}, kept AS (
  INSERT INTO pealbell.feedback (app, id, user_id, data, at)
  SELECT f.app, f.feedback, d.user_id, decode(f.sealed, 'base64'), $3::bigint FROM fresh f
  JOIN pealbell.event_interest w ON w.app = f.app AND w.type = 'receipt.feedback'
  LEFT JOIN pealbell.devices d ON d.app = f.app AND d.id = f.device
  WHERE f.feedback IS NOT NULL RETURNING id
), happened AS MATERIALIZED (
  SELECT app, 'receipt.' || kind AS type,
    CASE WHEN message IS NULL THEN '{}' ELSE jsonb_build_object('message', message) END AS common, entry
  FROM fresh
), ${writeEvents('happened', '$3::bigint', ['claimed', 'shifted', 'kept'])}
SELECT n FROM fresh`;

const WITH_ROW = `SELECT i.n, d.provider, d.platform FROM json_to_recordset($1::json) AS i(n integer, app text, message text, key text)
JOIN pealbell.deliveries d ON d.message = i.message AND d.key = i.key AND d.app = i.app`;

const DEVICES = `SELECT i.n, NULL AS provider, d.platform FROM json_to_recordset($1::json) AS i(n integer, app text, key text)
JOIN pealbell.devices d ON d.app = i.app AND d.id = i.key`;

/** At most 100 reactions, in one transaction. */
export async function recordReactions(
  tx: SqlQuery,
  atRest: AtRest,
  reactions: readonly Reaction[],
  now: EpochMs,
): Promise<Recorded[]> {
  const meant = await findMeant(tx, atRest, reactions);
  const claims: (ToldId & { readonly n: number })[] = [];
  const said = new Set<string>();
  const rows = reactions.flatMap((reaction, n) => {
    const road = meant.get(n);
    if (road === undefined) return [];
    const ids = idsOf(reaction);
    const names = ids.map(({ app, teller, id }) => `${app}|${teller}|${id}`);
    // Said twice in one call: the first stands.
    if (names.some((name) => said.has(name))) return [];
    for (const name of names) said.add(name);
    claims.push(...ids.map((id) => ({ ...id, n })));
    return [{ n, ...road, ...rowOf(reaction, atRest) }];
  });
  const { rows: fresh } =
    rows.length === 0
      ? { rows: [] }
      : await tx.query<{ n: number }>(RECORD, [JSON.stringify(rows), JSON.stringify(claims), now]);
  const changed = new Set(fresh.map(({ n }) => n));
  return reactions.map((_, n) => (changed.has(n) ? 'changed' : meant.has(n) ? 'known' : 'unknown'));
}

/** Over which road a delivery went, to what. */
interface Road {
  readonly provider: string | null;
  readonly platform: string | null;
}

/** Those of these, by their places, that are of a message that was for the device, or of a device that is there. */
async function findMeant(
  tx: SqlQuery,
  atRest: AtRest,
  reactions: readonly Reaction[],
): Promise<ReadonlyMap<number, Road>> {
  const names = reactions.map(({ app, device, message }, n) => ({ n, app, key: device, message }));
  const ofMessages = names.flatMap(({ message, ...rest }) => (message === undefined ? [] : [{ ...rest, message }]));
  const ofApp = names.filter(({ message }) => message === undefined);
  const meant = new Map<number, Road>();
  const look = async (query: string, these: readonly object[]) => {
    if (these.length === 0) return;
    const { rows } = await tx.query<Road & { n: number }>(query, [JSON.stringify(these)]);
    for (const { n, provider, platform } of rows) meant.set(n, { provider, platform });
  };
  await look(DEVICES, ofApp);
  await look(WITH_ROW, ofMessages);
  const rowless = ofMessages.filter(({ n }) => !meant.has(n));
  if (rowless.length === 0) return meant;
  const found = await findRowless(tx, atRest, rowless);
  const roads = new Map(found.map((one) => [`${one.message}|${one.key}`, one]));
  for (const { n, message, key } of rowless) {
    const road = roads.get(`${message}|${key}`);
    if (road !== undefined) meant.set(n, { provider: road.provider, platform: road.platform });
  }
  return meant;
}

/** A message is dismissed once on a device, under whatever id. */
function idsOf({ app, device, told, ...reaction }: Reaction): readonly ToldId[] {
  const own = told === undefined ? [] : [told];
  return reaction.kind === 'dismissed' ? [...own, { app, teller: `dismissed|${reaction.message}`, id: device }] : own;
}

function rowOf(reaction: Reaction, atRest: AtRest) {
  const { app, device, kind, at } = reaction;
  const base = { app, device, kind, message: reaction.message ?? null };
  if (reaction.kind === 'converted') {
    const { name, value, currency } = reaction;
    return { ...base, entry: { device, at, name, value, currency } };
  }
  if (reaction.kind === 'dismissed') return { ...base, entry: { device, at } };
  // Named by an id of its own; what it says is looked up when the log is read, so that it goes when its user goes.
  const feedback = `fb_${randomUUID()}`;
  const sealed = atRest.seal(JSON.stringify(reaction.data), feedbackPlace(app, feedback)).toString('base64');
  return { ...base, entry: { id: feedback, device, at }, feedback, sealed };
}
