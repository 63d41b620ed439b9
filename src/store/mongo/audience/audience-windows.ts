import type { Audience } from '../../../domain/audience.js';
import { scansAll } from '../../shared/audience-kinds.js';
import { isThere, selection } from '../devices/device-reads.js';
import { DEVICES, deviceKey, devicesAfter } from '../documents/devices.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';
import { CANDIDATE_KEYS, type CandidateDoc } from './audience-candidates.js';

/** Candidates of an audience, in device order. */
export interface Window {
  readonly devices: readonly CandidateDoc[];
  /** Where the next one begins; absent where there is none. */
  readonly next?: string;
}

/**
 * The next candidates behind a device, `size` at most: all devices, or those that the indexes of users, ids and topics lead to.
 * Each question is one range of one index.
 */
export async function readWindow(
  db: Database,
  app: string,
  audience: Audience,
  after: string,
  size: number,
): Promise<Window> {
  const behind = devicesAfter(app, after);
  const ask = (filter: object, limit = size) => readInOrder(db, filter, limit);
  if (scansAll(audience)) return windowOf([await ask({ _id: behind })], size);
  const { users, devices, topics = [] } = audience;
  const ids = [...new Set(devices)].filter((id) => id > after).map((id) => deviceKey(app, id));
  const asked: Promise<readonly CandidateDoc[]>[] = [];
  if (users.length > 0) asked.push(ask({ app, user: op({ $in: [...users] }), _id: behind }));
  if (topics.length > 0) asked.push(ask({ app, topics: op({ $in: [...topics] }), _id: behind }));
  if (ids.length > 0) asked.push(ask({ _id: op({ $in: ids }) }, ids.length));
  return windowOf(await Promise.all(asked), size);
}

/** Of each list the first are there, and if it is shorter than `size` all. */
function windowOf(lists: readonly (readonly CandidateDoc[])[], size: number): Window {
  const all = new Map(lists.flat().map((device) => [device.device, device]));
  const sorted = lists.length === 1 ? [...all.values()] : [...all.values()].sort(byId);
  const devices = sorted.slice(0, size);
  const last = devices.at(-1);
  const isWhole = sorted.length <= size && lists.every((list) => list.length < size);
  const there = devices.filter(isThere);
  return isWhole || last === undefined ? { devices: there } : { devices: there, next: last.device };
}

function byId(a: CandidateDoc, b: CandidateDoc): number {
  return a.device < b.device ? -1 : a.device > b.device ? 1 : 0;
}

/** Devices in the order of their ids, also those that were removed, with all that an audience can ask of them. */
export async function readInOrder(db: Database, filter: object, limit: number): Promise<readonly CandidateDoc[]> {
  const found = await db.run(() =>
    db
      .of(DEVICES)
      .find(filter as never)
      .select(selection(CANDIDATE_KEYS))
      .sort({ _id: 1 })
      .limit(limit)
      .lean(),
  );
  return found as unknown as readonly CandidateDoc[];
}
