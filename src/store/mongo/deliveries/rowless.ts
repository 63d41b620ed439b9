import type { Track } from '../../../domain/accepted-message.js';
import { type Effect, ERASED_USER } from '../../../domain/chunk.js';
import {
  type DeliveryName,
  findRemembered,
  type OpenedChunk,
  openChunk,
  type RowlessDelivery,
} from '../../shared/rowless-delivery.js';
import { unkeptPepper } from '../../shared/unkept-memory.js';
import { RECORDS } from '../chunks/chunk-advance.js';
import { usersOf } from '../devices/device-lookup.js';
import { CHUNKS, type ChunkDoc } from '../documents/chunks.js';
import { MESSAGES } from '../documents/messages.js';
import { bytesOf } from '../engine/bytes.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';
import type { Owed } from '../writing/outbox.js';
import type { News } from './record-deliveries.js';

/** Deliveries whose chunks are looked up by one command: each may lie in one of 500 targets. */
const NAMES_MAX = 100;
/** Looks at chunks that change between two; a target moves on that often at most while we look. */
const LOOKS_MAX = 4;

export interface Rowless extends RowlessDelivery {
  readonly app: string;
  readonly track: Track;
}

interface Covering extends OpenedChunk {
  readonly id: string;
  readonly rev: number;
  readonly firstKey: string;
  readonly lastKey: string;
}

/**
 * Deliveries that have no record, among these: those that wait in an open chunk or between two, and those that were sent
 * without a record. They may be recorded while this is read, and afterwards: see `record-receipts.ts`. One whose record its
 * chunk owes still waits.
 */
export async function findRowless(ground: Ground, names: readonly DeliveryName[]): Promise<Rowless[]> {
  const found: Rowless[] = [];
  for (let from = 0; from < names.length; from += NAMES_MAX) {
    found.push(...(await findSome(ground, names.slice(from, from + NAMES_MAX))));
  }
  return found;
}

async function findSome(ground: Ground, names: readonly DeliveryName[]): Promise<Rowless[]> {
  const messages = await readMessages(ground, names);
  const known = names.filter(({ app, message }) => messages.get(message)?.app === app);
  let left: readonly DeliveryName[] = known;
  let users: ReadonlyMap<string, string | null> | undefined;
  const found: Rowless[] = [];
  let seen = '';
  for (let looks = 0; looks < LOOKS_MAX && left.length > 0; looks++) {
    const chunks = await readCovering(ground, left);
    // Whoever is found in none may just have moved from one to another. Not so if nothing has changed since the last look.
    const now = chunks.map(({ id, rev }) => `${id} ${rev}`).join('\n');
    if (looks > 0 && now === seen) break;
    seen = now;
    users ??= await usersFor(
      ground,
      left.filter(({ message }) => messages.get(message)?.track !== 'all'),
    );
    const here = find(ground, left, chunks, messages, users);
    found.push(...here);
    const names = new Set(here.map(({ message, key }) => `${message}|${key}`));
    left = left.filter(({ message, key }) => !names.has(`${message}|${key}`));
    if (chunks.length === 0) break;
  }
  return found;
}

interface Facts {
  readonly app: string;
  readonly queuedAt: number;
  readonly track: Track;
}

/** Of messages whose deliveries retention has not ended. */
async function readMessages({ db }: Ground, names: readonly DeliveryName[]): Promise<ReadonlyMap<string, Facts>> {
  const ids = [...new Set(names.map(({ message }) => message))];
  const found = await db.run(() =>
    db
      .of(MESSAGES)
      .find({ _id: op({ $in: ids }), deliveriesSwept: false })
      .select({ app: 1, createdAt: 1, terms: 1 })
      .lean(),
  );
  return new Map(
    found.map(({ _id, app, createdAt, terms }) => {
      const { track } = JSON.parse(terms) as { track: Track }; // written by `accept`
      return [_id, { app, queuedAt: createdAt, track }];
    }),
  );
}

async function readCovering({ db, atRest }: Ground, names: readonly DeliveryName[]): Promise<readonly Covering[]> {
  const messages = [...new Set(names.map(({ message }) => message))];
  const ranges = names.map(({ message, key }) => ({
    message,
    firstKey: op({ $lte: key }),
    lastKey: op({ $gte: key }),
  }));
  const found = await db.run(() =>
    db
      .of(CHUNKS)
      .find({ message: op({ $in: messages }), $or: ranges } as never)
      .select(SEEN)
      .sort({ _id: 1 })
      .lean(),
  );
  return found.map((chunk) => toCovering(chunk, { atRest }));
}

const SEEN = {
  ...{ rev: 1, message: 1, firstKey: 1, lastKey: 1, provider: 1, platform: 1, isDone: 1 },
  ...{ targets: 1, progress: 1, effects: 1, unkept: 1, out: 1 },
} as const;

function toCovering(chunk: ChunkDoc, { atRest }: Pick<Ground, 'atRest'>): Covering {
  const { _id: id, rev, message, firstKey, lastKey, isDone, targets, progress } = chunk;
  const stored = {
    ...{ message, isDone, targets, progress },
    provider: chunk.provider ?? null,
    platform: chunk.platform ?? null,
    effects: chunk.effects === undefined ? [] : (JSON.parse(chunk.effects) as readonly Effect[]), // written by `advance`
    unkept: bytesOf(chunk.unkept),
  };
  const opened = openChunk(stored, atRest);
  const waiting = new Map([...unrecordedIn(chunk), ...opened.waiting]);
  return { ...opened, waiting, id, rev, firstKey, lastKey };
}

/** Targets whose records the chunk owes: they wait for these. */
function unrecordedIn({ out = [] }: ChunkDoc): [key: string, user: string | null][] {
  return out.flatMap(({ j }) => {
    const { work } = JSON.parse(j) as Owed; // written by `Outbox.pending`
    if (work?.kind !== RECORDS) return [];
    const { kept } = work.what as unknown as News; // written by `advance`
    return kept.map(({ key, user }): [string, string | null] => [key, user]);
  });
}

/** Whose the devices are now, keyed `<app>|<device>`, where no name says whose they were. */
async function usersFor({ db }: Ground, names: readonly DeliveryName[]): Promise<ReadonlyMap<string, string | null>> {
  const devices = new Map<string, string[]>();
  for (const { app, key, user } of names) {
    if (user === undefined) devices.set(app, [...(devices.get(app) ?? []), key]);
  }
  const users = new Map<string, string | null>();
  for (const [app, keys] of devices) {
    for (const [device, user] of await usersOf(db, app, keys)) users.set(`${app}|${device}`, user);
  }
  return users;
}

function find(
  { atRest }: Ground,
  names: readonly DeliveryName[],
  chunks: readonly Covering[],
  messages: ReadonlyMap<string, Facts>,
  users: ReadonlyMap<string, string | null>,
): Rowless[] {
  const pepper = unkeptPepper(atRest);
  return names.flatMap(({ app, message, key, user: former }): Rowless[] => {
    const facts = messages.get(message);
    if (facts === undefined) return [];
    const { queuedAt, track } = facts;
    const base = { app, message, key, queuedAt, track };
    const covering = chunks.filter((c) => c.message === message && c.firstKey <= key && key <= c.lastKey);
    for (const { waiting, provider, platform } of covering) {
      const user = waiting.get(key);
      if (user !== undefined)
        return user === ERASED_USER ? [] : [{ ...base, user, provider, platform, state: 'queued' }];
    }
    const user = former === undefined ? users.get(`${app}|${key}`) : former;
    if (user === undefined) return [];
    const remembered = findRemembered(covering, pepper, { message, key, user });
    return remembered === undefined ? [] : [{ ...base, user, ...remembered }];
  });
}
