import { TOPICS_MAX } from '../../../domain/attributes.js';
import type { EpochMs } from '../../../domain/time.js';
import type { SubscribeResult, Subscribers, TopicStore } from '../../../ports/topic-store.js';
import { decodeCursor, pageOf } from '../../shared/cursor.js';
import { writeDeviceEvents } from '../devices/device-events.js';
import type { Sql, SqlQuery } from '../engine/sql.js';
import { retryConflicts } from '../writing/conflict.js';

/** Ids of the devices `$1` (app) has of those named in `$2` and of the users `$3`. */
const DEVICES_MEANT = `SELECT id FROM pealbell.devices WHERE app = $1 AND id = ANY($2::text[])
  UNION SELECT id FROM pealbell.devices WHERE app = $1 AND user_id = ANY($3::text[])`;

const UNSUBSCRIBE = `WITH ended AS (
  DELETE FROM pealbell.subscriptions WHERE app = $1 AND topic = $4 AND device IN (${DEVICES_MEANT}) RETURNING app, device
), ${writeDeviceEvents('ended', 'device.updated', '$5::bigint')}
SELECT device FROM ended`;

const SUBSCRIBE = `WITH added AS (
  INSERT INTO pealbell.subscriptions (app, topic, device, subscribed_at)
  SELECT $1, $4, d.id, $5::bigint FROM (${DEVICES_MEANT}) d ORDER BY d.id
  ON CONFLICT (app, topic, device) DO NOTHING RETURNING app, device
), ${writeDeviceEvents('added', 'device.updated', '$5::bigint')}
SELECT device FROM added`;

export function createTopicStore(sql: Sql): TopicStore {
  return {
    async subscribers(app, topic, page) {
      const after = decodeCursor('subscribers', page.cursor) ?? '';
      const found = await sql.query<{ device: string; user_id: string | null; subscribed_at: string | number }>(
        `SELECT s.device, d.user_id, s.subscribed_at FROM pealbell.subscriptions s
         JOIN pealbell.devices d ON d.app = s.app AND d.id = s.device
         WHERE s.app = $1 AND s.topic = $2 AND s.device > $3 ORDER BY s.device LIMIT $4`,
        [app, topic, after, page.limit + 1],
      );
      const { items, ...rest } = pageOf('subscribers', found.rows, page.limit, (row) => row.device);
      return {
        ...rest,
        items: items.map((row) => ({
          device: row.device,
          user: row.user_id,
          subscribedAt: Number(row.subscribed_at),
        })),
      };
    },

    subscribe: (app, topic, who, now) =>
      retryConflicts(() => sql.transaction((tx) => subscribeAll(tx, app, topic, who, now))),

    async unsubscribe(app, topic, who, now) {
      const ended = await retryConflicts(() =>
        sql.transaction(async (tx) => {
          await lockDevices(tx, app, who);
          return tx.query(UNSUBSCRIBE, [app, who.devices, who.users, topic, now]);
        }),
      );
      return ended.rows.length;
    },
  };
}

/** In the order in which all who write subscriptions lock devices. */
async function lockDevices(tx: SqlQuery, app: string, who: Subscribers): Promise<void> {
  await tx.query(
    `SELECT d.id FROM pealbell.devices d WHERE d.app = $1 AND d.id IN (${DEVICES_MEANT}) ORDER BY d.id FOR NO KEY UPDATE`,
    [app, who.devices, who.users],
  );
}

async function subscribeAll(
  tx: SqlQuery,
  app: string,
  topic: string,
  who: Subscribers,
  now: EpochMs,
): Promise<SubscribeResult> {
  await lockDevices(tx, app, who);
  const full = await tx.query<{ device: string }>(
    `SELECT d.id AS device FROM (${DEVICES_MEANT}) d
     WHERE NOT EXISTS (SELECT 1 FROM pealbell.subscriptions s WHERE s.app = $1 AND s.topic = $4 AND s.device = d.id)
       AND (SELECT count(*) FROM pealbell.subscriptions s WHERE s.app = $1 AND s.device = d.id) >= $5
     ORDER BY 1 LIMIT 1`,
    [app, who.devices, who.users, topic, TOPICS_MAX],
  );
  const first = full.rows[0];
  if (first !== undefined) return { kind: 'too_many', device: first.device, max: TOPICS_MAX };
  const added = await tx.query(SUBSCRIBE, [app, who.devices, who.users, topic, now]);
  return { kind: 'subscribed', added: added.rows.length, unknown: await unknownOf(tx, app, who) };
}

async function unknownOf(tx: SqlQuery, app: string, who: Subscribers): Promise<Subscribers> {
  const known = await tx.query<{ kind: 'device' | 'user'; id: string }>(
    `SELECT 'device' AS kind, id FROM pealbell.devices WHERE app = $1 AND id = ANY($2::text[])
     UNION SELECT 'user', user_id FROM pealbell.devices WHERE app = $1 AND user_id = ANY($3::text[])
     UNION SELECT 'user', id FROM pealbell.users WHERE app = $1 AND id = ANY($3::text[])`,
    [app, who.devices, who.users],
  );
  const has = new Set(known.rows.map(({ kind, id }) => `${kind} ${id}`));
  return {
    devices: [...new Set(who.devices)].filter((id) => !has.has(`device ${id}`)),
    users: [...new Set(who.users)].filter((id) => !has.has(`user ${id}`)),
  };
}
