import { type Audience, type AudienceMember, reaches } from '../../../domain/audience.js';
import { isSelective } from '../../shared/audience-kinds.js';
import { grouped } from '../../shared/grouped.js';
import { readDevices } from '../devices/device-reads.js';
import { deviceKey } from '../documents/devices.js';
import type { UserDoc } from '../documents/users.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';
import { CANDIDATE_KEYS, type CandidateDoc, toCandidate } from './audience-candidates.js';
import { readMembers, toMembers } from './audience-members.js';
import { readInOrder } from './audience-windows.js';

interface Query {
  readonly app: string;
  readonly audience: Audience;
}

/** Devices that users of an app have, in one command; where there are more, each audience is asked for by itself. */
const TOGETHER_MAX = 5_000;
const NO_USERS: ReadonlyMap<string, UserDoc> = new Map();

/** The first members of several audiences, those of names alone in a few commands together: at most `limit + 1` each. */
export async function readMembersOf(
  db: Database,
  queries: readonly Query[],
  limit: number,
): Promise<(readonly AudienceMember[])[]> {
  const named = queries.filter(({ audience }) => !audience.everyone && !isSelective(audience));
  const [byDevice, byUser] = await Promise.all([readNamed(db, named), readTheirs(db, named)]);
  const meant = new Map<Query, readonly CandidateDoc[]>();
  for (const query of named) {
    const { app, audience } = query;
    const theirs = audience.users.map((user) => byUser.get(app)?.get(user));
    if (audience.users.length > 0 && !byUser.has(app)) continue;
    const all = [
      ...theirs.flatMap((some) => some ?? []),
      ...audience.devices.flatMap((id) => byDevice.get(deviceKey(app, id)) ?? []),
    ];
    const unique = new Map(all.map((device) => [device.device, device]));
    const sorted = [...unique.values()].sort((a, b) => (a.device < b.device ? -1 : 1));
    const members = sorted.filter((device) => reaches(audience, toCandidate(device, NO_USERS, [])));
    meant.set(query, members.slice(0, limit + 1));
  }
  const devices = new Map([...meant.values()].flat().map((device) => [device._id, device]));
  const members = new Map(
    (await toMembers(db, [...devices.values()], {})).map((member, n) => [[...devices.keys()][n], member]),
  );
  return Promise.all(
    queries.map((query) => {
      const found = meant.get(query);
      if (found !== undefined) return found.flatMap(({ _id }) => members.get(_id) ?? []);
      return readMembers(db, query.app, query.audience, { limit: limit + 1, after: '' });
    }),
  );
}

/** Devices that are named, by `_id`. */
async function readNamed(db: Database, queries: readonly Query[]): Promise<ReadonlyMap<string, CandidateDoc>> {
  const ids = queries.flatMap(({ app, audience }) => audience.devices.map((id) => deviceKey(app, id)));
  const found = await readDevices(db, ids, CANDIDATE_KEYS);
  return new Map(found.map((device) => [device._id, device]));
}

/** Devices of users that are named, by app and user; an app whose users have too many is left out. */
async function readTheirs(
  db: Database,
  queries: readonly Query[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, readonly CandidateDoc[]>>> {
  const apps = grouped(queries, ({ app }) => app);
  const found = new Map<string, ReadonlyMap<string, readonly CandidateDoc[]>>();
  await Promise.all(
    [...apps].map(async ([app, these]) => {
      const users = [...new Set(these.flatMap(({ audience }) => audience.users))];
      if (users.length === 0) return;
      const theirs = await readInOrder(db, { app, user: op({ $in: users }) }, TOGETHER_MAX);
      if (theirs.length < TOGETHER_MAX)
        found.set(
          app,
          grouped(theirs, ({ user = '' }) => user),
        );
    }),
  );
  return found;
}
