import type { MessageClass } from '../../../domain/message.js';
import type { DevicePlace, QuotaDay, QuotaStore } from '../../../ports/quota-store.js';
import type { Sql } from '../engine/sql.js';
import { writeEvents } from '../events/event-writes.js';
import { retryConflicts } from '../writing/conflict.js';

interface DayRow {
  app: string;
  provider: string;
  class: MessageClass;
  day_ends_at: string | number;
}

const DAY_FIELDS = 'app text, provider text, class text, day_ends_at bigint';
const DAY = 'app, provider, class, day_ends_at';
const dayOf = (row: string) =>
  `${row}.app COLLATE "C" AS app, ${row}.provider COLLATE "C" AS provider, ${row}.class COLLATE "C" AS class, ${row}.day_ends_at`;

/** Those that were there come first and stay, also where the cap was larger then. */
const RESERVE = `INSERT INTO pealbell.device_quotas AS q (${DAY}, key, messages, max)
SELECT ${dayOf('i')}, i.key COLLATE "C" AS key, i.messages[1:i.max], i.max
FROM json_to_recordset($1::json) AS i(${DAY_FIELDS}, key text, messages text[], max integer)
ORDER BY 1, 2, 3, 4, 5
ON CONFLICT (${DAY}, key) DO UPDATE SET max = excluded.max, messages = (
  SELECT array_agg(message ORDER BY place) FROM (
    SELECT message, min(place) AS place FROM unnest(q.messages || excluded.messages) WITH ORDINALITY AS u(message, place)
    GROUP BY message ORDER BY 2 LIMIT greatest(excluded.max, cardinality(q.messages))
  ) kept
)
RETURNING ${DAY}, key, messages`;

const RELEASE = `WITH i AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1::json) AS i(${DAY_FIELDS}, key text, messages text[])
), locked AS MATERIALIZED (
  SELECT ${dayOf('q')}, q.key FROM pealbell.device_quotas q JOIN i USING (${DAY}, key) ORDER BY 1, 2, 3, 4, 5 FOR UPDATE OF q
)
UPDATE pealbell.device_quotas q SET messages = ARRAY(
  SELECT message FROM unnest(q.messages) WITH ORDINALITY AS u(message, place) WHERE message <> ALL (i.messages) ORDER BY place
)
FROM i JOIN locked USING (${DAY}, key)
WHERE q.app = i.app AND q.provider = i.provider AND q.class = i.class AND q.day_ends_at = i.day_ends_at AND q.key = i.key`;

/** What was told is remembered apart, so that a share is told once whoever comes to it. */
const COUNT = `WITH i AS MATERIALIZED (
  SELECT ${dayOf('i')}, i.count, i.max, i.tell_at, i.is_used_up
  FROM json_to_recordset($1::json) AS i(${DAY_FIELDS}, count bigint, max bigint, tell_at double precision[], is_used_up boolean)
), counted AS (
  INSERT INTO pealbell.account_quotas AS q (${DAY}, used) SELECT ${DAY}, count FROM i ORDER BY ${DAY}
  ON CONFLICT (${DAY}) DO UPDATE SET used = q.used + excluded.used RETURNING ${DAY}, used
), told AS (
  INSERT INTO pealbell.quota_tellings (${DAY}, share)
  SELECT DISTINCT ${DAY}, s.share FROM counted c JOIN i USING (${DAY}) CROSS JOIN LATERAL unnest(i.tell_at) AS s(share)
  WHERE c.used >= s.share * i.max OR (i.is_used_up AND s.share = 1) ORDER BY ${DAY}, s.share
  ON CONFLICT (${DAY}, share) DO NOTHING RETURNING ${DAY}, share
), happened AS MATERIALIZED (
  SELECT t.app, 'quota.threshold' AS type, '{}'::jsonb AS common, jsonb_build_object('provider', t.provider, 'class', t.class,
    'share', t.share, 'used', c.used, 'max', i.max, 'resets_at', t.day_ends_at) AS entry
  FROM told t JOIN counted c USING (${DAY}) JOIN i USING (${DAY}) ORDER BY t.share
), ${writeEvents('happened', '$2::bigint', ['counted', 'told'])}
SELECT ${DAY}, used FROM counted`;

export function createQuotaStore(sql: Sql): QuotaStore {
  return {
    async reserve(places) {
      if (places.length === 0) return [];
      const rows = JSON.stringify(byDevice(places));
      const { rows: kept } = await retryConflicts(() =>
        sql.query<DayRow & { key: string; messages: string[] }>(RESERVE, [rows]),
      );
      const messagesOf = new Map(kept.map((row) => [nameOf(fromRow(row), row.key), new Set(row.messages)]));
      return places.map((place) => messagesOf.get(nameOf(place, place.key))?.has(place.message) === true);
    },

    async release(places) {
      if (places.length === 0) return;
      const rows = JSON.stringify(byDevice(places));
      await retryConflicts(() => sql.query(RELEASE, [rows]));
    },

    async count(taken, now) {
      if (taken.length === 0) return [];
      const rows = taken.map(({ tellAt, isUsedUp, ...one }) => ({
        ...toRow(one),
        ...{ count: one.count, max: one.max, tell_at: tellAt, is_used_up: isUsedUp },
      }));
      const { rows: counted } = await retryConflicts(() =>
        sql.query<DayRow & { used: string | number }>(COUNT, [JSON.stringify(rows), now]),
      );
      const usedOf = new Map(counted.map((row) => [nameOf(fromRow(row)), Number(row.used)]));
      return taken.map((one) => usedOf.get(nameOf(one)) ?? one.count);
    },

    async uses(now) {
      const { rows } = await sql.query<DayRow & { used: string | number }>(
        `SELECT ${DAY}, used FROM pealbell.account_quotas WHERE day_ends_at > $1 ORDER BY ${DAY}`,
        [now],
      );
      return rows.map((row) => ({ ...fromRow(row), used: Number(row.used) }));
    },

    async sweep(before, limit) {
      let gone = 0;
      for (const table of ['device_quotas', 'account_quotas', 'quota_tellings']) {
        const { rows } = await sql.query(
          `DELETE FROM pealbell.${table} WHERE ctid IN (
             SELECT ctid FROM pealbell.${table} WHERE day_ends_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED
           ) RETURNING app`,
          [before, limit],
        );
        gone += rows.length;
      }
      return gone;
    },
  };
}

function toRow({ app, provider, class: of, dayEndsAt }: QuotaDay) {
  return { app, provider, class: of, day_ends_at: dayEndsAt };
}

function fromRow({ app, provider, class: of, day_ends_at }: DayRow): QuotaDay {
  return { app, provider, class: of, dayEndsAt: Number(day_ends_at) };
}

function nameOf({ app, provider, class: of, dayEndsAt }: QuotaDay, key = ''): string {
  return `${app}|${provider}|${of}|${dayEndsAt}|${key}`;
}

/** One row for each device and day, since one statement may touch a row once. */
function byDevice(places: readonly DevicePlace[]) {
  const rows = new Map<string, ReturnType<typeof toRow> & { key: string; messages: string[]; max: number }>();
  for (const place of places) {
    const name = nameOf(place, place.key);
    const row = rows.get(name) ?? { ...toRow(place), key: place.key, messages: [], max: place.max };
    rows.set(name, row);
    if (!row.messages.includes(place.message)) row.messages.push(place.message);
  }
  return [...rows.values()];
}
