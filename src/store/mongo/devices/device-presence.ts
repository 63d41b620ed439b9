import type { EpochMs } from '../../../domain/time.js';
import { WRITERS_KEPT } from '../documents/aggregate.js';
import { DEVICES, deviceKey } from '../documents/devices.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';
import type { Ground } from '../ground.js';
import { readDevices } from './device-reads.js';

/** A device that was heard of within this is not written again. */
const SEEN_EVERY_MS = 10_000;

/** See `DeviceStore.seen`. One command, which passes over what is not worth a write. */
export async function writeSeen(
  { db, outbox }: Ground,
  devices: readonly { readonly app: string; readonly device: string }[],
  at: EpochMs,
): Promise<void> {
  if (devices.length === 0) return;
  const ids = [...new Set(devices.map(({ app, device }) => deviceKey(app, device)))];
  const filter = { _id: op({ $in: ids }), lastSeenAt: op({ $lte: at - SEEN_EVERY_MS }) };
  const update = {
    $set: { lastSeenAt: at },
    // Whoever changes one of them meanwhile looks again, and does not put the time back.
    $inc: { rev: 1 },
    $push: { w: { $each: [outbox.begin().o], $slice: -WRITERS_KEPT } },
  };
  await db.run(() => db.of(DEVICES).updateMany(filter, update));
}

/** See `DeviceStore.lastSeen`. */
export async function readLastSeen(
  db: Database,
  app: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, EpochMs>> {
  const found = await readDevices(
    db,
    ids.map((id) => deviceKey(app, id)),
    ['device', 'lastSeenAt'],
  );
  return new Map(found.map(({ device, lastSeenAt }) => [device, lastSeenAt]));
}
