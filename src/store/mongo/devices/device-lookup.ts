import { DEVICES, deviceKey } from '../documents/devices.js';
import { REGISTRATIONS, registrationKey } from '../documents/registrations.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';
import { readEach } from '../writing/change.js';
import { readDevices } from './device-reads.js';

/** Whose devices of an app are, by device; null for nobody's, and none for those that are not there. */
export async function usersOf(
  db: Database,
  app: string,
  devices: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const keys = devices.map((device) => deviceKey(app, device));
  const found = await readDevices(db, keys, ['device', 'user']);
  return new Map(found.map(({ device, user }) => [device, user ?? null]));
}

/** Devices that these users of an app have now. */
export async function devicesOfUsers(
  db: Database,
  app: string,
  users: readonly string[],
): Promise<readonly { readonly device: string; readonly user: string }[]> {
  if (users.length === 0) return [];
  // A device that was removed has no user.
  const filter = { app, user: op({ $in: [...users] }) };
  const found = await db.run(() =>
    db
      .of(DEVICES)
      .find(filter as never)
      .select({ device: 1, user: 1 })
      .lean(),
  );
  return found.flatMap(({ device, user }) => (user === undefined ? [] : [{ device, user }]));
}

/** Devices whose registration with a provider has a push token, live or retired, by its hash. */
export async function devicesOfTokens(
  db: Database,
  app: string,
  provider: string,
  tokenHashes: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(tokenHashes.map((hash) => registrationKey(app, provider, hash)))];
  const found = await readEach(db, db.of(REGISTRATIONS), ids);
  const ownDevice = deviceKey(app, '').length;
  return new Map(found.map(({ tokenHash, owner }) => [tokenHash, owner.slice(ownDevice)]));
}
