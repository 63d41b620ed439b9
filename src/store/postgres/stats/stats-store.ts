import type { MessageClass } from '../../../domain/accepted-message.js';
import type { Platform } from '../../../domain/device.js';
import { COUNTED, type Counted, DAY_MS, HOUR_MS, type StatCounts } from '../../../domain/stats.js';
import type { StatsStore } from '../../../ports/stats-store.js';
import type { Sql } from '../engine/sql.js';
import { addedTo } from './stats-writes.js';

type Row = Record<Counted, number> & {
  start: number;
  class: MessageClass;
  provider: string;
  platform: Platform | '';
};

const KEY = 'app, hour, class, provider, platform';
const SUMS = COUNTED.map((name) => `sum(${name})::bigint AS ${name}`).join(', ');

const READ = `
SELECT hour - hour % $4::bigint AS start, class, provider, platform, ${SUMS}
FROM pealbell.stats WHERE app = $1 AND hour >= $2 AND hour < $3
GROUP BY 1, class, provider, platform ORDER BY 1, class, provider, platform`;

/** Rows that somebody is writing are left for the next time. */
const MERGE = `
WITH apart AS (
  SELECT ${KEY}, part FROM pealbell.stats WHERE part <> 0 AND hour < $1 ORDER BY hour LIMIT $2 FOR UPDATE SKIP LOCKED
), gone AS (
  DELETE FROM pealbell.stats s USING apart a
  WHERE s.app = a.app AND s.hour = a.hour AND s.class = a.class AND s.provider = a.provider AND s.platform = a.platform
    AND s.part = a.part
  RETURNING s.*
), merged AS (
  INSERT INTO pealbell.stats AS t (${KEY}, part, ${COUNTED.join(', ')})
  SELECT ${KEY}, 0, ${SUMS} FROM gone GROUP BY ${KEY} ORDER BY ${KEY}
  ON CONFLICT (${KEY}, part) DO UPDATE SET ${addedTo('t')}
)
SELECT 1 FROM gone`;

export function createStatsStore(sql: Sql): StatsStore {
  return {
    async read({ app, from, to, by }) {
      const found = await sql.query<Row>(READ, [app, from, to, by === 'day' ? DAY_MS : HOUR_MS]);
      return found.rows.map((row) => ({
        start: Number(row.start),
        class: row.class,
        provider: row.provider === '' ? null : row.provider,
        platform: row.platform === '' ? null : row.platform,
        counts: toCounts(row),
      }));
    },

    async merge(before, limit) {
      const merged = await sql.query(MERGE, [before, limit]);
      return merged.rows.length;
    },

    async sweep(before, limit) {
      const gone = await sql.query(
        `WITH old AS (
           SELECT ${KEY}, part FROM pealbell.stats WHERE hour < $1 ORDER BY hour LIMIT $2 FOR UPDATE SKIP LOCKED
         )
         DELETE FROM pealbell.stats WHERE (${KEY}, part) IN (SELECT ${KEY}, part FROM old) RETURNING 1`,
        [before, limit],
      );
      return gone.rows.length;
    },
  };
}

function toCounts(row: Row): StatCounts {
  return Object.fromEntries(COUNTED.map((name) => [name, Number(row[name])])) as StatCounts;
}
