import type { EpochMs } from '../../domain/time.js';
import type { DeviceChange, DeviceChangeResult } from '../../ports/device-store.js';
import type { AtRest } from '../at-rest.js';
import { conflict, retryConflicts } from './conflict.js';
import { readDevices } from './device-rows.js';
import type { Sql, SqlQuery } from './engine/sql.js';
import { writeRegistrations } from './registration-writes.js';

/** Applies changes round by round, each round one transaction; see `DeviceStore.change`. */
export async function changeDevices(
  sql: Sql,
  atRest: AtRest,
  changes: readonly DeviceChange[],
  now: EpochMs,
): Promise<DeviceChangeResult[]> {
  const results = new Array<DeviceChangeResult>(changes.length);
  for (const round of rounds(changes)) {
    const applyRound = async (tx: SqlQuery) => {
      const outcome = await writeDevices(
        tx,
        round.map((i) => changes[i] as DeviceChange),
        now,
      );
      const written = round.filter((_, position) => outcome[position] === 'created' || outcome[position] === 'updated');
      await writeRegistrations(
        tx,
        written.map((i) => changes[i] as DeviceChange),
        now,
        atRest,
      );
      const devices = await readDevices(
        tx,
        written.map((i) => changes[i] as DeviceChange),
      );
      for (const [position, i] of round.entries()) {
        const change = changes[i] as DeviceChange;
        const kind = outcome[position] ?? 'missing';
        const device = devices.get(`${change.app}|${change.id}`);
        results[i] =
          kind === 'missing' || kind === 'platform_required' || device === undefined
            ? { kind: kind === 'platform_required' ? kind : 'missing' }
            : { kind, device };
      }
    };
    await retryConflicts(() => sql.transaction(applyRound));
  }
  return results;
}

/** Splits changes so that no device and no push token stands twice in a round: one statement may touch a row once. */
function rounds(changes: readonly DeviceChange[]): number[][] {
  const result: number[][] = [];
  const lastRoundOf = new Map<string, number>();
  for (const [i, change] of changes.entries()) {
    const keys = [
      `d|${change.app}|${change.id}`,
      ...change.registrations.flatMap((r) =>
        r.tokenHash === undefined ? [] : [`t|${change.app}|${r.provider}|${r.tokenHash}`],
      ),
    ];
    const round = Math.max(-1, ...keys.map((key) => lastRoundOf.get(key) ?? -1)) + 1;
    for (const key of keys) lastRoundOf.set(key, round);
    const indexes = result[round] ?? [];
    indexes.push(i);
    result[round] = indexes;
  }
  return result;
}

async function writeDevices(tx: SqlQuery, changes: readonly DeviceChange[], now: EpochMs) {
  const outcome: DeviceChangeResult['kind'][] = changes.map((change) =>
    change.mode === 'upsert' ? 'platform_required' : 'missing',
  );
  const rows = changes.map((change, n) => {
    const { user, platform, ...others } = change.fields;
    return {
      n,
      app: change.app,
      id: change.id,
      has_user: user !== undefined,
      user_id: user ?? null,
      platform: platform ?? null,
      patch: others,
      upsert: change.mode === 'upsert',
    };
  });
  for (const row of (await writeDeviceRows(tx, rows, now)).rows) outcome[row.n] = row.created ? 'created' : 'updated';
  // Neither made nor found: another process made or removed it in between. Waiting for that one here, with rows in
  // hand, could wait for ever; with empty hands it cannot.
  const isTorn = rows.some((row) => outcome[row.n] === 'platform_required' && row.platform !== null);
  if (isTorn) throw conflict('a device was made or removed by somebody else meanwhile');
  return outcome;
}

function writeDeviceRows(tx: SqlQuery, rows: readonly object[], now: EpochMs) {
  return tx.query<{ n: number; created: boolean }>(
    `WITH input AS (
       SELECT * FROM json_to_recordset($1::json) AS i(n integer, app text, id text, has_user boolean, user_id text, platform text, patch jsonb, upsert boolean)
     ), made AS (
       INSERT INTO pealbell.devices AS d (app, id, user_id, platform, fields, created_at, updated_at)
       SELECT app, id, user_id, platform, jsonb_strip_nulls(patch), $2, $2 FROM input
       WHERE upsert AND platform IS NOT NULL ORDER BY app, id
       ON CONFLICT (app, id) DO NOTHING RETURNING app, id
     ), locked AS (
       SELECT d.app, d.id FROM pealbell.devices d JOIN input i ON i.app = d.app AND i.id = d.id
       ORDER BY d.app, d.id FOR UPDATE OF d
     ), changed AS (
       UPDATE pealbell.devices d
       SET user_id = CASE WHEN i.has_user THEN i.user_id ELSE d.user_id END, platform = coalesce(i.platform, d.platform),
           fields = jsonb_strip_nulls(d.fields || i.patch), updated_at = $2
       FROM input i JOIN locked l ON l.app = i.app AND l.id = i.id
       WHERE d.app = i.app AND d.id = i.id RETURNING d.app, d.id
     )
     SELECT i.n, true AS created FROM input i JOIN made ON made.app = i.app AND made.id = i.id
     UNION ALL
     SELECT i.n, false FROM input i JOIN changed ON changed.app = i.app AND changed.id = i.id`,
    [JSON.stringify(rows), now],
  );
}
