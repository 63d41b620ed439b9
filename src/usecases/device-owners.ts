import type { DeviceStore } from '../ports/device-store.js';
import type { Access } from './access-tokens.js';
import { MicroBatch } from './micro-batch.js';

/** Whether a device is whose its access token says. */
export type Ownership = 'theirs' | 'not_theirs' | 'unknown_device';

export interface DeviceOwners {
  /** Asks the store, once for all who ask at about the same time. */
  ask(access: Pick<Access, 'app' | 'device' | 'user'>): Promise<Ownership>;
}

export function createDeviceOwners(devices: Pick<DeviceStore, 'owners'>): DeviceOwners {
  const batch = new MicroBatch<Pick<Access, 'app' | 'device' | 'user'>, Ownership>(
    async (accesses) => {
      const owners = await devices.owners(accesses);
      return accesses.map(({ app, device, user }) => {
        const owner = owners.get(`${app}|${device}`);
        if (owner === undefined) return 'unknown_device';
        return owner === user ? 'theirs' : 'not_theirs';
      });
    },
    { windowMs: 2, itemsMax: 500, runningMax: 2 },
  );
  return { ask: (access) => batch.add(access) };
}
