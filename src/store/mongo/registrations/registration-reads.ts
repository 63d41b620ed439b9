import { REGISTRATIONS, type RegistrationDoc } from '../documents/registrations.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';
import { readEach } from '../writing/change.js';
import { isLive, keyOfListed, type ListedRegistration, type Listing, listedIn } from './listed-registrations.js';

/** Ids that one question names. */
const ASKED_MAX = 5_000;

/** Registrations by `_id`. */
export async function readRegistrations(
  db: Database,
  ids: Iterable<string>,
): Promise<ReadonlyMap<string, RegistrationDoc>> {
  const all = [...new Set(ids)];
  const found = new Map<string, RegistrationDoc>();
  for (let from = 0; from < all.length; from += ASKED_MAX) {
    const some = await readEach(db, db.of(REGISTRATIONS), all.slice(from, from + ASKED_MAX));
    for (const one of some) found.set(one._id, one);
  }
  return found;
}

/** Registrations, live or retired, that name these devices (`_id`s) as their own. */
export async function readOwned(db: Database, owners: readonly string[]): Promise<readonly RegistrationDoc[]> {
  if (owners.length === 0) return [];
  const found = await db.run(() =>
    db
      .of(REGISTRATIONS)
      .find({ owner: op({ $in: [...owners] }) })
      .lean(),
  );
  return found;
}

/** The live registrations of devices, by the device's `_id`. */
export async function readLive(
  db: Database,
  devices: readonly Listing[],
): Promise<ReadonlyMap<string, readonly ListedRegistration[]>> {
  const lists = devices.map((device) => ({ device, listed: listedIn(device) }));
  const known = await readRegistrations(
    db,
    lists.flatMap(({ device: { app }, listed }) => listed.map((one) => keyOfListed(app, one))),
  );
  return new Map(
    lists.map(({ device, listed }) => [
      device._id,
      listed.filter((one) => isLive(one, device, known.get(keyOfListed(device.app, one)))),
    ]),
  );
}
