import { excessOf, type NamesChange } from '../../domain/attributes.js';
import type { EpochMs } from '../../domain/time.js';
import type { DeviceChange, DeviceChangeResult } from '../../ports/device-store.js';
import type { AtRest } from '../at-rest.js';
import { conflict, retryConflicts } from './conflict.js';
import { readDevices } from './device-rows.js';
import type { Sql, SqlQuery } from './engine/sql.js';
import { writeRegistrations } from './registration-writes.js';
import { writeSubscriptions } from './subscription-writes.js';

/** Applies changes round by round, each round one transaction; see `DeviceStore.change`. */
export async function changeDevices(
  sql: Sql,
  atRest: AtRest,
  changes: readonly DeviceChange[],
  now: EpochMs,
): Promise<DeviceChangeResult[]> {
  const results = new Array<DeviceChangeResult>(changes.length);
  for (let round of rounds(changes)) {
    while (round.length > 0) {
      const wanted = round.map((i) => changes[i] as DeviceChange);
      const written = await retryConflicts(() => sql.transaction((tx) => applyRound(tx, atRest, wanted, now))).catch(
        (error: unknown) => excessesIn(error),
      );
      for (const [position, i] of round.entries()) {
        const result = written[position];
        if (result !== undefined) results[i] = result;
      }
      round = round.filter((i) => results[i] === undefined);
    }
  }
  return results;
}

/** Rolls a round back; it is tried again without the changes that cannot be. */
class TooMany extends Error {
  constructor(readonly results: readonly (DeviceChangeResult | undefined)[]) {
    super('a device would have more than it may');
  }
}

function excessesIn(error: unknown): readonly (DeviceChangeResult | undefined)[] {
  if (error instanceof TooMany) return error.results;
  throw error;
}

async function applyRound(
  tx: SqlQuery,
  atRest: AtRest,
  changes: readonly DeviceChange[],
  now: EpochMs,
): Promise<DeviceChangeResult[]> {
  const outcome = await writeDevices(tx, changes, now);
  const written = changes.filter((_, n) => outcome[n] === 'created' || outcome[n] === 'updated');
  await writeRegistrations(tx, written, now, atRest);
  await writeSubscriptions(tx, written, now);
  const devices = await readDevices(tx, written);
  const results = changes.map(({ app, id }, n): DeviceChangeResult => {
    const kind = outcome[n] ?? 'missing';
    const device = devices.get(`${app}|${id}`);
    if (kind === 'platform_required' || kind === 'missing' || device === undefined) {
      return { kind: kind === 'platform_required' ? kind : 'missing' };
    }
    const excess = excessOf(device);
    return excess === undefined ? { kind, device } : { kind: 'too_many', excess };
  });
  const isOver = (result: DeviceChangeResult) => result.kind === 'too_many';
  if (results.some(isOver)) throw new TooMany(results.map((result) => (isOver(result) ? result : undefined)));
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

type WriteKind = Exclude<DeviceChangeResult['kind'], 'too_many'>;

async function writeDevices(tx: SqlQuery, changes: readonly DeviceChange[], now: EpochMs) {
  const outcome: WriteKind[] = changes.map((change) => (change.mode === 'upsert' ? 'platform_required' : 'missing'));
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
      attributes: change.attributes ?? {},
      ...tagColumns(change.tags),
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

/** The tags of `d` after what `i` changes, sorted. */
const TAGS_CHANGED = `CASE WHEN i.tags_set IS NOT NULL THEN i.tags_set WHEN i.tags_add IS NULL THEN d.tags
             ELSE ARRAY(SELECT DISTINCT t COLLATE "C" FROM unnest(d.tags || i.tags_add) t WHERE t <> ALL(i.tags_remove) ORDER BY 1) END`;

/** `tags_set` is the whole set; without it `tags_add` and `tags_remove` change the one that is there. */
function tagColumns(change: NamesChange | undefined) {
  const sorted = (names: readonly string[]) => [...new Set(names)].sort();
  if (change === undefined) return { tags_set: null, tags_add: null, tags_remove: [] };
  if (change.kind === 'replace') return { tags_set: sorted(change.names), tags_add: null, tags_remove: [] };
  return { tags_set: null, tags_add: sorted(change.add), tags_remove: change.remove };
}

function writeDeviceRows(tx: SqlQuery, rows: readonly object[], now: EpochMs) {
  return tx.query<{ n: number; created: boolean }>(
    `WITH input AS (
       SELECT * FROM json_to_recordset($1::json) AS i(n integer, app text, id text, has_user boolean, user_id text, platform text, patch jsonb,
         attributes jsonb, tags_set text[], tags_add text[], tags_remove text[], upsert boolean)
     ), made AS (
       INSERT INTO pealbell.devices AS d (app, id, user_id, platform, fields, attributes, tags, created_at, updated_at)
       SELECT app, id, user_id, platform, jsonb_strip_nulls(patch), jsonb_strip_nulls(attributes),
         coalesce(tags_set, tags_add, '{}'), $2, $2 FROM input
       WHERE upsert AND platform IS NOT NULL ORDER BY app, id
       ON CONFLICT (app, id) DO NOTHING RETURNING app, id
     ), locked AS (
       SELECT d.app, d.id FROM pealbell.devices d JOIN input i ON i.app = d.app AND i.id = d.id
       ORDER BY d.app, d.id FOR UPDATE OF d
     ), changed AS (
       UPDATE pealbell.devices d
       SET user_id = CASE WHEN i.has_user THEN i.user_id ELSE d.user_id END, platform = coalesce(i.platform, d.platform),
           fields = jsonb_strip_nulls(d.fields || i.patch),
           attributes = jsonb_strip_nulls(d.attributes || i.attributes), tags = ${TAGS_CHANGED}, updated_at = $2
       FROM input i JOIN locked l ON l.app = i.app AND l.id = i.id
       WHERE d.app = i.app AND d.id = i.id RETURNING d.app, d.id
     )
     SELECT i.n, true AS created FROM input i JOIN made ON made.app = i.app AND made.id = i.id
     UNION ALL
     SELECT i.n, false FROM input i JOIN changed ON changed.app = i.app AND changed.id = i.id`,
    [JSON.stringify(rows), now],
  );
}
