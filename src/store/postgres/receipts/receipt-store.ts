import type { EpochMs } from '../../../domain/time.js';
import type { ElsewhereSeen, Receipt, ReceiptStore, Recorded } from '../../../ports/receipt-store.js';
import type { AtRest } from '../../at-rest.js';
import type { RowlessDelivery } from '../../shared/rowless-delivery.js';
import { gatherMoves, moveOf, withTellings, writeMoves } from '../deliveries/delivery-moves.js';
import { raisedState, reachedBy } from '../deliveries/delivery-shifts.js';
import { findRowless } from '../deliveries/unkept-deliveries.js';
import type { Sql } from '../engine/sql.js';
import { type TellingTx, tellingTransaction } from '../events/telling-transaction.js';
import { erasurePepper, isNotErased } from '../people/erased-users.js';
import { retryConflicts } from '../writing/conflict.js';
import { fewRows } from '../writing/few-rows.js';
import { giveUp } from './give-up.js';

/** Deliveries without a row looked up by one transaction: each may lie in a chunk of 500 targets. */
const ROWLESS_PER_STEP = 100;

export function createReceiptStore(sql: Sql, atRest: AtRest): ReceiptStore {
  return {
    async record(receipts, now) {
      const wanted = timesOf(receipts);
      const before = await raise(sql, atRest, [...wanted.values()], now);
      const rowless = [...wanted].filter(([name]) => !before.has(name)).map(([, times]) => times);
      for (let from = 0; from < rowless.length; from += ROWLESS_PER_STEP) {
        const step = rowless.slice(from, from + ROWLESS_PER_STEP);
        const made = new Set(await tellingTransaction(sql, now, (tx) => makeRows(tx, atRest, step, now)));
        for (const name of made) before.set(name, NO_TIMES);
        // A row may have appeared since the first look; what still has none is no delivery of ours.
        const others = step.filter((times) => !made.has(nameOf(times)));
        for (const [name, times] of await raise(sql, atRest, others, now)) before.set(name, times);
      }
      return answer(receipts, before);
    },

    giveUp: (these, now) => giveUp(sql, atRest, these, now),

    async elsewhere(deliveries) {
      const found = await sql.query<{ n: number; devices: string[]; collapse_key: string | null }>(ELSEWHERE, [
        JSON.stringify(deliveries.map(({ app, message, key }, n) => ({ n, app, message, key }))),
        ELSEWHERE_MAX,
      ]);
      const answers = deliveries.map((): ElsewhereSeen => ({ devices: [] }));
      for (const { n, devices, collapse_key } of found.rows) {
        answers[n] = { devices, ...(collapse_key === null ? {} : { collapseKey: collapse_key }) };
      }
      return answers;
    },
  };
}

/**
 * As `record`, inside the caller's transaction, for at most 128 receipts of deliveries that were sent: one that its chunk
 * has yet to record is left to that chunk, which asks the provider again.
 */
export async function recordSent(
  tx: TellingTx,
  atRest: AtRest,
  receipts: readonly Receipt[],
  now: EpochMs,
): Promise<void> {
  const wanted = timesOf(receipts);
  const times = [...wanted.values()];
  const raised = await tx.queryTelling<Raised>(RAISE_AND_GO_ON, [JSON.stringify(times), now, erasurePepper(atRest)]);
  const known = timesKnown(times, raised);
  const rowless = times.filter((each) => !known.has(nameOf(each)));
  if (rowless.length > 0) await makeRows(tx, atRest, rowless, now, ({ state }) => state === 'sent');
}

/** As `record`, but of deliveries only that have a row. */
export async function recordKept(sql: Sql, atRest: AtRest, receipts: readonly Receipt[], now: EpochMs): Promise<void> {
  await raise(sql, atRest, [...timesOf(receipts).values()], now);
}

/** By name. */
function timesOf(receipts: readonly Receipt[]): Map<string, Times> {
  const wanted = new Map<string, Times>();
  for (const receipt of receipts) wanted.set(nameOf(receipt), withReceipt(wanted.get(nameOf(receipt)), receipt));
  return wanted;
}

/** A statement that is its own transaction. @returns as {@link timesKnown} */
async function raise(
  sql: Sql,
  atRest: AtRest,
  wanted: readonly Times[],
  now: EpochMs,
): Promise<Map<string, KnownTimes>> {
  if (wanted.length === 0) return new Map();
  const params = [JSON.stringify(wanted), now, erasurePepper(atRest)];
  const { rows } = await retryConflicts(() => sql.query<Raised>(RAISE, params));
  return timesKnown(wanted, rows);
}

/** What is to be known of one delivery; its times as the row has them. */
interface Times {
  readonly app: string;
  readonly message: string;
  readonly key: string;
  readonly delivered_at: EpochMs | null;
  readonly displayed_at: EpochMs | null;
  readonly opened_at: EpochMs | null;
  readonly action: string | null;
}

type KnownTimes = Pick<Times, 'delivered_at' | 'displayed_at' | 'opened_at'>;

const NO_TIMES: KnownTimes = { delivered_at: null, displayed_at: null, opened_at: null };

function nameOf({ app, message, key }: { readonly app: string; readonly message: string; readonly key: string }) {
  return `${app}|${message}|${key}`;
}

/** The first word on each state is kept. */
function withReceipt(times: Times | undefined, { app, message, key, state, at, action }: Receipt): Times {
  const base = times ?? { app, message, key, ...NO_TIMES, action: null };
  const column = `${state}_at` as const;
  if (base[column] !== null) return base;
  return { ...base, [column]: at, ...(state === 'opened' ? { action: action ?? null } : {}) };
}

function answer(receipts: readonly Receipt[], before: ReadonlyMap<string, KnownTimes>): Recorded[] {
  const told = new Set<string>();
  return receipts.map((receipt) => {
    const known = before.get(nameOf(receipt));
    if (known === undefined) return 'unknown';
    const said = `${nameOf(receipt)}|${receipt.state}`;
    if (known[`${receipt.state}_at`] !== null || told.has(said)) return 'known';
    told.add(said);
    return 'changed';
  });
}

/** Devices told of one delivery; nobody has more in their hands. */
const ELSEWHERE_MAX = 100;

const ELSEWHERE = `
SELECT i.n, m.terms->>'collapseKey' AS collapse_key, CASE WHEN m.terms->>'track' = 'all' THEN ARRAY(
    SELECT o.device FROM pealbell.deliveries o
    WHERE o.app = d.app AND o.user_id = d.user_id AND o.message = d.message AND o.device <> d.key
      AND o.state IN ('queued', 'sent', 'delivered', 'displayed') ORDER BY o.key LIMIT $2
  ) ELSE ARRAY(
    SELECT v.id FROM pealbell.devices v WHERE v.app = d.app AND v.user_id = d.user_id AND v.id <> d.key ORDER BY v.id LIMIT $2
  ) END AS devices
FROM json_to_recordset($1::json) AS i(n integer, app text, message text, key text)
JOIN pealbell.deliveries d ON d.app = i.app AND d.message = i.message AND d.key = i.key
JOIN pealbell.messages m ON m.id = i.message
WHERE d.user_id IS NOT NULL`;

const TIMES = fewRows(
  '$1',
  'i(app text, message text, key text, delivered_at bigint, displayed_at bigint, opened_at bigint, action text)',
);

/**
 * Fills in the times of deliveries that have a row, and raises their states. A row that is locked is read as it is when
 * the lock is had, so that what it moves from is exact.
 */
const raising = (moves: typeof writeMoves, result: (columns: readonly string[], of: string) => string) => `
WITH locked AS MATERIALIZED (
  SELECT d.*, i.delivered_at AS told_delivered, i.displayed_at AS told_displayed, i.opened_at AS told_opened, i.action AS told_action
  FROM pealbell.deliveries d JOIN ${TIMES} ON i.message = d.message AND i.key = d.key AND i.app = d.app
  ORDER BY d.message, d.key FOR UPDATE OF d
), filled AS MATERIALIZED (
  SELECT message, key, app, device, token_hash, user_id, queued_at, provider, platform, reason, sent_at, settled_at,
    state AS from_state, ${reachedBy('l')} AS from_reached,
    coalesce(delivered_at, told_delivered) AS delivered_at, coalesce(displayed_at, told_displayed) AS displayed_at,
    coalesce(opened_at, told_opened) AS opened_at, CASE WHEN opened_at IS NULL THEN told_action ELSE action END AS action
  FROM locked l
  WHERE (delivered_at IS NULL AND told_delivered IS NOT NULL) OR (displayed_at IS NULL AND told_displayed IS NOT NULL)
    OR (opened_at IS NULL AND told_opened IS NOT NULL)
), raised AS MATERIALIZED (
  SELECT *, ${raisedState('from_state', 'delivered_at', 'displayed_at', 'opened_at')} AS state FROM filled
), changed AS (
  UPDATE pealbell.deliveries d SET state = r.state, delivered_at = r.delivered_at, displayed_at = r.displayed_at,
    opened_at = r.opened_at, action = r.action
  FROM raised r WHERE d.message = r.message AND d.key = r.key
), ${moves(
  `SELECT ${moveOf('r')}, from_state, state AS to_state, false AS is_new, from_reached, ${reachedBy('r')} AS to_reached
   FROM raised r WHERE from_state <> 'queued'`,
  { now: '$2', pepper: '$3' },
)}
${result(['message', 'key', 'delivered_at', 'displayed_at', 'opened_at'], 'locked')}`;

const RAISE = raising(writeMoves, (columns, of) => `SELECT ${columns.join(', ')} FROM ${of}`);
const RAISE_AND_GO_ON = raising(gatherMoves, withTellings);

type Raised = KnownTimes & { readonly message: string; readonly key: string };

/** Times that were known before, by name; of deliveries that have a row. */
function timesKnown(wanted: readonly Times[], rows: readonly Raised[]): Map<string, KnownTimes> {
  // A message is of one app: the statement looked at no other's.
  const apps = new Map(wanted.map(({ app, message, key }) => [`${message}|${key}`, app]));
  return new Map(rows.map((row) => [nameOf({ ...row, app: apps.get(`${row.message}|${row.key}`) ?? '' }), row]));
}

/**
 * Rows of deliveries that have none yet, as their chunk knows them; not of erased users. One that appears meanwhile is left as
 * it is.
 */
const MAKE = `
WITH told AS MATERIALIZED (
  SELECT i.*, ${raisedState('i.from_state', 'i.delivered_at', 'i.displayed_at', 'i.opened_at')} AS state
  FROM json_to_recordset($1::json) AS i(app text, message text, key text, user_id text, provider text, platform text, from_state text,
    queued_at bigint, delivered_at bigint, displayed_at bigint, opened_at bigint, action text)
  WHERE ${isNotErased('i', '$3')}
), made AS (
  INSERT INTO pealbell.deliveries AS d (message, key, app, device, user_id, state, provider, platform, attempts, queued_at,
    delivered_at, displayed_at, opened_at, action)
  SELECT message, key, app, key, user_id, state, provider, platform, '[]', queued_at, delivered_at, displayed_at, opened_at, action
  FROM told ORDER BY message COLLATE "C", key COLLATE "C"
  ON CONFLICT (message, key) DO NOTHING
  RETURNING d.*
), ${gatherMoves(
  `SELECT ${moveOf('made')}, told.from_state, made.state AS to_state, false AS is_new,
     CASE told.from_state WHEN 'sent' THEN 1 ELSE 2 END AS from_reached, ${reachedBy('made')} AS to_reached
   FROM made JOIN told ON told.message = made.message AND told.key = made.key WHERE told.from_state <> 'queued'`,
  { now: '$2', pepper: '$3' },
)}
${withTellings(['app', 'message', 'key'], 'made')}`;

/** @returns the names of those that are there now */
async function makeRows(
  tx: TellingTx,
  atRest: AtRest,
  wanted: readonly Times[],
  now: EpochMs,
  isWanted: (delivery: RowlessDelivery) => boolean = () => true,
): Promise<string[]> {
  const times = new Map(wanted.map((each) => [`${each.message}|${each.key}`, each]));
  const found = (await findRowless(tx, atRest, wanted)).filter(isWanted);
  if (found.length === 0) return [];
  const rows = found.flatMap((delivery) => {
    const told = times.get(`${delivery.message}|${delivery.key}`);
    const { user, provider, platform, state, queuedAt } = delivery;
    return told === undefined
      ? []
      : [{ ...told, user_id: user, provider, platform, from_state: state, queued_at: queuedAt }];
  });
  const made = await tx.queryTelling<{ app: string; message: string; key: string }>(MAKE, [
    JSON.stringify(rows),
    now,
    erasurePepper(atRest),
  ]);
  return made.map(nameOf);
}
