import type { DeviceChange, DeviceStore } from '../ports/device-store.js';
import type { DeviceNotice, LiveBus } from '../ports/live-bus.js';
import type { Log } from '../ports/log.js';

/**
 * The store of devices, whose changes reach connections: one whose device is somebody else's now, or gone, ends. What
 * cannot be told is logged: a connection that goes on reads nothing, as mailboxes are of one user.
 */
export function createTellingDevices(
  devices: DeviceStore,
  bus: Pick<LiveBus, 'online' | 'tell'>,
  log: Log,
): Pick<DeviceStore, 'change' | 'remove'> {
  async function tell(app: string, ids: readonly string[], noticeFor: (device: string) => DeviceNotice): Promise<void> {
    try {
      for (const device of await bus.online(app, ids)) await bus.tell(app, [device], noticeFor(device));
    } catch (error) {
      log.warn({ app, devices: ids.length, error: String(error) }, 'realtime.owner_not_told');
    }
  }

  return {
    async change(changes, now) {
      const results = await devices.change(changes, now);
      for (const [app, owned] of ownersIn(changes)) {
        await tell(app, [...owned.keys()], (device) => ({ kind: 'owner', user: owned.get(device) ?? null }));
      }
      return results;
    },
    async remove(app, id, now) {
      const removed = await devices.remove(app, id, now);
      if (removed) await tell(app, [id], () => ({ kind: 'end', why: 'device_removed' }));
      return removed;
    },
  };
}

/** Who has got which device by now, by app; the last change of a device counts. */
function ownersIn(changes: readonly DeviceChange[]): ReadonlyMap<string, ReadonlyMap<string, string | null>> {
  const apps = new Map<string, Map<string, string | null>>();
  for (const { app, id, fields } of changes) {
    if (fields.user === undefined) continue;
    apps.set(app, (apps.get(app) ?? new Map<string, string | null>()).set(id, fields.user));
  }
  return apps;
}
