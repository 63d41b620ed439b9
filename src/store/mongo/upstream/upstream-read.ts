import type { Json, JsonObject } from '../../../domain/json.js';
import type { Page, PageRequest } from '../../../ports/page.js';
import type { UpstreamMessage } from '../../../ports/upstream-store.js';
import { badCursor, decodeCursor, pageOf } from '../../shared/cursor.js';
import { upstreamId, upstreamPlace } from '../../shared/seal-places.js';
import { UPSTREAM_ITEMS, type UpstreamItemDoc, upstreamItemId } from '../documents/upstream.js';
import { bytesOf } from '../engine/bytes.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';
import { readEach } from '../writing/change.js';

/** {@link UpstreamStore.list}. */
export async function listUpstream(ground: Ground, app: string, page: PageRequest): Promise<Page<UpstreamMessage>> {
  const after = decodeCursor('upstream', page.cursor) ?? '0';
  if (!/^\d{1,15}$/.test(after)) throw badCursor();
  const { db } = ground;
  const found = await db.run(() =>
    db
      .of(UPSTREAM_ITEMS)
      .find({ _id: op({ $gt: upstreamItemId(app, Number(after)), $lt: `${app}}` }), isGone: false })
      .sort({ _id: 1 })
      .limit(page.limit + 1)
      .lean(),
  );
  const { items, ...rest } = pageOf('upstream', found, page.limit, ({ position }) => String(position));
  return {
    ...rest,
    items: items.map((item) => ({
      id: upstreamId(item.position),
      device: item.device,
      user: item.user ?? null,
      topic: item.topic,
      data: dataOf(ground, item) as JsonObject, // what was sealed here is what was sent
      at: item.at,
      receivedAt: item.receivedAt,
    })),
  };
}

/** What messages at these positions say; those that are gone are left out. */
export async function readUpstreamData(
  ground: Ground,
  app: string,
  positions: readonly number[],
): Promise<ReadonlyMap<number, Json>> {
  const ids = positions.map((position) => upstreamItemId(app, position));
  const found = await readEach(ground.db, ground.db.of(UPSTREAM_ITEMS), ids);
  return new Map(found.flatMap((item) => (item.isGone ? [] : [[item.position, dataOf(ground, item)]])));
}

function dataOf({ atRest }: Ground, { app, device, stream, n, data }: UpstreamItemDoc): Json {
  return JSON.parse(atRest.open(bytesOf(data), upstreamPlace(app, device, stream, n))) as Json;
}
