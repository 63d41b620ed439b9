import type { Reason } from '../../domain/reason.js';
import type { AccountStore } from '../../ports/account-store.js';
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
  };
}
