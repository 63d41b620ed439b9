import type { DeviceStore } from '../../../ports/device-store.js';
import { countMembers, readMembers } from '../audience/audience-members.js';
import { readMembersOf } from '../audience/audience-members-of.js';
import type { Ground } from '../ground.js';
import { changeDevices } from './device-changes.js';
import { carryDuties } from './device-duties.js';
import { readHolders, readOfUsers } from './device-holders.js';
import { readLastSeen, writeSeen } from './device-presence.js';
import { getDevice, listDevices, readAddresses, readLocales, readOwners } from './device-reads.js';
import { carryRemovals, removeDevices, sweepRemoved } from './device-removal.js';
import { readPressure, retireRegistrations, strikeRegistrations, sweepTombstones } from './device-retirement.js';

export function createDeviceStore(ground: Ground): DeviceStore {
  const { db } = ground;
  carryDuties(ground);
  carryRemovals(ground);
  return {
    change: (changes, now) => changeDevices(ground, changes, now),
    get: (app, id) => getDevice(db, app, id),
    seen: (devices, at) => writeSeen(ground, devices, at),
    lastSeen: (app, ids) => readLastSeen(db, app, ids),
    ofUsers: (app, users, createdBefore) => readOfUsers(db, app, users, createdBefore),
    remove: async (app, id, now) => (await removeDevices(ground, app, [id], now)) > 0,
    list: (app, page, user) => listDevices(db, app, page, user),
    members: (app, audience, page) => readMembers(db, app, audience, page),
    membersOf: (queries, limit) => readMembersOf(db, queries, limit),
    holders: (tokens) => readHolders(db, tokens),
    count: (app, audience, cap) => countMembers(db, app, audience, cap),
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
