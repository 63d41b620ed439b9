import { TOPICS_MAX } from '../../../domain/attributes.js';
import type { EpochMs } from '../../../domain/time.js';
import type { SubscribeResult, Subscribers, TopicStore } from '../../../ports/topic-store.js';
import { decodeCursor, pageOf } from '../../shared/cursor.js';
import { deviceTelling } from '../devices/device-events.js';
import { isThere, selection } from '../devices/device-reads.js';
import { DEVICES, type DeviceDoc, deviceKey, devicesAfter } from '../documents/devices.js';
import { USERS, userKey } from '../documents/users.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';
import { type Ground, together } from '../ground.js';
import { changeEach, readEach } from '../writing/change.js';

export function createTopicStore(ground: Ground): TopicStore {
  const { db } = ground;
  return {
    async subscribers(app, topic, page) {
      const after = decodeCursor('subscribers', page.cursor) ?? '';
      const found = await db.run(() =>
        db
          .of(DEVICES)
          .find({ app, topics: topic, _id: devicesAfter(app, after) } as never)
          .select(selection(['device', 'user', 'topics', 'topicsAt']))
          .sort({ _id: 1 })
          .limit(page.limit + 1)
          .lean(),
      );
      const { items, ...rest } = pageOf('subscribers', found, page.limit, ({ device }) => device);
      const subscribedAt = ({ topics, topicsAt }: Topics) => topicsAt[topics.indexOf(topic)] ?? 0;
      return {
        ...rest,
        items: items.map((one) => ({
          device: one.device,
          user: one.user ?? null,
          subscribedAt: subscribedAt(one),
        })),
      };
    },

    subscribe: (app, topic, who, now) => subscribeAll(ground, app, topic, who, now),

    async unsubscribe(app, topic, who, now) {
      const meant = await readMeant(db, app, who);
      const theirs = meant.filter(({ topics }) => topics.includes(topic));
      const ended = await changeTopics(ground, app, theirs, now, (device) =>
        device.topics.includes(topic) ? without(device, topic) : undefined,
      );
      return ended.length;
    },
  };
}

type Topics = Pick<DeviceDoc, 'topics' | 'topicsAt'>;
type Meant = Pick<DeviceDoc, '_id' | 'device' | 'user' | 'topics'>;

async function subscribeAll(
  ground: Ground,
  app: string,
  topic: string,
  who: Subscribers,
  now: EpochMs,
): Promise<SubscribeResult> {
  const meant = await readMeant(ground.db, app, who);
  const tooMany = (device: string) => ({ kind: 'too_many', device, max: TOPICS_MAX }) as const;
  const full = meant.filter((device) => isFull(device, topic)).map(({ device }) => device);
  const [first] = full.sort();
  if (first !== undefined) return tooMany(first);
  const unknown = await unknownOf(ground.db, app, who, meant);

  const late: string[] = [];
  const open = meant.filter(({ topics }) => !topics.includes(topic));
  const added = await changeTopics(ground, app, open, now, (device) => {
    if (device.topics.includes(topic)) return undefined;
    if (!isFull(device, topic)) return withTopic(device, topic, now);
    late.push(device.device);
    return undefined;
  });
  const [filled] = late.sort();
  if (filled === undefined) return { kind: 'subscribed', added: added.length, unknown };
  // It was filled in between: of the others nobody is to be subscribed either.
  await changeTopics(ground, app, added, now, (device) => {
    const place = device.topics.indexOf(topic);
    return place >= 0 && device.topicsAt[place] === now ? without(device, topic) : undefined;
  });
  return tooMany(filled);
}

function isFull({ topics }: Pick<DeviceDoc, 'topics'>, topic: string): boolean {
  return topics.length >= TOPICS_MAX && !topics.includes(topic);
}

function withTopic({ topics, topicsAt }: Topics, topic: string, now: EpochMs): Topics {
  const at = topics.findIndex((other) => other > topic);
  const place = at < 0 ? topics.length : at;
  return { topics: topics.toSpliced(place, 0, topic), topicsAt: topicsAt.toSpliced(place, 0, now) };
}

function without({ topics, topicsAt }: Topics, topic: string): Topics {
  const place = topics.indexOf(topic);
  return { topics: topics.toSpliced(place, 1), topicsAt: topicsAt.toSpliced(place, 1) };
}

/** Devices that are named, and all that the users have who are. */
async function readMeant(db: Database, app: string, { devices, users }: Subscribers): Promise<readonly Meant[]> {
  const read = async (filter: object) => {
    const keys = selection(['device', 'user', 'topics', 'removedAt']);
    const found = await db.run(() =>
      db
        .of(DEVICES)
        .find(filter as never)
        .select(keys)
        .lean(),
    );
    return (found as unknown as readonly (Meant & Pick<DeviceDoc, 'removedAt'>)[]).filter(isThere);
  };
  const ids = [...new Set(devices)].map((id) => deviceKey(app, id));
  const found = await Promise.all([
    ids.length === 0 ? [] : read({ _id: op({ $in: ids }) }),
    users.length === 0 ? [] : read({ app, user: op({ $in: [...users] }) }),
  ]);
  return [...new Map(found.flat().map((device) => [device._id, device])).values()];
}

async function unknownOf(
  db: Database,
  app: string,
  { devices, users }: Subscribers,
  meant: readonly Meant[],
): Promise<Subscribers> {
  const [ids, owners] = [new Set(meant.map(({ device }) => device)), new Set(meant.map(({ user }) => user))];
  const unseen = [...new Set(users)].filter((user) => !owners.has(user));
  const records = await readEach(
    db,
    db.of(USERS),
    unseen.map((user) => userKey(app, user)),
  );
  const recorded = new Set(records.map(({ user }) => user));
  return {
    devices: [...new Set(devices)].filter((id) => !ids.has(id)),
    users: unseen.filter((user) => !recorded.has(user)),
  };
}

/** Changes topics of devices, each by itself, and tells of it. @returns those that were changed */
async function changeTopics(
  { db, events, outbox, turns }: Ground,
  app: string,
  devices: readonly Pick<Meant, '_id'>[],
  now: EpochMs,
  decide: (device: DeviceDoc) => Topics | undefined,
): Promise<readonly Pick<Meant, '_id'>[]> {
  if (devices.length === 0) return [];
  const call = outbox.begin();
  const wanted = await events.wanted([app]);
  const ids = devices.map(({ _id }) => _id);
  const owedBy = ({ device }: DeviceDoc) => ({ events: deviceTelling(wanted, 'device.updated', app, device) });
  const decideOn = (device: DeviceDoc) => {
    const set = device.removedAt > 0 ? undefined : decide(device);
    return set === undefined ? undefined : { set, out: outbox.pending(call, owedBy(device), now) };
  };
  const changed = await turns.take(
    ids.map((id) => `d|${id}`),
    () => changeEach(db, db.of(DEVICES), ids, call, () => decideOn),
  );
  const debtors = wanted(app, 'device.updated') ? [{ spec: DEVICES, ids: [...changed.keys()] }] : [];
  await outbox.settle(call, debtors, together([...changed.values()].map(owedBy)), now);
  return [...changed.values()];
}
