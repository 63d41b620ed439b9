import assert from 'node:assert/strict';
import type { EventType } from '../../src/domain/event.js';
import type { JsonObject } from '../../src/domain/json.js';
import type { SqlQuery } from '../../src/store/postgres/engine/sql.js';
import type { Told } from '../contract/store/scene.js';

/** What an endpoint would do that wants these types. */
export async function wantEvents(sql: SqlQuery, app: string, types: readonly EventType[]): Promise<void> {
  await sql.query(
    'INSERT INTO pealbell.event_interest (app, type) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING',
    [app, types],
  );
}

/** The log as it lies in the store; that its numbers have no holes is looked at as well. */
export async function toldEvents(sql: SqlQuery, app: string): Promise<Told[]> {
  const { rows } = await sql.query<{
    seq: number;
    type: EventType;
    at: number;
    common: JsonObject;
    entries: JsonObject[];
  }>('SELECT seq, type, at, common, entries FROM pealbell.events WHERE app = $1 ORDER BY seq', [app]);
  let next = 1;
  return rows.flatMap(({ seq, type, at, common, entries }) => {
    assert.equal(Number(seq), next, 'events are numbered without holes');
    next += entries.length;
    return entries.map((entry) => ({ type, at: Number(at), data: { ...common, ...entry } }));
  });
}
