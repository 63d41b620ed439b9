import { type Attributes, type Excess, excessOf } from '../../../domain/attributes.js';
import type { EpochMs } from '../../../domain/time.js';
import type { UserChange, UserChangeResult, UserStore } from '../../../ports/user-store.js';
import { grouped } from '../../shared/grouped.js';
import { roundsOf } from '../../shared/rounds.js';
import { changedAttributes, changedNames, changedValues } from '../devices/changed-names.js';
import { DEVICES } from '../documents/devices.js';
import { USERS, type UserDoc, userKey } from '../documents/users.js';
import type { Database } from '../engine/database.js';
import type { Ground } from '../ground.js';
import { type Made, makeOrChangeEach } from '../writing/make-or-change.js';
import { toUser } from './user-docs.js';

type UserBody = Omit<UserDoc, '_id' | 'rev' | 'w' | 'out'>;

export function createUserStore(ground: Ground): UserStore {
  const { db } = ground;
  return {
    async change(changes, now) {
      const results = new Array<UserChangeResult>(changes.length);
      for (const places of roundsOf(changes, ({ app, id }) => [userKey(app, id)])) {
        const round = places.flatMap((place) => changes[place] ?? []);
        const written = await changeRound(ground, round, now);
        for (const [n, place] of places.entries()) {
          const result = written[n];
          if (result !== undefined) results[place] = result;
        }
      }
      return results;
    },

    async get(app, id) {
      const [record, devices] = await Promise.all([
        db.run(() => db.of(USERS).findById(userKey(app, id)).lean()),
        countDevices(db, app, [id]),
      ]);
      const count = devices.get(id) ?? 0;
      if (record !== null) return toUser(record, count);
      if (count === 0) return undefined;
      return { app, id, attributes: {}, tags: [], devices: count, createdAt: null, updatedAt: null };
    },
  };
}

async function changeRound(
  ground: Ground,
  round: readonly UserChange[],
  now: EpochMs,
): Promise<readonly UserChangeResult[]> {
  const { db, outbox, turns } = ground;
  const call = outbox.begin();
  const byId = new Map(round.map((change) => [userKey(change.app, change.id), change]));
  const bodies = new Map<string, UserBody>();
  const refused = new Map<string, Excess>();

  const draft = (id: string, before: UserDoc | undefined): UserBody | undefined => {
    refused.delete(id);
    bodies.delete(id);
    const change = byId.get(id);
    if (change === undefined) return undefined;
    const drafted = draftUser(before, change, now);
    if ('max' in drafted) {
      refused.set(id, drafted);
      return undefined;
    }
    bodies.set(id, drafted);
    return drafted;
  };
  const plan = {
    decide(before: UserDoc) {
      const body = draft(before._id, before);
      if (body === undefined) return undefined;
      const unset = OPTIONAL.filter((key) => body[key] === undefined && before[key] !== undefined);
      return { set: body, unset };
    },
    make(id: string): Made<UserDoc> | undefined {
      const body = draft(id, undefined);
      return body === undefined ? undefined : { fields: body };
    },
  };
  const { made } = await turns.take(byId.keys(), () =>
    makeOrChangeEach(db, db.of(USERS), [...byId.keys()], call, () => plan),
  );
  const counts = await countDevicesOf(db, round);
  return round.map(({ app, id }) => {
    const key = userKey(app, id);
    const body = bodies.get(key);
    if (body !== undefined) {
      return { kind: made.has(key) ? 'created' : 'updated', user: toUser(body, counts.get(key) ?? 0) };
    }
    const excess = refused.get(key);
    if (excess === undefined) throw new Error('a user was neither written nor refused');
    return { kind: 'too_many', excess };
  });
}

const OPTIONAL = ['locale', 'timezone', 'consent'] as const;

function draftUser(before: UserDoc | undefined, change: UserChange, now: EpochMs): UserBody | Excess {
  const former = before === undefined ? {} : (JSON.parse(before.attributes) as Attributes);
  const attributes = changedAttributes(former, change.attributes);
  const tags = changedNames(before?.tags ?? [], change.tags);
  const excess = excessOf({ attributes, tags });
  if (excess !== undefined) return excess;
  const { consent, ...texts } = change.fields;
  const said = {
    ...texts,
    ...(consent ? { consent: JSON.stringify(consent) } : 'consent' in change.fields ? { consent: null } : {}),
  };
  const { locale, timezone, consent: kept } = before ?? {};
  const known = changedValues<{ locale?: string; timezone?: string; consent?: string }>(
    {
      ...(locale === undefined ? {} : { locale }),
      ...(timezone === undefined ? {} : { timezone }),
      ...(kept === undefined ? {} : { consent: kept }),
    },
    said,
  );
  return {
    app: change.app,
    user: change.id,
    attributes: JSON.stringify(attributes),
    tags,
    ...known,
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
  };
}

/** How many devices users have, by `_id` of the user. */
async function countDevicesOf(
  db: Database,
  users: readonly { readonly app: string; readonly id: string }[],
): Promise<ReadonlyMap<string, number>> {
  const byApp = grouped(users, ({ app }) => app);
  const counts = new Map<string, number>();
  for (const [app, these] of byApp) {
    const found = await countDevices(
      db,
      app,
      these.map(({ id }) => id),
    );
    for (const [user, n] of found) counts.set(userKey(app, user), n);
  }
  return counts;
}

async function countDevices(db: Database, app: string, users: readonly string[]): Promise<ReadonlyMap<string, number>> {
  // A device that was removed has no user.
  const found = await db.run(() =>
    db
      .of(DEVICES)
      .aggregate<{ _id: string; n: number }>([
        { $match: { app, user: { $in: [...users] } } },
        { $group: { _id: '$user', n: { $sum: 1 } } },
      ]),
  );
  return new Map(found.map(({ _id, n }) => [_id, n]));
}

/** Removes what was said of a user. @returns false where nothing was */
export async function removeUserRecord({ db }: Ground, app: string, user: string): Promise<boolean> {
  const { deletedCount } = await db.run(() => db.of(USERS).deleteOne({ _id: userKey(app, user) }));
  return deletedCount > 0;
}
