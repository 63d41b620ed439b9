import type { Device } from '../../../domain/device.js';
import type { DeviceAddresses, DeviceStore } from '../../../ports/device-store.js';
import type { Page, PageRequest } from '../../../ports/page.js';
import { decodeCursor, pageOf } from '../../shared/cursor.js';
import { grouped } from '../../shared/grouped.js';
import { DEVICES, type DeviceDoc, deviceKey, devicesAfter } from '../documents/devices.js';
import { USERS, userKey } from '../documents/users.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';
import type { Ground } from '../ground.js';
import { type ListedRegistration, toRegistration } from '../registrations/listed-registrations.js';
import { readLive, readOwned, withLive } from '../registrations/registration-reads.js';
import { readEach } from '../writing/change.js';
import { fieldsOf, toDevice } from './device-docs.js';

type Names = readonly { readonly app: string; readonly device: string }[];

/** Devices that are there, by `_id`; of large fields only those that are named. */
export async function readDevices<Key extends keyof DeviceDoc>(
  db: Database,
  ids: Iterable<string>,
  keys: readonly Key[],
): Promise<readonly Pick<DeviceDoc, Key | '_id'>[]> {
  const all = [...new Set(ids)];
  if (all.length === 0) return [];
  const found = await db.run(() =>
    db
      .of(DEVICES)
      .find({ _id: all.length === 1 ? all[0] : op({ $in: all }) } as never)
      .select(selection(['removedAt', ...keys]))
      .lean(),
  );
  return (found as unknown as readonly Pick<DeviceDoc, Key | '_id' | 'removedAt'>[]).filter(isThere);
}

/** Asked of what was read: in a question it would have the server look at the wrong index. */
export function isThere({ removedAt }: Pick<DeviceDoc, 'removedAt'>): boolean {
  return removedAt === 0;
}

export function selection(keys: readonly (keyof DeviceDoc)[]): Record<string, 1> {
  return Object.fromEntries(['_id', ...keys].map((key) => [key, 1]));
}

const keysOf = (devices: Names) => devices.map(({ app, device }) => deviceKey(app, device));

/** See `DeviceStore.get`. */
export async function getDevice(db: Database, app: string, id: string): Promise<Device | undefined> {
  const found = await readEach(db, db.of(DEVICES), [deviceKey(app, id)]);
  return (await toDevices(db, found.filter(isThere)))[0];
}

/** See `DeviceStore.list`. */
export async function listDevices(db: Database, app: string, page: PageRequest, user?: string): Promise<Page<Device>> {
  const found: DeviceDoc[] = [];
  const of = user === undefined ? {} : { app, user };
  for (let after = decodeCursor('devices', page.cursor) ?? ''; ; ) {
    const limit = page.limit + 1 - found.length;
    const question = { ...of, _id: devicesAfter(app, after) };
    const next = await db.run(() =>
      db
        .of(DEVICES)
        .find(question as never)
        .sort({ _id: 1 })
        .limit(limit)
        .lean(),
    );
    found.push(...next.filter(isThere));
    const last = next.at(-1);
    if (last === undefined || next.length < limit || found.length > page.limit) break;
    after = last.device;
  }
  const { items, ...rest } = pageOf('devices', found, page.limit, ({ device }) => device);
  return { ...rest, items: await toDevices(db, items) };
}

async function toDevices(db: Database, found: readonly DeviceDoc[]): Promise<readonly Device[]> {
  const [live, all] = await Promise.all([
    readLive(db, found),
    readOwned(
      db,
      found.map(({ _id }) => _id),
    ),
  ]);
  const owned = grouped(all, ({ owner }) => owner);
  return found.map((device) => toDevice(device, live.get(device._id) ?? [], owned.get(device._id) ?? []));
}

/** See `DeviceStore.addresses`. */
export async function readAddresses(
  { db, atRest }: Ground,
  devices: Names,
): Promise<ReadonlyMap<string, DeviceAddresses>> {
  const read = (ids: readonly string[]) =>
    readDevices(db, ids, ['app', 'user', 'platform', 'fields', 'registrations', 'out']);
  const { devices: found, live } = await withLive(db, await read(keysOf(devices)), read);
  return new Map(
    found.map((device) => {
      const { manufacturer, notifications } = fieldsOf(device);
      const registrations = [...(live.get(device._id) ?? [])].sort(newestFirst);
      return [
        device._id,
        {
          user: device.user ?? null,
          platform: device.platform,
          ...(manufacturer === undefined ? {} : { manufacturer }),
          ...(notifications === undefined ? {} : { notifications }),
          registrations: registrations.map((one) => toRegistration(device.app, one, atRest)),
        },
      ];
    }),
  );
}

/** Of those confirmed at the same time by provider and push token. */
export function newestFirst(a: ListedRegistration, b: ListedRegistration): number {
  if (a.confirmedAt !== b.confirmedAt) return b.confirmedAt - a.confirmedAt;
  const [left, right] = [`${a.provider}|${a.tokenHash}`, `${b.provider}|${b.tokenHash}`];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** See `DeviceStore.owners`. */
export async function readOwners(db: Database, devices: Names): Promise<ReadonlyMap<string, string | null>> {
  const found = await readDevices(db, keysOf(devices), ['user']);
  return new Map(found.map(({ _id, user }) => [_id, user ?? null]));
}

/** See `DeviceStore.locales`. */
export async function readLocales(db: Database, devices: Names): ReturnType<DeviceStore['locales']> {
  const found = await readDevices(db, keysOf(devices), ['app', 'user', 'fields']);
  const users = new Set(found.flatMap(({ app, user }) => (user === undefined ? [] : [userKey(app, user)])));
  const records =
    users.size === 0
      ? []
      : await db.run(() =>
          db
            .of(USERS)
            .find({ _id: op({ $in: [...users] }) })
            .select({ locale: 1 })
            .lean(),
        );
  const byUser = new Map(records.map(({ _id, locale }) => [_id, locale]));
  return new Map(
    found.flatMap((one) => {
      const device = fieldsOf(one).locale;
      const user = one.user === undefined ? undefined : byUser.get(userKey(one.app, one.user));
      if (device === undefined && user === undefined) return [];
      return [[one._id, { ...(device === undefined ? {} : { device }), ...(user === undefined ? {} : { user }) }]];
    }),
  );
}
