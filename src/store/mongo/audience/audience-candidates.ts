import type { AudienceCandidate } from '../../../domain/audience.js';
import { ALERT_PURPOSE } from '../../../domain/device.js';
import type { EpochMs } from '../../../domain/time.js';
import { attributesOf, fieldsOf } from '../devices/device-docs.js';
import { newestFirst } from '../devices/device-reads.js';
import type { DeviceDoc } from '../documents/devices.js';
import { USERS, type UserDoc, userKey } from '../documents/users.js';
import type { Database } from '../engine/database.js';
import { toSaid } from '../people/user-docs.js';
import type { ListedRegistration } from '../registrations/listed-registrations.js';
import { readEach } from '../writing/change.js';

/** What is read of a device to know all that an audience can ask. */
export const CANDIDATE_KEYS = [
  ...['app', 'device', 'user', 'platform', 'fields', 'attributes', 'tags', 'topics', 'topicsAt'],
  ...['registrations', 'out', 'createdAt', 'lastSeenAt', 'removedAt'],
] as readonly CandidateKey[]; // Spelt in two lines.

type CandidateKey =
  | ('app' | 'device' | 'user' | 'platform' | 'fields' | 'attributes' | 'tags' | 'topics' | 'topicsAt')
  | ('registrations' | 'out' | 'createdAt' | 'lastSeenAt' | 'removedAt');

export type CandidateDoc = Pick<DeviceDoc, CandidateKey | '_id'>;

/** What was said of the users of devices, by `_id`. */
export async function readUsersOf(
  db: Database,
  devices: readonly Pick<DeviceDoc, 'app' | 'user'>[],
): Promise<ReadonlyMap<string, UserDoc>> {
  const ids = new Set(devices.flatMap(({ app, user }) => (user === undefined ? [] : [userKey(app, user)])));
  const found = await readEach(db, db.of(USERS), [...ids]);
  return new Map(found.map((user) => [user._id, user]));
}

/** @param before subscriptions of then or later are not counted */
export function toCandidate(
  device: CandidateDoc,
  users: ReadonlyMap<string, UserDoc>,
  providers: readonly string[],
  before = Infinity,
): AudienceCandidate {
  const { app, user } = device;
  const record = user === undefined ? undefined : users.get(userKey(app, user));
  return {
    id: device.device,
    providers,
    device: {
      user: user ?? null,
      platform: device.platform,
      ...fieldsOf(device),
      attributes: attributesOf(device),
      tags: device.tags,
      topics: topicsBefore(device, before),
    },
    ...(record === undefined ? {} : { user: toSaid(record) }),
  };
}

function topicsBefore({ topics, topicsAt }: Pick<DeviceDoc, 'topics' | 'topicsAt'>, before: EpochMs) {
  return before === Infinity ? topics : topics.filter((_, place) => (topicsAt[place] ?? 0) < before);
}

/** Providers of live registrations for alerts, newest first. */
export function alertProviders(live: readonly ListedRegistration[] | undefined): readonly string[] {
  const alerts = (live ?? []).filter(({ purpose }) => purpose === ALERT_PURPOSE);
  return [...new Set(alerts.sort(newestFirst).map(({ provider }) => provider))];
}
