import type { DeviceAddresses, DeviceStore } from '../ports/device-store.js';
import { MicroBatch } from './micro-batch.js';

export interface DeviceName {
  readonly app: string;
  readonly device: string;
}

/** Where devices can be reached right now; windows that ask together share one store call. */
export interface AddressBook {
  /** Keyed by `<app>|<device>`; a missing device is left out. */
  lookup(devices: readonly DeviceName[]): Promise<ReadonlyMap<string, DeviceAddresses>>;
}

export function createAddressBook(devices: DeviceStore): AddressBook {
  const batch = new MicroBatch<readonly DeviceName[], ReadonlyMap<string, DeviceAddresses>>(
    async (groups) => {
      const found = await devices.addresses(groups.flat());
      return groups.map(() => found);
    },
    { windowMs: 1, itemsMax: 64, runningMax: 1 },
  );
  return { lookup: (names) => (names.length === 0 ? Promise.resolve(new Map()) : batch.add(names)) };
}
