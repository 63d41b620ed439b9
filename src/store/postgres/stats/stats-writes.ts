import { COUNTED, HOUR_MS } from '../../../domain/stats.js';

/**
 * SQL that adds the relation `counted` (message, provider, platform, name, n; a row for each difference, names of
 * {@link COUNTED}) to the hours in which the messages were accepted, in the same statement as the change that it counts.
 *
 * Each connection to the database has rows of its own, which `StatsStore.merge` brings together later: whoever counts waits for
 * nobody, and holds up nobody.
 */
export function countHourly(counted: string): string {
  const sums = COUNTED.map((name) => `coalesce(sum(c.n) FILTER (WHERE c.name = '${name}'), 0)`);
  return `INSERT INTO pealbell.stats AS t (app, hour, class, provider, platform, part, ${COUNTED.join(', ')})
    SELECT m.app, m.created_at - m.created_at % ${HOUR_MS}, m.class, coalesce(c.provider, '') COLLATE "C",
      coalesce(c.platform, '') COLLATE "C", pg_backend_pid(), ${sums.join(', ')}
    FROM ${counted} c JOIN pealbell.messages m ON m.id = c.message
    WHERE c.n <> 0 GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (app, hour, class, provider, platform, part) DO UPDATE SET ${addedTo('t')}`;
}

/** SQL: what was there, `row`, and what is added. */
export function addedTo(row: string): string {
  return COUNTED.map((name) => `${name} = ${row}.${name} + excluded.${name}`).join(', ');
}
