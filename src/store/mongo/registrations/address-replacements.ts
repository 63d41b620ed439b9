import type { EpochMs } from '../../../domain/time.js';
import type { Replaced, Replacement } from '../../../ports/address-store.js';
import { tokenPlace } from '../../shared/device-changes.js';
import { grouped } from '../../shared/grouped.js';
import { roundsOf } from '../../shared/rounds.js';
import { deviceTelling } from '../devices/device-events.js';
import { DEVICES, type DeviceDoc } from '../documents/devices.js';
import { type RegistrationDoc, registrationKey } from '../documents/registrations.js';
import type { Wanted } from '../events/event-writer.js';
import { type Ground, together } from '../ground.js';
import { changeEach } from '../writing/change.js';
import type { Owed } from '../writing/outbox.js';
import { isLive, keyOfListed, type ListedRegistration, listedIn } from './listed-registrations.js';
import { type Exchange, exchange, exchangeWork } from './registration-exchange.js';
import { readRegistrations } from './registration-reads.js';

/** See `AddressStore.replace`. No push token stands twice in a round. */
export async function replaceAddresses(
  ground: Ground,
  these: readonly Replacement[],
  now: EpochMs,
): Promise<readonly Replaced[]> {
  const wanted = await ground.events.wanted(these.map(({ app }) => app));
  const results = new Array<Replaced>(these.length);
  for (const places of roundsOf(these, keysOf)) {
    const round = places.flatMap((place) => these[place] ?? []);
    const turn = round.flatMap(keysOf).map((key) => `t|${key}`);
    const written = await ground.turns.take(turn, () => replaceRound(ground, round, wanted, now));
    for (const [n, place] of places.entries()) results[place] = written[n] ?? 'kept';
  }
  return results;
}

function keysOf({ app, provider, tokenHash, to }: Replacement): readonly string[] {
  return [tokenHash, to.tokenHash].map((hash) => registrationKey(app, provider, hash));
}

async function replaceRound(
  ground: Ground,
  round: readonly Replacement[],
  wanted: Wanted,
  now: EpochMs,
): Promise<readonly Replaced[]> {
  const { db, outbox } = ground;
  const call = outbox.begin();
  const before = await readRegistrations(db, round.flatMap(keysOf));
  const results = new Map<Replacement, Replaced>(round.map((one) => [one, 'kept']));
  const ownerOf = (one: Replacement) => before.get(keysOf(one)[0] ?? '')?.owner;
  const byOwner = grouped(
    round.filter((one) => ownerOf(one) !== undefined),
    (one) => ownerOf(one) ?? '',
  );
  const done = new Map<string, { readonly exchanges: readonly Exchange[]; readonly owed: Owed }>();

  const prepare = async () => {
    const known = await readRegistrations(db, round.flatMap(keysOf));
    return (device: DeviceDoc) => {
      done.delete(device._id);
      let list = listedIn(device);
      const exchanges: Exchange[] = [];
      for (const one of byOwner.get(device._id) ?? []) {
        const [result, next] = replaceIn(ground, device, list, one, known, { now, by: call.o });
        results.set(one, result);
        if (next === undefined) continue;
        list = next;
        const { app, provider, tokenHash, to } = one;
        const { _id: owner, life } = device;
        exchanges.push({ owner, life, app, provider, from: tokenHash, to: to.tokenHash });
      }
      if (exchanges.length === 0) return undefined;
      const owed: Owed = {
        events: deviceTelling(wanted, 'device.updated', device.app, device.device),
        work: exchangeWork(exchanges),
      };
      done.set(device._id, { exchanges, owed });
      return { set: { registrations: JSON.stringify(list) }, out: outbox.pending(call, owed, now) };
    };
  };
  const changed = await changeEach(db, db.of(DEVICES), [...byOwner.keys()], call, prepare);
  const written = [...done].filter(([id]) => changed.has(id));
  await exchange(
    ground,
    call,
    written.flatMap(([, { exchanges }]) => exchanges),
    now,
  );
  const debtors = [{ spec: DEVICES, ids: written.map(([id]) => id) }];
  await outbox.settle(call, debtors, together(written.map(([, { owed }]) => owed)), now);
  return round.map((one) => results.get(one) ?? 'kept');
}

/** @returns what becomes of it, and what the device lists from now on if that is another */
function replaceIn(
  { atRest }: Ground,
  device: DeviceDoc,
  list: readonly ListedRegistration[],
  { app, provider, tokenHash, to, asOf }: Replacement,
  known: ReadonlyMap<string, RegistrationDoc>,
  at: { readonly now: EpochMs; readonly by: string },
): readonly [Replaced, (readonly ListedRegistration[])?] {
  if (device.removedAt > 0 || tokenHash === to.tokenHash) return ['kept'];
  const find = (hash: string) =>
    list.find(
      (one) =>
        one.provider === provider && one.tokenHash === hash && isLive(one, device, known.get(keyOfListed(app, one))),
    );
  const old = find(tokenHash);
  // Another send to the old one was told the same.
  if (old === undefined) return [find(to.tokenHash) === undefined ? 'kept' : 'replaced'];
  if (old.confirmedAt > asOf) return ['kept'];
  if (known.get(registrationKey(app, provider, to.tokenHash))?.retiredAt === 0) return ['taken'];
  const place = tokenPlace(app, provider, to.tokenHash);
  const next: ListedRegistration = {
    ...old,
    tokenHash: to.tokenHash,
    token: atRest.seal(to.token, place).toString('base64'),
    registeredAt: at.now,
    confirmedAt: at.now,
    by: at.by,
  };
  return ['replaced', [...list.filter((one) => one !== old && one.tokenHash !== to.tokenHash), next]];
}
