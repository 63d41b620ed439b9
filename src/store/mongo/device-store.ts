import type { DeviceStore } from '../../ports/device-store.js';
import { changeDevices } from './device-changes.js';
import { carryDuties } from './device-duties.js';
import { readLastSeen, writeSeen } from './device-presence.js';
import { getDevice, listDevices, readAddresses, readLocales, readOwners } from './device-reads.js';
import { carryRemovals, removeDevices, sweepRemoved } from './device-removal.js';
import { readPressure, retireRegistrations, strikeRegistrations, sweepTombstones } from './device-retirement.js';
import type { Ground } from './ground.js';

export function createDeviceStore(ground: Ground): DeviceStore {
  const { db } = ground;
  carryDuties(ground);
  carryRemovals(ground);
  return {
    change: (changes, now) => changeDevices(ground, changes, now),
    get: (app, id) => getDevice(db, app, id),
    seen: (devices, at) => writeSeen(ground, devices, at),
    lastSeen: (app, ids) => readLastSeen(db, app, ids),
    ofUsers: () => Promise.reject(new Error('store/mongo has no ofUsers yet')),
    remove: async (app, id, now) => (await removeDevices(ground, app, [id], now)) > 0,
    list: (app, page, user) => listDevices(db, app, page, user),
    members: () => Promise.reject(new Error('store/mongo has no members yet')),
    membersOf: () => Promise.reject(new Error('store/mongo has no membersOf yet')),
    holders: () => Promise.reject(new Error('store/mongo has no holders yet')),
    count: () => Promise.reject(new Error('store/mongo has no count yet')),
    addresses: (devices) => readAddresses(ground, devices),
    owners: (devices) => readOwners(db, devices),
    locales: (devices) => readLocales(db, devices),
    retire: (retirements, now) => retireRegistrations(ground, retirements, now),
    strike: (strikes, now) => strikeRegistrations(ground, strikes, now),
    retirementPressure: (app, since) => readPressure(db, app, since),
    async sweep(before, limit) {
      await sweepRemoved(ground, before, limit);
      return sweepTombstones(db, before, limit);
    },
  };
}
