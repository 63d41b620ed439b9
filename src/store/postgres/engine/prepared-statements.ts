import { messages, type PGlite, parse, protocol } from '@electric-sql/pglite';
import type { RawDatabase, RawResult } from './pglite-session.js';

const { serialize } = protocol;

/** Statements kept at most; the one not used for longest goes first. The hot ones are some 80. */
const KEPT_MAX = 128;

interface Prepared {
  readonly name: string;
  readonly paramTypes: readonly number[];
  /** Absent for a statement that gives no rows. */
  readonly row: messages.RowDescriptionMessage | undefined;
}

/**
 * PGlite with statements that are parsed and planned once. Its own `query` sends six messages a call, parses and plans
 * anew each time: measured 0.70 ms for a look-up of one row, here 0.16 ms. Plans follow the tables: Postgres makes them
 * anew after each ANALYZE, and keeps to plans made for the values where a general one looks dearer.
 *
 * Whoever calls keeps calls apart, as {@link RawDatabase} asks; errors are PGlite's own, with no parameters in them.
 */
export function withPreparedStatements(db: PGlite): RawDatabase {
  const kept = new Map<string, Prepared>();
  /** Closed with the next call: after an error nothing may be sent by itself, as a full disk never answers again. */
  const leaving: Uint8Array[] = [];
  let named = 0;

  /** All of it in one go; what failed is among the messages, and nothing after it was done. */
  async function exchange(parts: readonly Uint8Array[]): Promise<messages.BackendMessage[]> {
    const answer = await db.execProtocolStream(Buffer.concat([...leaving.splice(0), ...parts, serialize.sync()]), {
      syncToFs: false,
      throwOnError: false,
    });
    const error = answer.find((message) => message instanceof messages.DatabaseError);
    if (error !== undefined) throw error;
    return answer;
  }

  async function prepare(text: string): Promise<Prepared> {
    const name = `pealbell_${named++}`;
    const [oldest] = kept;
    if (kept.size >= KEPT_MAX && oldest !== undefined) {
      kept.delete(oldest[0]);
      leave(oldest[1].name);
    }
    const answer = await exchange([serialize.parse({ name, text }), serialize.describe({ type: 'S', name })]);
    const row = answer.find((message) => message instanceof messages.RowDescriptionMessage);
    return { name, paramTypes: parse.parseDescribeStatementResults(answer), row };
  }

  function leave(name: string): void {
    leaving.push(serialize.close({ type: 'S', name }));
  }

  async function query(text: string, params: readonly unknown[] = []): Promise<RawResult> {
    const known = kept.get(text);
    const prepared = known ?? (await prepare(text));
    kept.delete(text); // and to the end: used last
    let answer: messages.BackendMessage[];
    try {
      const values = params.map((value, at) => serializeValue(value, prepared.paramTypes[at]));
      answer = await exchange([serialize.bind({ statement: prepared.name, values }), serialize.execute({})]);
    } catch (error) {
      // Whatever was wrong, the next call starts with a statement of its own.
      leave(prepared.name);
      if (known !== undefined && isOutdated(error) && !db.isInTransaction()) return query(text, params);
      throw error;
    }
    kept.set(text, prepared);
    const [result] = parse.parseResults(prepared.row === undefined ? answer : [prepared.row, ...answer], db.parsers);
    return result ?? { rows: [] };
  }

  function serializeValue(value: unknown, type: number | undefined): string | null {
    if (value === null || value === undefined) return null;
    const serializer = type === undefined ? undefined : db.serializers[type];
    return serializer === undefined ? String(value) : serializer(value);
  }

  return {
    query: (text, params) => db.runExclusive(() => query(text, params)),
    exec: (text) => db.exec(text),
    transaction: (work) =>
      db.transaction((tx) =>
        work({
          query: (text, params) => db.runExclusive(() => query(text, params)),
          exec: (text) => tx.exec(text),
        }),
      ),
    isInTransaction: () => db.isInTransaction(),
    onNotification: (listener) => db.onNotification(listener),
    close: () => db.close(),
  };
}

/** Its tables have another shape than when it was prepared; nothing of it was done. */
function isOutdated(error: unknown): boolean {
  return error instanceof messages.DatabaseError && error.code === '0A000' && /cached plan/.test(error.message);
}
