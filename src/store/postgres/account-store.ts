import type { Reason } from '../../domain/reason.js';
import type { AccountAcceptance, AccountStore } from '../../ports/account-store.js';
import type { Sql } from './engine/sql.js';

interface PauseRow {
  app: string;
  provider: string;
  until: string | number;
  reason: Reason;
  failures: number;
  since: string | number;
}

export function createAccountStore(sql: Sql): AccountStore {
  return {
    async pauses() {
      const found = await sql.query<PauseRow>('SELECT * FROM pealbell.account_pauses ORDER BY app, provider');
      return found.rows.map((row) => ({ ...row, until: Number(row.until), since: Number(row.since) }));
    },
    async pause(pause) {
      // The later end wins: two workers may learn of the same trouble with different hints.
      await sql.query(
        `INSERT INTO pealbell.account_pauses AS a (app, provider, until, reason, failures, since) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (app, provider) DO UPDATE SET until = greatest(a.until, excluded.until), reason = excluded.reason,
           failures = greatest(a.failures, excluded.failures), since = least(a.since, excluded.since)`,
        [pause.app, pause.provider, pause.until, pause.reason, pause.failures, pause.since],
      );
    },
    async resume(app, provider) {
      await sql.query('DELETE FROM pealbell.account_pauses WHERE app = $1 AND provider = $2', [app, provider]);
    },
    async accepted(these) {
      if (these.length === 0) return;
      // One row per account, in the order of their keys: two workers that tell the same at once must not deadlock.
      const latest = new Map<string, AccountAcceptance>();
      for (const one of these) {
        const key = `${one.app}|${one.provider}`;
        const known = latest.get(key);
        if (known === undefined || known.at < one.at) latest.set(key, one);
      }
      const rows = [...latest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
      await sql.query(
        `INSERT INTO pealbell.account_acceptances AS a (app, provider, at)
         SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])
         ON CONFLICT (app, provider) DO UPDATE SET at = greatest(a.at, excluded.at)`,
        [rows.map(({ app }) => app), rows.map(({ provider }) => provider), rows.map(({ at }) => at)],
      );
    },
    async acceptances(app) {
      const found = await sql.query<{ app: string; provider: string; at: string | number }>(
        'SELECT app, provider, at FROM pealbell.account_acceptances WHERE app = $1 ORDER BY provider',
        [app],
      );
      return found.rows.map((row) => ({ ...row, at: Number(row.at) }));
    },
  };
}
