import type { EpochMs } from '../../../domain/time.js';
import {
  UPSTREAM_BYTES_MAX,
  UPSTREAM_ITEMS_MAX,
  UPSTREAM_STREAMS_MAX,
  type UpstreamAdded,
  type UpstreamBatch,
  type UpstreamItem,
} from '../../../ports/upstream-store.js';
import type { AtRest } from '../../at-rest.js';
import { upstreamId, upstreamPlace } from '../../shared/seal-places.js';
import type { SqlQuery } from '../engine/sql.js';
import { appendEvents } from '../events/event-writes.js';

interface Taken {
  readonly batch: UpstreamBatch;
  readonly item: UpstreamItem;
  readonly json: string;
  readonly position: number;
}

/** One transaction: everybody else who adds to one of these apps waits, so that positions follow the order of commits. */
export async function addUpstream(
  tx: SqlQuery,
  atRest: AtRest,
  batches: readonly UpstreamBatch[],
  now: EpochMs,
): Promise<readonly UpstreamAdded[]> {
  if (batches.length === 0) return [];
  const { lasts, wanting } = await lockApps(tx, batches);
  const known = await readKnown(tx, batches);
  const used = await readUsed(tx, batches);
  const taken: Taken[] = [];
  const tops = new Map<string, { readonly batch: UpstreamBatch; top: number }>();
  const full = batches.map((batch) => {
    const { app, device, stream } = batch;
    const streamKey = keyOf(app, device, stream);
    const room = used.get(keyOf(app, device)) ?? { items: 0, bytes: 0 };
    used.set(keyOf(app, device), room);
    const top = tops.get(streamKey) ?? { batch, top: known.tops.get(streamKey) ?? 0 };
    tops.set(streamKey, top);
    const tooMuch: number[] = [];
    for (const item of batch.items) {
      top.top = Math.max(top.top, item.n);
      const itemKey = keyOf(app, device, stream, String(item.n));
      if (known.items.has(itemKey) || item.n <= (known.swept.get(streamKey) ?? 0)) continue;
      const json = JSON.stringify(item.data);
      const bytes = Buffer.byteLength(json);
      if (room.items + 1 > UPSTREAM_ITEMS_MAX || room.bytes + bytes > UPSTREAM_BYTES_MAX) {
        tooMuch.push(item.n);
        continue;
      }
      room.items += 1;
      room.bytes += bytes;
      known.items.add(itemKey);
      const position = (lasts.get(app) ?? 0) + 1;
      lasts.set(app, position);
      taken.push({ batch, item, json, position });
    }
    return tooMuch;
  });
  await insert(tx, atRest, taken, now);
  await noteHeads(tx, lasts);
  await noteStreams(tx, [...tops.values()], now);
  await tell(
    tx,
    taken.filter(({ batch }) => wanting.has(batch.app)),
    now,
  );
  return batches.map(({ app, device, stream }, index) => ({
    safe: tops.get(keyOf(app, device, stream))?.top ?? 0,
    full: full[index] ?? [],
  }));
}

/** The last position of each app, whose row stays locked until the transaction ends; and who wants to hear of messages. */
async function lockApps(tx: SqlQuery, batches: readonly UpstreamBatch[]) {
  const { rows } = await tx.query<{ app: string; last: string | number; wanted: boolean }>(
    `INSERT INTO pealbell.upstream_heads AS h (app, last)
     SELECT DISTINCT i.app COLLATE "C", 0 FROM unnest($1::text[]) AS i (app) ORDER BY 1
     ON CONFLICT (app) DO UPDATE SET last = h.last
     RETURNING app, last, EXISTS (SELECT 1 FROM pealbell.event_interest w WHERE w.app = h.app AND w.type = 'client.upstream') AS wanted`,
    [batches.map(({ app }) => app)],
  );
  return {
    lasts: new Map(rows.map(({ app, last }) => [app, Number(last)])),
    wanting: new Set(rows.flatMap(({ app, wanted }) => (wanted ? [app] : []))),
  };
}

async function readKnown(tx: SqlQuery, batches: readonly UpstreamBatch[]) {
  const items = batches.flatMap(({ app, device, stream, items: given }) =>
    given.map(({ n }) => ({ app, device, stream, n })),
  );
  const there = await tx.query<{ app: string; device: string; stream: string; n: string | number }>(
    `SELECT u.app, u.device, u.stream, u.n FROM pealbell.upstream u
     JOIN unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) AS i (app, device, stream, n)
       ON u.app = i.app AND u.device = i.device AND u.stream = i.stream AND u.n = i.n`,
    [
      items.map(({ app }) => app),
      items.map(({ device }) => device),
      items.map(({ stream }) => stream),
      items.map(({ n }) => n),
    ],
  );
  const streams = await tx.query<{
    app: string;
    device: string;
    stream: string;
    top: string | number;
    swept: string | number;
  }>(
    `SELECT app, device, stream, top, swept FROM pealbell.upstream_streams WHERE (app, device, stream) IN (
       SELECT * FROM unnest($1::text[], $2::text[], $3::text[]))`,
    [batches.map(({ app }) => app), batches.map(({ device }) => device), batches.map(({ stream }) => stream)],
  );
  const ofStream = (pick: (row: (typeof streams.rows)[number]) => string | number) =>
    new Map(streams.rows.map((row) => [keyOf(row.app, row.device, row.stream), Number(pick(row))]));
  return {
    items: new Set(there.rows.map((row) => keyOf(row.app, row.device, row.stream, String(row.n)))),
    tops: ofStream(({ top }) => top),
    swept: ofStream(({ swept }) => swept),
  };
}

/** At most {@link UPSTREAM_ITEMS_MAX} rows are counted for a device. */
async function readUsed(tx: SqlQuery, batches: readonly UpstreamBatch[]) {
  const { rows } = await tx.query<{ app: string; device: string; items: string | number; bytes: string | number }>(
    `SELECT app, device, count(*) AS items, sum(bytes)::bigint AS bytes FROM pealbell.upstream
     WHERE (app, device) IN (SELECT * FROM unnest($1::text[], $2::text[])) GROUP BY app, device`,
    [batches.map(({ app }) => app), batches.map(({ device }) => device)],
  );
  return new Map(
    rows.map((row) => [keyOf(row.app, row.device), { items: Number(row.items), bytes: Number(row.bytes) }]),
  );
}

async function insert(tx: SqlQuery, atRest: AtRest, taken: readonly Taken[], now: EpochMs): Promise<void> {
  if (taken.length === 0) return;
  await tx.query(
    `INSERT INTO pealbell.upstream (app, position, device, user_id, stream, n, topic, data, bytes, at, received_at)
     SELECT i.app, i.position, i.device, i.user_id, i.stream, i.n, i.topic, decode(i.data, 'base64'), i.bytes, i.at, $11
     FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[],
       $9::integer[], $10::bigint[])
       AS i (app, position, device, user_id, stream, n, topic, data, bytes, at)`,
    [
      taken.map(({ batch }) => batch.app),
      taken.map(({ position }) => position),
      taken.map(({ batch }) => batch.device),
      taken.map(({ batch }) => batch.user),
      taken.map(({ batch }) => batch.stream),
      taken.map(({ item }) => item.n),
      taken.map(({ item }) => item.topic),
      taken.map(({ batch: { app, device, stream }, item, json }) =>
        atRest.seal(json, upstreamPlace(app, device, stream, item.n)).toString('base64'),
      ),
      taken.map(({ json }) => Buffer.byteLength(json)),
      taken.map(({ item }) => item.at),
      now,
    ],
  );
}

/** Names the messages; what they say is looked up when the log is read, so that it goes when they go. */
async function tell(tx: SqlQuery, taken: readonly Taken[], now: EpochMs): Promise<void> {
  const events = taken.map(({ batch: { app, device }, item: { topic, at }, position }) => ({
    app,
    type: 'client.upstream' as const,
    data: { id: upstreamId(position), device, topic, at },
  }));
  // Heads of apps are locked in the order of their names; what one app is told stays in the order in which it was taken.
  events.sort((a, b) => (a.app === b.app ? 0 : a.app < b.app ? -1 : 1));
  await appendEvents(tx, events, now);
}

async function noteHeads(tx: SqlQuery, lasts: ReadonlyMap<string, number>): Promise<void> {
  await tx.query(
    `UPDATE pealbell.upstream_heads h SET last = i.last FROM unnest($1::text[], $2::bigint[]) AS i (app, last)
     WHERE h.app = i.app`,
    [[...lasts.keys()], [...lasts.values()]],
  );
}

/** How far each stream has come; of a device that has too many the oldest are forgotten. */
async function noteStreams(
  tx: SqlQuery,
  streams: readonly { readonly batch: UpstreamBatch; readonly top: number }[],
  now: EpochMs,
): Promise<void> {
  const devices: [string[], string[]] = [
    streams.map(({ batch }) => batch.app),
    streams.map(({ batch }) => batch.device),
  ];
  await tx.query(
    `INSERT INTO pealbell.upstream_streams AS s (app, device, stream, top, used_at)
     SELECT i.app COLLATE "C", i.device COLLATE "C", i.stream COLLATE "C", i.top, $5
     FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) AS i (app, device, stream, top) ORDER BY 1, 2, 3
     ON CONFLICT (app, device, stream) DO UPDATE SET top = greatest(s.top, excluded.top), used_at = excluded.used_at`,
    [...devices, streams.map(({ batch }) => batch.stream), streams.map(({ top }) => top), now],
  );
  await tx.query(
    `DELETE FROM pealbell.upstream_streams WHERE (app, device, stream) IN (
       SELECT app, device, stream FROM (
         SELECT app, device, stream, row_number() OVER (PARTITION BY app, device ORDER BY used_at DESC, stream) AS place
         FROM pealbell.upstream_streams WHERE (app, device) IN (SELECT * FROM unnest($1::text[], $2::text[]))
       ) ranked WHERE place > $3)`,
    [...devices, UPSTREAM_STREAMS_MAX],
  );
}

function keyOf(...parts: readonly string[]): string {
  return parts.join('\n'); // no id has a line end
}
