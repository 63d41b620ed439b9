import { type Audience, type AudienceMember, reaches } from '../../../domain/audience.js';
import type { EpochMs } from '../../../domain/time.js';
import { isSelective } from '../../shared/audience-kinds.js';
import { asksForUser } from '../../shared/filter-asks.js';
import { fieldsOf } from '../devices/device-docs.js';
import { readDevices } from '../devices/device-reads.js';
import type { Database } from '../engine/database.js';
import { withLive } from '../registrations/registration-reads.js';
import { alertProviders, CANDIDATE_KEYS, type CandidateDoc, readUsersOf, toCandidate } from './audience-candidates.js';
import { readWindow } from './audience-windows.js';
import { countDevices } from './device-count.js';

/** Candidates that one command looks through, at most: where few of many are members, others come to their turn in between. */
const WINDOW_MAX = 2_000;
/** And at least, where not each of them is a member. */
const WINDOW_MIN = 100;

interface MembersPage {
  readonly limit: number;
  readonly after: string;
  readonly createdBefore?: EpochMs;
}

/** One page of an audience, in device order. */
export async function readMembers(
  db: Database,
  app: string,
  audience: Audience,
  { limit, after, createdBefore }: MembersPage,
): Promise<AudienceMember[]> {
  const members: AudienceMember[] = [];
  for await (const devices of meantWindows(db, app, audience, { limit, after, createdBefore })) {
    members.push(...(await toMembers(db, devices, audience)));
    if (members.length >= limit) break;
  }
  return members.slice(0, limit);
}

/** Counts an audience, but never past `cap + 1`. */
export async function countMembers(db: Database, app: string, audience: Audience, cap: number): Promise<number> {
  if (isWholeApp(audience)) return countDevices(db, app, cap);
  let count = 0;
  const page = { limit: Math.min(cap + 1, WINDOW_MAX), after: '', createdBefore: undefined };
  for await (const devices of meantWindows(db, app, audience, page)) {
    count += audience.onlyProviders === undefined ? devices.length : (await toMembers(db, devices, audience)).length;
    if (count > cap) break;
  }
  return Math.min(count, cap + 1);
}

/** Whether it means all devices, whatever they are. */
function isWholeApp(audience: Audience): boolean {
  const { everyone, onlyPlatforms, exceptUsers, exceptDevices } = audience;
  const isWhole = onlyPlatforms === undefined && exceptUsers.length + exceptDevices.length === 0;
  return everyone && isWhole && !isSelective(audience);
}

/**
 * Window after window of candidates, and of each those that the audience means, but for `onlyProviders`. The first is as large as
 * what is asked for; where that did not do, the next ones are larger.
 */
async function* meantWindows(
  db: Database,
  app: string,
  audience: Audience,
  page: { readonly limit: number; readonly after: string; readonly createdBefore: EpochMs | undefined },
): AsyncGenerator<readonly CandidateDoc[]> {
  const least = isSelective(audience) ? WINDOW_MIN : 1;
  let size = Math.min(WINDOW_MAX, Math.max(page.limit, least));
  for (let after: string | undefined = page.after; after !== undefined; size = Math.min(WINDOW_MAX, size * 4)) {
    const { devices, next } = await readWindow(db, app, audience, after, size);
    const meant = await meantOf(db, audience, devices, page.createdBefore);
    if (meant.length > 0) yield meant;
    after = next;
  }
}

async function meantOf(
  db: Database,
  audience: Audience,
  devices: readonly CandidateDoc[],
  before: EpochMs = Infinity,
): Promise<readonly CandidateDoc[]> {
  const { onlyProviders: _, exceptTopics = [], ...rest } = audience;
  const asks = asksForUser(audience.filter) || asksForUser(audience.onlyFilter);
  const users = await readUsersOf(db, asks ? devices : []);
  return devices.filter(
    (device) =>
      device.createdAt < before &&
      // Whoever wants to hear no more of a topic is believed at any time.
      !exceptTopics.some((topic) => device.topics.includes(topic)) &&
      reaches(rest, toCandidate(device, users, [], before)),
  );
}

/** Members with their roads; those that none of `onlyProviders` reaches are left out. */
export async function toMembers(
  db: Database,
  devices: readonly CandidateDoc[],
  { onlyProviders }: Pick<Audience, 'onlyProviders'>,
): Promise<readonly AudienceMember[]> {
  const read = (ids: readonly string[]) => readDevices(db, ids, CANDIDATE_KEYS);
  const { devices: there, live } = await withLive(db, devices, read);
  return there.flatMap((device) => {
    const all = alertProviders(live.get(device._id));
    const providers = onlyProviders === undefined ? all : all.filter((name) => onlyProviders.includes(name));
    if (onlyProviders !== undefined && providers.length === 0) return [];
    const { manufacturer } = fieldsOf(device);
    return {
      device: device.device,
      user: device.user ?? null,
      platform: device.platform,
      ...(manufacturer === undefined ? {} : { manufacturer }),
      providers,
    };
  });
}
