import type { EpochMs } from '../../../domain/time.js';
import type { NotificationsWord } from '../../../ports/address-store.js';
import { fieldsOf } from '../devices/device-docs.js';
import { deviceTelling } from '../devices/device-events.js';
import { DEVICES, type DeviceDoc } from '../documents/devices.js';
import { registrationKey } from '../documents/registrations.js';
import type { Ground } from '../ground.js';
import { together } from '../ground.js';
import { changeEach } from '../writing/change.js';
import type { Owed } from '../writing/outbox.js';
import { readRegistrations } from './registration-reads.js';

/** See `AddressStore.notifications`. */
export async function noteNotifications(
  ground: Ground,
  these: readonly NotificationsWord[],
  now: EpochMs,
): Promise<number> {
  if (these.length === 0) return 0;
  const { db, events, outbox, turns } = ground;
  const newest = await newestWords(ground, these);
  const call = outbox.begin();
  const wanted = await events.wanted(these.map(({ app }) => app));
  const owed = new Map<string, Owed>();
  const decide = (device: DeviceDoc) => {
    owed.delete(device._id);
    const word = newest.get(device._id);
    if (word === undefined || device.removedAt > 0 || (device.notificationsAt ?? -Infinity) >= word.at)
      return undefined;
    const fields = fieldsOf(device);
    if (fields.notifications === word.state) return { set: { notificationsAt: word.at } };
    const owes: Owed = { events: deviceTelling(wanted, 'device.updated', device.app, device.device) };
    owed.set(device._id, owes);
    return {
      set: {
        fields: JSON.stringify({ ...fields, notifications: word.state }),
        notificationsAt: word.at,
        updatedAt: now,
      },
      out: outbox.pending(call, owes, now),
    };
  };
  const ids = [...newest.keys()];
  const changed = await turns.take(
    ids.map((id) => `d|${id}`),
    () => changeEach(db, db.of(DEVICES), ids, call, () => decide),
  );
  const differing = [...owed].filter(([id]) => changed.has(id));
  const owing = differing.filter(([, { events: told = [] }]) => told.length > 0).map(([id]) => id);
  await outbox.settle(call, [{ spec: DEVICES, ids: owing }], together(differing.map(([, owes]) => owes)), now);
  return differing.length;
}

/** The newest word on each device (`_id`) whose live registrations these are. */
async function newestWords(
  { db }: Ground,
  these: readonly NotificationsWord[],
): Promise<ReadonlyMap<string, NotificationsWord>> {
  const keyOf = ({ app, provider, tokenHash }: NotificationsWord) => registrationKey(app, provider, tokenHash);
  const known = await readRegistrations(db, these.map(keyOf));
  const newest = new Map<string, NotificationsWord>();
  for (const word of these) {
    const registration = known.get(keyOf(word));
    if (registration === undefined || registration.retiredAt > 0) continue;
    const before = newest.get(registration.owner);
    // Of two words of one moment everybody takes the same.
    const isNewer = before === undefined || word.at > before.at || (word.at === before.at && word.state < before.state);
    if (isNewer) newest.set(registration.owner, word);
  }
  return newest;
}
