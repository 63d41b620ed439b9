import type { EpochMs } from '../../../domain/time.js';
import type { DeviceChange, DeviceChangeResult } from '../../../ports/device-store.js';
import { keysOfChange } from '../../shared/device-changes.js';
import { grouped } from '../../shared/grouped.js';
import { roundsOf } from '../../shared/rounds.js';
import { DEVICES, type DeviceDoc, deviceKey } from '../documents/devices.js';
import { REGISTRATIONS, type RegistrationDoc, registrationKey } from '../documents/registrations.js';
import type { Wanted } from '../events/event-writer.js';
import { type Ground, together } from '../ground.js';
import { isLive, keyOfListed, listedIn } from '../registrations/listed-registrations.js';
import { readOwned, readRegistrations } from '../registrations/registration-reads.js';
import { type Made, makeOrChangeEach } from '../writing/make-or-change.js';
import type { Owed } from '../writing/outbox.js';
import { toDevice } from './device-docs.js';
import { type DeviceDraft, draftDevice, updateTo } from './device-draft.js';
import { type DeviceDuties, doDuties, dutiesWork } from './device-duties.js';
import { deviceTelling } from './device-events.js';
import { finishRemoval } from './device-removal.js';

/** See `DeviceStore.change`. No device and no push token stands twice in a round. */
export async function changeDevices(
  ground: Ground,
  changes: readonly DeviceChange[],
  now: EpochMs,
): Promise<DeviceChangeResult[]> {
  const wanted = await ground.events.wanted(changes.map(({ app }) => app));
  const results = new Array<DeviceChangeResult>(changes.length);
  for (const places of roundsOf(changes, keysOfChange)) {
    const round = places.flatMap((place) => changes[place] ?? []);
    const keys = round.flatMap(keysOfChange);
    const written = await ground.turns.take(keys, () => changeRound(ground, round, wanted, now));
    for (const [n, place] of places.entries()) results[place] = written[n] ?? { kind: 'missing' };
  }
  return results;
}

/** What is known of registrations before devices are written. */
interface Known {
  readonly byId: ReadonlyMap<string, RegistrationDoc>;
  /** By the device's `_id`. */
  readonly owned: ReadonlyMap<string, readonly RegistrationDoc[]>;
}

/** A device as it is written, with what follows from it. */
interface Written {
  readonly draft: Extract<DeviceDraft, { kind: 'created' | 'updated' }>;
  readonly duties: DeviceDuties;
  readonly owed: Owed;
  readonly owned: readonly RegistrationDoc[];
}

async function changeRound(
  ground: Ground,
  round: readonly DeviceChange[],
  wanted: Wanted,
  now: EpochMs,
): Promise<readonly DeviceChangeResult[]> {
  const { db, outbox, atRest } = ground;
  const call = outbox.begin();
  const byId = new Map(round.map((change) => [deviceKey(change.app, change.id), change]));
  const refused = new Map<string, DeviceChangeResult>();
  const written = new Map<string, Written>();
  const first = new Map<string, RegistrationDoc>();

  const prepare = async (found: readonly DeviceDoc[]) => {
    await finishRemoval(
      ground,
      found.filter(({ removedAt }) => removedAt > 0),
      now,
    );
    const known = await lookUp(ground, found, byId.values());
    for (const [id, one] of known.byId) first.set(id, one);

    const draft = (id: string, document: DeviceDoc | undefined): Written | undefined => {
      written.delete(id);
      refused.delete(id);
      const change = byId.get(id);
      if (change === undefined) return undefined;
      const before = document?.removedAt === 0 ? document : undefined;
      const owned = before === undefined ? [] : (known.owned.get(id) ?? []);
      const at = { now, by: call.o, atRest, life: (document?.life ?? 0) + 1 };
      const drafted = draftDevice(before, change, at, (listed) =>
        before === undefined ? false : isLive(listed, before, known.byId.get(keyOfListed(change.app, listed))),
      );
      if (!('body' in drafted)) {
        refused.set(id, drafted);
        return undefined;
      }
      const listed = new Set(drafted.list.map((one) => keyOfListed(change.app, one)));
      const duties: DeviceDuties = {
        owner: id,
        app: change.app,
        life: drafted.body.life,
        named: drafted.named.map(({ token: _, ...one }) => one),
        unlisted: owned.filter(({ _id, retiredAt }) => retiredAt === 0 && !listed.has(_id)),
        isOtherUser: drafted.isOtherUser,
      };
      const type = drafted.kind === 'created' ? 'device.registered' : 'device.updated';
      const events = drafted.isChanged ? deviceTelling(wanted, type, change.app, change.id) : [];
      const work = dutiesWork(duties);
      const owed: Owed = { events, ...(work === undefined ? {} : { work }) };
      const result = { draft: drafted, duties, owed, owned };
      written.set(id, result);
      return result;
    };

    return {
      decide(document: DeviceDoc) {
        const next = draft(document._id, document);
        if (next === undefined) return undefined;
        return { ...updateTo(document, next.draft.body), out: outbox.pending(call, next.owed, now) };
      },
      make(id: string): Made<DeviceDoc> | undefined {
        const next = draft(id, undefined);
        if (next === undefined) return undefined;
        return { fields: next.draft.body, out: outbox.pending(call, next.owed, now) };
      },
    };
  };

  await makeOrChangeEach(db, db.of(DEVICES), [...byId.keys()], call, prepare);
  const told = new Set([...written].flatMap(([id, { owed }]) => (owed.events?.length ? [id] : [])));
  const claimed = await doDuties(
    ground,
    call,
    [...written.values()].map(({ duties }) => duties),
    { wanted, now, told, first },
  );
  const owing = [...written].filter(([, { owed }]) => owed.work !== undefined || owed.events?.length);
  const debtors = [
    { spec: DEVICES, ids: owing.map(([id]) => id) },
    { spec: REGISTRATIONS, ids: claimed.ids },
  ];
  const shares = together([...[...written.values()].map(({ owed }) => owed), { events: claimed.events }]);
  await outbox.settle(call, debtors, shares, now);

  return round.map(({ app, id }) => {
    const one = written.get(deviceKey(app, id));
    if (one === undefined) return refused.get(deviceKey(app, id)) ?? { kind: 'missing' };
    const { kind, body, list, named } = one.draft;
    const renewed = new Set(named.map((each) => keyOfListed(app, each)));
    const owned = one.owned.filter(({ _id }) => !renewed.has(_id));
    return { kind, device: toDevice(body, list, owned) };
  });
}

/** Registrations that devices have or list, and those that changes name. */
async function lookUp({ db }: Ground, found: readonly DeviceDoc[], changes: Iterable<DeviceChange>): Promise<Known> {
  const all = await readOwned(
    db,
    found.map(({ _id }) => _id),
  );
  const owned = grouped(all, ({ owner }) => owner);
  const byId = new Map(all.map((one) => [one._id, one]));
  const named = [...changes].flatMap(({ app, registrations }) =>
    registrations.flatMap(({ provider, tokenHash }) =>
      tokenHash === undefined ? [] : [registrationKey(app, provider, tokenHash)],
    ),
  );
  const listed = found.flatMap((device) => listedIn(device).map((one) => keyOfListed(device.app, one)));
  const unknown = [...named, ...listed].filter((id) => !byId.has(id));
  for (const [id, one] of await readRegistrations(db, unknown)) byId.set(id, one);
  return { byId, owned };
}
