import type { AudienceCandidate } from '../../../domain/audience.js';
import type { EpochMs } from '../../../domain/time.js';
import type { DeviceStore } from '../../../ports/device-store.js';
import { grouped } from '../../shared/grouped.js';
import {
  alertProviders,
  CANDIDATE_KEYS,
  type CandidateDoc,
  readUsersOf,
  toCandidate,
} from '../audience/audience-candidates.js';
import { DEVICES } from '../documents/devices.js';
import { registrationKey } from '../documents/registrations.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';
import { keyOfListed } from '../registrations/listed-registrations.js';
import { readLive, readRegistrations } from '../registrations/registration-reads.js';
import { readDevices, selection } from './device-reads.js';

/** Devices of one user that are looked at, by id. */
const OF_USER_MAX = 1_000;
/** Devices of several users in one command; where there are more, each user is asked for alone. */
const TOGETHER_MAX = 5_000;

/** See `DeviceStore.holders`. */
export async function readHolders(
  db: Database,
  tokens: Parameters<DeviceStore['holders']>[0],
): Promise<ReadonlyMap<string, AudienceCandidate>> {
  const ids = tokens.map(({ app, provider, tokenHash }) => registrationKey(app, provider, tokenHash));
  const known = await readRegistrations(db, ids);
  const owners = new Set([...known.values()].flatMap(({ owner, retiredAt }) => (retiredAt > 0 ? [] : [owner])));
  const devices = await readDevices(db, owners, CANDIDATE_KEYS);
  const [live, users] = await Promise.all([readLive(db, devices), readUsersOf(db, devices)]);
  return new Map(
    devices.flatMap((device) => {
      const theirs = live.get(device._id) ?? [];
      const candidate = toCandidate(device, users, alertProviders(theirs));
      const keys = theirs.map((one) => keyOfListed(device.app, one)).filter((key) => known.has(key));
      return keys.map((key) => [key, candidate] as const);
    }),
  );
}

/** See `DeviceStore.ofUsers`. */
export async function readOfUsers(
  db: Database,
  app: string,
  users: readonly string[],
  createdBefore: EpochMs,
): Promise<(AudienceCandidate & { readonly lastSeenAt?: EpochMs })[]> {
  const devices = await devicesOf(db, app, [...new Set(users)], { createdAt: op({ $lt: createdBefore }) });
  const [live, records] = await Promise.all([readLive(db, devices), readUsersOf(db, devices)]);
  return devices.map((device) => ({
    ...toCandidate(device, records, alertProviders(live.get(device._id)), createdBefore),
    lastSeenAt: device.lastSeenAt,
  }));
}

/** Of each user the first devices by id. */
async function devicesOf(
  db: Database,
  app: string,
  users: readonly string[],
  narrowed: object,
): Promise<readonly CandidateDoc[]> {
  if (users.length === 0) return [];
  const read = async (named: readonly string[], limit: number) => {
    const filter = { app, user: op({ $in: [...named] }), ...narrowed };
    const found = await db.run(() =>
      db
        .of(DEVICES)
        .find(filter as never)
        .select(selection(CANDIDATE_KEYS))
        .sort({ user: 1, _id: 1 })
        .limit(limit)
        .lean(),
    );
    return found as unknown as readonly CandidateDoc[];
  };
  const together = await read(users, TOGETHER_MAX);
  if (together.length < TOGETHER_MAX) {
    return [...grouped(together, ({ user = '' }) => user).values()].flatMap((theirs) => theirs.slice(0, OF_USER_MAX));
  }
  const all: CandidateDoc[] = [];
  for (const user of users) all.push(...(await read([user], OF_USER_MAX)));
  return all;
}
