import type { JsonObject } from '../../../domain/json.js';
import type { EpochMs } from '../../../domain/time.js';
import type { Sql, SqlQuery } from '../engine/sql.js';
import { retryConflicts } from '../writing/conflict.js';
import { writeEvents } from './event-writes.js';

/** An event as `writeEvents` takes it. */
export interface Telling {
  readonly app: string;
  readonly type: string;
  readonly common: JsonObject;
  readonly entry: JsonObject;
}

/**
 * A transaction of several statements whose events are written at its end. The head of an app's log, which they need, is
 * waited for by everybody else who changes something of this app: nobody may wait for another lock with it in hand.
 */
export interface TellingTx extends SqlQuery {
  /** Kept in memory until the end; nothing of it remains when the transaction is rolled back. */
  tell(tellings: readonly Telling[]): void;
  /** A statement with {@link withTellings}: what it tells is kept as above, the other rows are given. */
  queryTelling<R>(text: string, params: readonly unknown[]): Promise<R[]>;
}

const TELL = `WITH happened AS (
  SELECT i.app, i.type, i.common, i.entry FROM json_to_recordset($1::json) AS i(app text, type text, common jsonb, entry jsonb)
), ${writeEvents('happened', '$2::bigint')}
SELECT 1`;

/** Runs `work`, anew where it was rolled back because of another transaction, and writes what it told. */
export function tellingTransaction<T>(sql: Sql, now: EpochMs, work: (tx: TellingTx) => Promise<T>): Promise<T> {
  return retryConflicts(() =>
    sql.transaction(async (tx) => {
      const told: Telling[] = [];
      const result = await work({
        query: (text, params) => tx.query(text, params),
        tell: (more) => told.push(...more),
        async queryTelling<R>(text: string, params: readonly unknown[]) {
          const { rows } = await tx.query<R & { telling: Telling | null }>(text, params);
          for (const { telling } of rows) if (telling !== null) told.push(telling);
          return rows.filter(({ telling }) => telling === null);
        },
      });
      if (told.length > 0) await tx.query(TELL, [JSON.stringify(told), now]);
      return result;
    }),
  );
}
