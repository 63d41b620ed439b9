import type { Json } from '../../../domain/json.js';
import type { EpochMs } from '../../../domain/time.js';
import type { Aggregate } from '../documents/aggregate.js';
import { DEVICES, type DeviceDoc, deviceKey } from '../documents/devices.js';
import { REGISTRATIONS } from '../documents/registrations.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';
import { type Ground, together } from '../ground.js';
import { changeEach } from '../writing/change.js';
import { deviceTelling } from './device-events.js';
import { followDevices } from './device-mail.js';

const KIND = 'device.removed';

/** What is left of a device that was removed. */
type Remains = Pick<DeviceDoc, '_id' | 'life'>;

/**
 * Removes devices with all that is theirs: they are there for nobody first, then the rest goes, then they.
 *
 * @param how `forgotten`: nobody is told
 * @returns how many there were
 */
export function removeDevices(
  ground: Ground,
  app: string,
  ids: readonly string[],
  now: EpochMs,
  how: 'told' | 'forgotten' = 'told',
): Promise<number> {
  const turn = ids.map((id) => `d|${app}|${id}`);
  return ground.turns.take(turn, () => removeInTurn(ground, app, ids, now, how));
}

async function removeInTurn(
  ground: Ground,
  app: string,
  ids: readonly string[],
  now: EpochMs,
  how: 'told' | 'forgotten',
): Promise<number> {
  const { db, outbox } = ground;
  const call = outbox.begin();
  const wanted = how === 'told' ? await ground.events.wanted([app]) : () => false;
  const keys = ids.map((id) => deviceKey(app, id));
  const owedBy = ({ device, life }: DeviceDoc) => ({
    events: deviceTelling(wanted, 'device.removed', app, device),
    work: { kind: KIND, what: { life } },
  });
  const changed = await changeEach(db, db.of(DEVICES), keys, call, () => (device) => {
    if (device.removedAt > 0) return undefined;
    return {
      set: { removedAt: Math.max(now, 1), fields: '{}', attributes: '{}', registrations: '[]', ...NO_NAMES },
      unset: ['user', 'notificationsAt'],
      out: outbox.pending(call, owedBy(device), now),
    };
  });
  const gone = [...changed.values()];
  if (gone.length === 0) return 0;
  await finishRemoval(ground, gone, now);
  await outbox.settle(call, [{ spec: DEVICES, ids: [...changed.keys()] }], together(gone.map(owedBy)), now);
  await bury(db, [...changed.keys()]);
  return gone.length;
}

const NO_NAMES = { tags: [], topics: [], topicsAt: [] };

/** Takes away what is left of removed devices in other documents. Repeating is harmless; nothing of a next life goes. */
export async function finishRemoval(ground: Ground, devices: readonly Remains[], now: EpochMs): Promise<void> {
  if (devices.length === 0) return;
  const operations = devices.map(({ _id, life }) => ({
    deleteMany: { filter: { owner: _id, life: op({ $lte: life }) } },
  }));
  await ground.db.run(() => ground.db.of(REGISTRATIONS).bulkWrite(operations as never, { ordered: false }));
  await followDevices(
    ground,
    devices.map(({ _id }) => _id),
    now,
  );
}

/** Stands in for a call that removed a device and went no further. */
export function carryRemovals(ground: Ground): void {
  ground.outbox.carries(KIND, async (source: Aggregate, what: Json, at: EpochMs) => {
    const { removedAt, life } = source as DeviceDoc; // Only devices have this kind of work.
    // Whoever made it anew has done this before.
    if (removedAt === 0 || life !== (what as { life: number }).life) return;
    await finishRemoval(ground, [{ _id: source._id, life }], at);
  });
}

/** Deletes removed devices that owe nothing any more. */
async function bury(db: Database, keys: readonly string[]): Promise<void> {
  const filter = { _id: op({ $in: [...keys] }), removedAt: op({ $gt: 0 }), out: op({ $size: 0 }) };
  await db.run(() => db.of(DEVICES).deleteMany(filter as never));
}

/** Deletes those that were left because somebody was still at them. */
export async function sweepRemoved(ground: Ground, before: EpochMs, limit: number): Promise<void> {
  const { db } = ground;
  const found = await db.run(() =>
    db
      .of(DEVICES)
      .find({ removedAt: op({ $gt: 0, $lt: before }) })
      .select({ _id: 1, life: 1 })
      .limit(limit)
      .lean(),
  );
  if (found.length === 0) return;
  await finishRemoval(ground, found, before);
  await bury(
    db,
    found.map(({ _id }) => _id),
  );
}
