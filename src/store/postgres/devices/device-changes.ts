import { excessOf } from '../../../domain/attributes.js';
import type { EpochMs } from '../../../domain/time.js';
import type { DeviceChange, DeviceChangeResult } from '../../../ports/device-store.js';
import type { AtRest } from '../../at-rest.js';
import { keysOfChange } from '../../shared/device-changes.js';
import { writeSubscriptions } from '../audience/subscription-writes.js';
import type { Sql, SqlQuery } from '../engine/sql.js';
import type { TellingTx } from '../events/telling-transaction.js';
import { emptyMailboxes } from '../mailbox/mailbox-owner.js';
import { writeRegistrations } from '../registrations/registration-writes.js';
import { conflict } from '../writing/conflict.js';
import { applyInRounds } from '../writing/rounds.js';
import { tellDeviceChanges } from './device-events.js';
import { readDevices } from './device-rows.js';
import { TAG_COLUMNS, tagColumns, tagsChanged } from './tag-columns.js';

/** See `DeviceStore.change`. No device and no push token stands twice in a round. */
export function changeDevices(
  sql: Sql,
  atRest: AtRest,
  changes: readonly DeviceChange[],
  now: EpochMs,
): Promise<DeviceChangeResult[]> {
  return applyInRounds(sql, changes, keysOfChange, (tx, round) => applyRound(tx, atRest, round, now), now);
}

async function applyRound(
  tx: TellingTx,
  atRest: AtRest,
  changes: readonly DeviceChange[],
  now: EpochMs,
): Promise<DeviceChangeResult[]> {
  const { outcome, differing, wanted } = await writeDevices(tx, changes, now);
  const written = changes.filter((_, n) => outcome[n] === 'created' || outcome[n] === 'updated');
  await emptyMailboxes(tx, atRest, written, now);
  const readdressed = await writeRegistrations(tx, written, now, atRest);
  const subscribed = await writeSubscriptions(tx, written, now);
  if (wanted) {
    const made = changes.filter((_, n) => outcome[n] === 'created');
    await tellDeviceChanges(tx, made, [...differing, ...readdressed, ...subscribed], now);
  }
  const devices = await readDevices(tx, written);
  return changes.map(({ app, id }, n) => {
    const kind = outcome[n] ?? 'missing';
    const device = devices.get(`${app}|${id}`);
    if (kind === 'platform_required' || kind === 'not_theirs') return { kind };
    if (kind === 'missing' || device === undefined) return { kind: 'missing' };
    const excess = excessOf(device);
    return excess === undefined ? { kind, device } : { kind: 'too_many', excess };
  });
}

/** Whether anybody is to be told of the device `i`. */
const WANTED = `EXISTS (SELECT 1 FROM pealbell.event_interest w WHERE w.app = i.app AND w.type IN ('device.registered', 'device.updated'))`;

type WriteKind = Exclude<DeviceChangeResult['kind'], 'too_many'>;

/** `differing`: those that were there and are not as before; `wanted`: somebody wants to hear of changes. */
async function writeDevices(tx: SqlQuery, changes: readonly DeviceChange[], now: EpochMs) {
  const outcome: WriteKind[] = changes.map((change) => (change.mode === 'upsert' ? 'platform_required' : 'missing'));
  const rows = changes.map((change, n) => {
    const { user, platform, ...others } = change.fields;
    return {
      n,
      app: change.app,
      id: change.id,
      has_user: user !== undefined,
      own: change.own !== undefined,
      user_id: (change.own === undefined ? user : change.own.user) ?? null,
      platform: platform ?? null,
      patch: others,
      attributes: change.attributes ?? {},
      ...tagColumns(change.tags),
      upsert: change.mode === 'upsert',
    };
  });
  const differing: DeviceChange[] = [];
  let wanted = false;
  for (const row of (await writeDeviceRows(tx, rows, now)).rows) {
    outcome[row.n] = row.kind;
    wanted ||= row.wanted;
    const change = changes[row.n];
    if (row.differs && change !== undefined) differing.push(change);
  }
  // Neither made nor found: another process made or removed it in between. Waiting for that one here, with rows in
  // hand, could wait for ever; with empty hands it cannot.
  const isTorn = rows.some((row) => outcome[row.n] === 'platform_required' && row.platform !== null);
  if (isTorn) throw conflict('a device was made or removed by somebody else meanwhile');
  return { outcome, differing, wanted };
}

function writeDeviceRows(tx: SqlQuery, rows: readonly object[], now: EpochMs) {
  return tx.query<{ n: number; kind: WriteKind; differs: boolean; wanted: boolean }>(
    `WITH input AS (
       SELECT * FROM json_to_recordset($1::json) AS i(n integer, app text, id text, has_user boolean, own boolean, user_id text, platform text, patch jsonb,
         attributes jsonb, ${TAG_COLUMNS}, upsert boolean)
     ), made AS (
       INSERT INTO pealbell.devices AS d (app, id, user_id, platform, fields, attributes, tags, created_at, updated_at, last_seen_at, notifications_at)
       SELECT app, id, user_id, platform, jsonb_strip_nulls(patch), jsonb_strip_nulls(attributes),
         coalesce(tags_set, tags_add, '{}'), $2, $2, $2, CASE WHEN patch ? 'notifications' THEN $2::bigint END FROM input
       WHERE upsert AND platform IS NOT NULL ORDER BY app, id
       ON CONFLICT (app, id) DO NOTHING RETURNING app, id
     ), locked AS (
       SELECT d.app, d.id, i.own AND d.user_id IS DISTINCT FROM i.user_id AS foreign_one,
         (i.has_user AND d.user_id IS DISTINCT FROM i.user_id) OR (NOT i.own AND d.platform <> i.platform)
           OR d.fields <> jsonb_strip_nulls(d.fields || i.patch) OR d.attributes <> jsonb_strip_nulls(d.attributes || i.attributes)
           OR d.tags <> ${tagsChanged('d')} AS differs
       FROM pealbell.devices d JOIN input i ON i.app = d.app AND i.id = d.id
       ORDER BY d.app, d.id FOR UPDATE OF d
     ), changed AS (
       UPDATE pealbell.devices d
       SET user_id = CASE WHEN i.has_user THEN i.user_id ELSE d.user_id END, platform = CASE WHEN i.own THEN d.platform ELSE coalesce(i.platform, d.platform) END,
           fields = jsonb_strip_nulls(d.fields || i.patch),
           attributes = jsonb_strip_nulls(d.attributes || i.attributes), tags = ${tagsChanged('d')}, updated_at = $2, last_seen_at = greatest(d.last_seen_at, $2),
           notifications_at = CASE WHEN i.patch ? 'notifications' THEN $2 ELSE d.notifications_at END
       FROM input i JOIN locked l ON l.app = i.app AND l.id = i.id
       WHERE d.app = i.app AND d.id = i.id AND NOT l.foreign_one RETURNING d.app, d.id
     )
     SELECT i.n, 'created' AS kind, false AS differs, ${WANTED} AS wanted FROM input i JOIN made ON made.app = i.app AND made.id = i.id
     UNION ALL
     SELECT i.n, 'updated', coalesce(l.differs, false), ${WANTED} FROM input i JOIN changed ON changed.app = i.app AND changed.id = i.id
     JOIN locked l ON l.app = i.app AND l.id = i.id
     UNION ALL
     SELECT i.n, 'not_theirs', false, false FROM input i JOIN locked l ON l.app = i.app AND l.id = i.id WHERE l.foreign_one`,
    [JSON.stringify(rows), now],
  );
}
