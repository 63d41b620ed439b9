import type { MessageClass } from '../../../domain/message.js';
import type { Reason } from '../../../domain/reason.js';
import type { AccountAcceptance, AccountStore } from '../../../ports/account-store.js';
import type { Sql } from '../engine/sql.js';
import { writeEvents } from '../events/event-writes.js';

interface PauseRow {
  app: string;
  provider: string;
  /** Empty: the whole account. */
  class: MessageClass | '';
  until: string | number;
  reason: Reason;
  failures: number;
  since: string | number;
}

/** What an account is in that does not fare well; kept until something passes, so that each change is told once. */
const troubleOf = (reason: Reason) => (reason === 'credential_rejected' ? 'credential.rejected' : 'provider.degraded');

/** The later end wins: two workers may learn of the same trouble with different hints. */
const PAUSE = `WITH paused AS (
  INSERT INTO pealbell.account_pauses AS a (app, provider, class, until, reason, failures, since)
  VALUES ($1, $2, $9, $3, $4, $5, $6)
  ON CONFLICT (app, provider, class) DO UPDATE SET until = greatest(a.until, excluded.until), reason = excluded.reason,
    failures = greatest(a.failures, excluded.failures), since = least(a.since, excluded.since)
  RETURNING app, provider, class, reason
), troubled AS (
  INSERT INTO pealbell.account_troubles AS t (app, provider, class, told, since)
  SELECT app, provider, class, $7, $6 FROM paused
  ON CONFLICT (app, provider, class) DO UPDATE SET told = excluded.told WHERE t.told <> excluded.told
  RETURNING app, provider, class, told, since
), happened AS MATERIALIZED (
  SELECT t.app, t.told AS type, '{}'::jsonb AS common,
    jsonb_build_object('provider', t.provider, 'reason', p.reason, 'since', t.since) || ${classOf('t')} AS entry
  FROM troubled t JOIN paused p USING (app, provider, class)
), ${writeEvents('happened', '$8::bigint')}
SELECT 1`;

/** A field of an event: there only where it is about one class. */
function classOf(row: string): string {
  return `CASE ${row}.class WHEN '' THEN '{}'::jsonb ELSE jsonb_build_object('class', ${row}.class) END`;
}

/** Events of accounts that were in trouble: a CTE that gives (app, provider, class, since) of them. */
function tellRecovered(cte: string, at: string): string {
  return `happened AS MATERIALIZED (
    SELECT app, 'provider.recovered' AS type, '{}'::jsonb AS common,
      jsonb_build_object('provider', provider, 'since', since) || ${classOf(cte)} AS entry
    FROM ${cte}
  ), ${writeEvents('happened', at, [cte])}`;
}

const RESUME = `WITH resumed AS (
  DELETE FROM pealbell.account_pauses WHERE app = $1 AND provider = $2 AND class = $4 RETURNING app
), recovered AS (
  DELETE FROM pealbell.account_troubles
  WHERE app = $1 AND provider = $2 AND class = $4 AND (SELECT count(*) FROM resumed) >= 0
  RETURNING app, provider, class, since
), ${tellRecovered('recovered', '$3::bigint')}
SELECT 1`;

/**
 * An account whose block was forgotten, or a class whose park was, is well again when something of it passes; one that is
 * paused has a probe to tell that. What passed of another class proves nothing of one that is in trouble, nor what passed before it was.
 */
const ACCEPTED = `WITH told AS (
  INSERT INTO pealbell.account_acceptances AS a (app, provider, at)
  SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])
  ON CONFLICT (app, provider) DO UPDATE SET at = greatest(a.at, excluded.at) RETURNING app, provider
), passed AS (
  SELECT * FROM unnest($5::text[], $6::text[], $7::text[], $8::bigint[]) AS p(app, provider, class, at)
), well AS MATERIALIZED (
  SELECT t.app, t.provider, t.class FROM pealbell.account_troubles t JOIN told USING (app, provider)
  WHERE (t.class = '' OR EXISTS (
      SELECT 1 FROM passed p WHERE p.app = t.app AND p.provider = t.provider AND p.class = t.class AND p.at > t.since))
    AND NOT EXISTS (SELECT 1 FROM pealbell.account_pauses p WHERE p.app = t.app AND p.provider = t.provider AND p.class = t.class)
  ORDER BY t.app, t.provider, t.class FOR UPDATE OF t
), recovered AS (
  DELETE FROM pealbell.account_troubles t USING well w WHERE t.app = w.app AND t.provider = w.provider AND t.class = w.class
  RETURNING t.app, t.provider, t.class, t.since
), ${tellRecovered('recovered', '$4::bigint')}
SELECT 1`;

const EXPIRING = `WITH told AS (
  INSERT INTO pealbell.credential_tellings (app, provider, credential, ends_at, days)
  SELECT DISTINCT app COLLATE "C", provider COLLATE "C", credential COLLATE "C", ends_at, days
  FROM json_to_recordset($1::json) AS i(app text, provider text, credential text, ends_at bigint, days integer) ORDER BY 1, 2, 3, 4, 5
  ON CONFLICT (app, provider, credential, ends_at, days) DO NOTHING RETURNING app, provider, credential, ends_at
), happened AS MATERIALIZED (
  SELECT app, 'credential.expiring' AS type, '{}'::jsonb AS common,
    jsonb_build_object('provider', provider, 'credential', credential, 'expires_at', ends_at) AS entry
  FROM told
), ${writeEvents('happened', '$2::bigint', ['told'])}
SELECT 1`;

export function createAccountStore(sql: Sql): AccountStore {
  return {
    async pauses() {
      const found = await sql.query<PauseRow>('SELECT * FROM pealbell.account_pauses ORDER BY app, provider, class');
      return found.rows.map(({ class: only, ...row }) => ({
        ...row,
        ...(only === '' ? {} : { class: only }),
        until: Number(row.until),
        since: Number(row.since),
      }));
    },
    async pause(pause, now) {
      const { app, provider, class: only = '', until, reason, failures, since } = pause;
      await sql.query(PAUSE, [app, provider, until, reason, failures, since, troubleOf(reason), now, only]);
    },
    async resume(app, provider, now, of) {
      await sql.query(RESUME, [app, provider, now, of ?? '']);
    },
    async forget(app, provider, of) {
      await sql.query('DELETE FROM pealbell.account_pauses WHERE app = $1 AND provider = $2 AND class = $3', [
        app,
        provider,
        of ?? '',
      ]);
    },
    async accepted(these, now) {
      if (these.length === 0) return;
      // One row per account, in the order of their keys: two workers that tell the same at once must not deadlock.
      const latest = new Map<string, AccountAcceptance>();
      for (const one of these) {
        const key = `${one.app}|${one.provider}`;
        const known = latest.get(key);
        if (known === undefined || known.at < one.at) latest.set(key, one);
      }
      const rows = [...latest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
      await sql.query(ACCEPTED, [
        rows.map(({ app }) => app),
        rows.map(({ provider }) => provider),
        rows.map(({ at }) => at),
        now,
        these.map(({ app }) => app),
        these.map(({ provider }) => provider),
        these.map((one) => one.class ?? ''),
        these.map(({ at }) => at),
      ]);
    },
    async expiring(these, now) {
      if (these.length === 0) return;
      const rows = these.map(({ endsAt, ...rest }) => ({ ...rest, ends_at: endsAt }));
      await sql.query(EXPIRING, [JSON.stringify(rows), now]);
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
