import type { EventBlock } from '../../domain/event-block.js';
import type { Json, JsonObject } from '../../domain/json.js';
import type { AtRest } from '../at-rest.js';
import { feedbackPlace, upstreamPlace } from '../shared/seal-places.js';
import type { SqlQuery } from './engine/sql.js';

/** Adds to blocks of one app what events do not hold themselves: it goes with the record that it belongs to. */
export async function joinRecords(
  sql: SqlQuery,
  atRest: AtRest,
  app: string,
  blocks: readonly EventBlock[],
): Promise<readonly EventBlock[]> {
  const withMessages = await joinMessages(sql, app, blocks);
  return joinFeedback(sql, atRest, app, await joinUpstream(sql, atRest, app, withMessages));
}

/** `metadata` and `tags` of the message that an event names. */
async function joinMessages(sql: SqlQuery, app: string, blocks: readonly EventBlock[]): Promise<readonly EventBlock[]> {
  const names = new Set(
    blocks.flatMap(({ common, entries }) => [common, ...entries].map(({ message }) => message).filter(isText)),
  );
  if (names.size === 0) return blocks;
  const { rows } = await sql.query<{ id: string; metadata: JsonObject | null; tags: readonly string[] | null }>(
    'SELECT id, metadata, tags FROM pealbell.messages WHERE app = $1 AND id = ANY($2::text[])',
    [app, [...names]],
  );
  const said = new Map(rows.map(({ id, metadata, tags }) => [id, { metadata: metadata ?? {}, tags: tags ?? [] }]));
  const join = (part: JsonObject): JsonObject => {
    const found = isText(part.message) ? said.get(part.message) : undefined;
    return found === undefined ? part : { ...part, ...found };
  };
  return blocks.map((block) => ({ ...block, common: join(block.common), entries: block.entries.map(join) }));
}

/** `data` of the upstream message that an event names by its id, `up_` and its position. */
async function joinUpstream(
  sql: SqlQuery,
  atRest: AtRest,
  app: string,
  blocks: readonly EventBlock[],
): Promise<readonly EventBlock[]> {
  const positions = blocks
    .filter(({ type }) => type === 'client.upstream')
    .flatMap(({ entries }) => entries.map(positionOf).filter((position) => position !== undefined));
  if (positions.length === 0) return blocks;
  const { rows } = await sql.query<{
    position: number;
    device: string;
    stream: string;
    n: number;
    data: Uint8Array;
  }>(
    'SELECT position, device, stream, n, data FROM pealbell.upstream WHERE app = $1 AND position = ANY($2::bigint[])',
    [app, positions],
  );
  const said = new Map(
    rows.map(({ position, device, stream, n, data }) => [
      position,
      // What was sealed there is JSON that was sent.
      JSON.parse(atRest.open(data, upstreamPlace(app, device, stream, n))) as Json,
    ]),
  );
  const join = (entry: JsonObject): JsonObject => {
    const data = said.get(positionOf(entry) ?? 0);
    return data === undefined ? entry : { ...entry, data };
  };
  return blocks.map((block) =>
    block.type === 'client.upstream' ? { ...block, entries: block.entries.map(join) } : block,
  );
}

/** `data` of the feedback that an event names. */
async function joinFeedback(
  sql: SqlQuery,
  atRest: AtRest,
  app: string,
  blocks: readonly EventBlock[],
): Promise<readonly EventBlock[]> {
  const ofFeedback = blocks.filter(({ type }) => type === 'receipt.feedback');
  const ids = ofFeedback.flatMap(({ entries }) => entries.map(({ id }) => id).filter(isText));
  if (ids.length === 0) return blocks;
  const { rows } = await sql.query<{ id: string; data: Uint8Array }>(
    'SELECT id, data FROM pealbell.feedback WHERE app = $1 AND id = ANY($2::text[])',
    [app, ids],
  );
  // What was sealed there is JSON that was sent.
  const said = new Map(rows.map(({ id, data }) => [id, JSON.parse(atRest.open(data, feedbackPlace(app, id))) as Json]));
  const join = (entry: JsonObject): JsonObject => {
    const data = isText(entry.id) ? said.get(entry.id) : undefined;
    return data === undefined ? entry : { ...entry, data };
  };
  return blocks.map((block) =>
    block.type === 'receipt.feedback' ? { ...block, entries: block.entries.map(join) } : block,
  );
}

function positionOf({ id }: JsonObject): number | undefined {
  const digits = isText(id) ? /^up_(\d{1,15})$/.exec(id)?.[1] : undefined;
  return digits === undefined ? undefined : Number(digits);
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string';
}
