import { ALERT_PURPOSE } from '../../../domain/device.js';
import type { EpochMs } from '../../../domain/time.js';
import { tokenPlace } from '../../shared/device-changes.js';
import { realtimeTokenHash } from '../../shared/realtime-token.js';
import { type DeviceDuties, doDuties, dutiesWork } from '../devices/device-duties.js';
import { DEVICES, type DeviceDoc, deviceKey } from '../documents/devices.js';
import { REGISTRATIONS, registrationKey } from '../documents/registrations.js';
import { op } from '../engine/collection.js';
import { type Ground, together } from '../ground.js';
import { changeEach } from '../writing/change.js';
import type { Owed } from '../writing/outbox.js';
import { isLive, keyOfListed, type ListedRegistration, listedIn } from './listed-registrations.js';
import { readRegistrations } from './registration-reads.js';

/** The provider that is the own connection; the push token of a device is its id. */
const REALTIME = 'realtime';

type Names = readonly { readonly app: string; readonly device: string }[];

/** Makes or confirms the registrations of devices for the own connection; of those that are not there nothing. Nobody is told. */
export async function confirmRealtime(ground: Ground, devices: Names, now: EpochMs): Promise<void> {
  const { db, outbox, turns, atRest } = ground;
  const keys = [...new Set(devices.map(({ app, device }) => deviceKey(app, device)))];
  if (keys.length === 0) return;
  const call = outbox.begin();
  const duties = new Map<string, DeviceDuties>();
  const confirm = async () => {
    const known = await readRegistrations(db, tokensOf(ground, devices));
    await changeEach(db, db.of(DEVICES), keys, call, () => (device: DeviceDoc) => {
      duties.delete(device._id);
      if (device.removedAt > 0) return undefined;
      const { app, device: id, life } = device;
      const tokenHash = realtimeTokenHash(atRest, app, id);
      const isOwn = (one: ListedRegistration) => one.provider === REALTIME && one.tokenHash === tokenHash;
      const all = listedIn(device);
      const before = all.find((one) => isOwn(one) && isLive(one, device, known.get(keyOfListed(app, one))));
      const listed: ListedRegistration = {
        provider: REALTIME,
        environment: 'production',
        purpose: ALERT_PURPOSE,
        tokenHash,
        token: atRest.seal(id, tokenPlace(app, REALTIME, tokenHash)).toString('base64'),
        registeredAt: before?.registeredAt ?? now,
        confirmedAt: now,
        by: call.o,
      };
      const due = { owner: device._id, app, life, named: [listed], unlisted: [], isOtherUser: false };
      duties.set(device._id, due);
      const registrations = JSON.stringify([...all.filter((one) => !isOwn(one)), listed]);
      return { set: { registrations }, out: outbox.pending(call, owedBy(due), now) };
    });
    const terms = { wanted: () => false, now, told: new Set<string>(), first: known };
    await doDuties(ground, call, [...duties.values()], terms);
  };
  await turns.take(
    keys.map((key) => `d|${key}`),
    confirm,
  );
  await outbox.settle(call, [{ spec: DEVICES, ids: [...duties.keys()] }], together([]), now);
}

/** Ends those that were confirmed at this time or before. A device may list its own still: that is nothing by itself. */
export async function dropRealtime({ db, atRest }: Ground, devices: Names, confirmedUpTo: EpochMs): Promise<void> {
  const ids = tokensOf({ atRest }, devices);
  if (ids.length === 0) return;
  const filter = { _id: op({ $in: ids }), confirmedAt: op({ $lte: confirmedUpTo }) };
  await db.run(() => db.of(REGISTRATIONS).deleteMany(filter));
}

function owedBy(due: DeviceDuties): Owed {
  const work = dutiesWork(due);
  return work === undefined ? {} : { work };
}

function tokensOf({ atRest }: Pick<Ground, 'atRest'>, devices: Names): string[] {
  return devices.map(({ app, device }) => registrationKey(app, REALTIME, realtimeTokenHash(atRest, app, device)));
}
