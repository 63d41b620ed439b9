import { DEVICES, deviceKey, devicesAfter } from '../documents/devices.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';

/** Devices that one command steps over: none takes longer than a command may. */
const STEP = 2_000;
/** Removed devices that are looked at: they are listed for a moment. */
const REMOVED_MAX = 10_000;

/**
 * Counts all devices of an app, but never past `cap + 1`. It walks along their ids, which an index holds, and reads no device; those
 * that were removed and are still listed are few, and taken away again.
 */
export async function countDevices(db: Database, app: string, cap: number, step = STEP): Promise<number> {
  const model = db.of(DEVICES);
  const all = devicesAfter(app, '');
  // Their ids are looked at here: in the question they would have the server look at the wrong index.
  const gone = await db.run(() =>
    model
      .find({ removedAt: op({ $gt: 0 }) })
      .limit(REMOVED_MAX)
      .select({ _id: 1 })
      .lean(),
  );
  const removed = gone.filter(({ _id }) => _id.startsWith(deviceKey(app, ''))).length;
  let passed = 0;
  for (let behind = deviceKey(app, ''); passed - removed <= cap; passed += step) {
    const rest = { _id: op({ ...all, $gt: behind }) };
    const [last] = await db.run(() =>
      model
        .find(rest as never)
        .sort({ _id: 1 })
        .skip(step - 1)
        .limit(1)
        .select({ _id: 1 })
        .lean(),
    );
    if (last === undefined) {
      passed += await db.run(() => model.countDocuments(rest as never));
      break;
    }
    behind = last._id;
  }
  return Math.max(0, Math.min(passed - removed, cap + 1));
}
