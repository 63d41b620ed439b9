import type { EpochMs } from '../../../domain/time.js';
import type { DeviceChange } from '../../../ports/device-store.js';
import type { SqlQuery } from '../engine/sql.js';

/**
 * Subscribes and unsubscribes as changes say; the devices exist and are locked, and whoever writes subscriptions locks
 * their devices first. A subscription that stays keeps its time.
 *
 * @returns devices that have other subscriptions than before, some more than once
 */
export async function writeSubscriptions(
  tx: SqlQuery,
  changes: readonly DeviceChange[],
  now: EpochMs,
): Promise<readonly { readonly app: string; readonly id: string }[]> {
  const rows = changes.flatMap(({ app, id, topics }) => {
    if (topics === undefined) return [];
    return topics.kind === 'replace'
      ? [{ app, device: id, whole: true, names: topics.names, remove: [] }]
      : [{ app, device: id, whole: false, names: topics.add, remove: topics.remove }];
  });
  if (rows.length === 0) return [];
  const input = JSON.stringify(rows);
  const ended = await tx.query<Subscribed>(
    `DELETE FROM pealbell.subscriptions s
     USING json_to_recordset($1::json) AS i(app text, device text, whole boolean, names text[], remove text[])
     WHERE s.app = i.app AND s.device = i.device AND (i.whole AND s.topic <> ALL(i.names) OR s.topic = ANY(i.remove))
     RETURNING s.app, s.device AS id`,
    [input],
  );
  const begun = await tx.query<Subscribed>(
    `INSERT INTO pealbell.subscriptions (app, topic, device, subscribed_at)
     SELECT i.app, t.topic, i.device, $2 FROM json_to_recordset($1::json) AS i(app text, device text, names text[])
     CROSS JOIN LATERAL unnest(i.names) AS t(topic) ORDER BY 1, 2, 3
     ON CONFLICT (app, topic, device) DO NOTHING RETURNING app, device AS id`,
    [input, now],
  );
  return [...ended.rows, ...begun.rows];
}

interface Subscribed {
  readonly app: string;
  readonly id: string;
}
