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

type Live = ReadonlyMap<string, readonly ListedRegistration[]>;

/** The live registrations of devices, by the device's `_id`. */
export async function readLive(db: Database, devices: readonly Listing[]): Promise<Live> {
  return (await look(db, devices)).live;
}

/**
 * Devices that were read, as they are with their registrations. One that lists a registration which is gone is being removed, or
 * changed, between the two looks: it is asked for again, or a device that is nobody's any more would look like one without roads.
 */
export async function withLive<Device extends Listing>(
  db: Database,
  devices: readonly Device[],
  again: (ids: readonly string[]) => Promise<readonly Device[]>,
): Promise<{ readonly devices: readonly Device[]; readonly live: Live }> {
  const first = await look(db, devices);
  if (first.torn.size === 0) return { devices, live: first.live };
  const fresh = new Map((await again([...first.torn])).map((device) => [device._id, device]));
  const second = await look(db, [...fresh.values()]);
  const now = devices.flatMap((device) => (first.torn.has(device._id) ? (fresh.get(device._id) ?? []) : device));
  return { devices: now, live: new Map([...first.live, ...second.live]) };
}

async function look(
  db: Database,
  devices: readonly Listing[],
): Promise<{ readonly live: Live; readonly torn: ReadonlySet<string> }> {
  const lists = devices.map((device) => ({ device, listed: listedIn(device) }));
  const known = await readRegistrations(
    db,
    lists.flatMap(({ device: { app }, listed }) => listed.map((one) => keyOfListed(app, one))),
  );
  const live = new Map<string, readonly ListedRegistration[]>();
  const torn = new Set<string>();
  for (const { device, listed } of lists) {
    const found = listed.map((one) => ({ one, doc: known.get(keyOfListed(device.app, one)) }));
    live.set(
      device._id,
      found.flatMap(({ one, doc }) => (isLive(one, device, doc) ? one : [])),
    );
    if (found.some(({ doc }) => doc === undefined)) torn.add(device._id);
  }
  return { live, torn };
}
