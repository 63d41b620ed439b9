import { randomBytes } from 'node:crypto';
import { EVENT_TYPES, type EventType } from '../../../domain/event.js';
import type { JsonObject } from '../../../domain/json.js';
import type { EpochMs } from '../../../domain/time.js';
import { blockId, EVENT_BLOCKS, EVENT_HEADS, EVENT_INTEREST, type EventBlockDoc } from '../documents/events.js';
import { type Call, takenOver } from '../engine/call.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';
import { isDuplicateKey } from '../engine/mongo-errors.js';
import { markOf } from '../messages/count-writes.js';
import { type LastWord, type LastWords, lookAgain } from './last-words.js';
import { readLogEnd } from './log-ends.js';
import type { Telling } from './telling.js';

/** Events of one type that share what is common. */
export interface StoredBlock {
  readonly type: EventType;
  readonly at: EpochMs;
  readonly common: JsonObject;
  readonly entries: readonly JsonObject[];
}

/** Events in one block, which is read whole. */
export const BLOCK_EVENTS_MAX = 500;
/** Events of calls that are written together. */
const TOGETHER_MAX = 2_000;
/**
 * A call that is younger than this when it learns its place cannot have been stood in for before: others wait for twice as long
 * (`outbox.ts`). Whoever stands in afterwards takes that place, and the call finds it taken.
 */
const CERTAINLY_OWN_MS = 5_000;
/** A free number is looked up again after this: whoever took it meanwhile may have been swept since, long after. */
const FRESH_MS = 60_000;

/** Which types endpoints of these apps want now. */
export type Wanted = (app: string, type: EventType) => boolean;

/** Told; left to somebody who stands in for the call; or a last word that cannot be said yet. */
export type Answer = 'told' | 'theirs' | 'not yet';

interface Waiting {
  readonly call: Call;
  /** The one document whose events they are, where somebody stands in. */
  readonly leftIn?: string | undefined;
  readonly at: EpochMs;
  /** Of a last word there are none until its place is known. */
  readonly blocks: readonly StoredBlock[];
  readonly last?: LastWord;
  done(answer: Answer): void;
  failed(error: unknown): void;
}

/**
 * The logs of apps. A log is a chain: each document takes the number that follows the one before it, and where two take the
 * same, one of them finds it taken and looks again. So numbers have no holes, and whoever reads up to the end misses nothing.
 * A document holds all events of a call for an app, so that they are told together or not at all.
 */
export interface EventWriter {
  wanted(apps: Iterable<string>): Promise<Wanted>;
  /**
   * Tells what is wanted already, in the order of EVENT_TYPES and of the list; once for each call.
   *
   * @param leftIn the one document whose events they are, where somebody stands in for the call
   * @returns false where somebody stands in for this call already: the rest is theirs
   */
  write(call: Call, tellings: readonly Telling[], at: EpochMs, leftIn?: string): Promise<boolean>;
  /** Tells what can be said only once its place is known, in a call of its own. Parameters are as of {@link write}. */
  writeLast(call: Call, last: LastWord, at: EpochMs, leftIn?: string): Promise<Answer>;
}

export function createEventWriter(db: Database): EventWriter {
  const blocks = db.of(EVENT_BLOCKS);
  const heads = db.of(EVENT_HEADS);
  const interest = db.of(EVENT_INTEREST);
  /** The number that was free when it was last looked, and when that was. */
  const free = new Map<string, { readonly seq: number; readonly since: number }>();
  const queues = new Map<string, Waiting[]>();

  async function readFree(app: string): Promise<number> {
    const end = await readLogEnd(db, app);
    if (end > 0) return end + 1;
    const made = { _id: app, last: 0, mark: randomBytes(6).toString('hex') };
    await db
      .run(() => heads.create([made]))
      .catch((error: unknown) => {
        if (!isDuplicateKey(error)) throw error;
      });
    return 1;
  }

  /** Those whose events are not told yet. The others are answered. */
  async function untold(app: string, these: readonly Waiting[]): Promise<Waiting[]> {
    const names = these.flatMap(({ call: { o } }) => [o, takenOver(o)]);
    const marks = these.flatMap(({ call: { o }, leftIn }) => (leftIn === undefined ? [] : [markOf(o, leftIn)]));
    const found = await db.run(() =>
      blocks
        .find({ app, o: op({ $in: [...names, ...marks] }) })
        .select({ o: 1 })
        .lean(),
    );
    const told = new Set(found.flatMap(({ o }) => o));
    return these.filter(({ call: { o }, leftIn, done }) => {
      if (told.has(o) || (leftIn !== undefined && told.has(markOf(o, leftIn)))) {
        done('told');
        return false;
      }
      if (leftIn === undefined && told.has(takenOver(o))) {
        done('theirs');
        return false;
      }
      return true;
    });
  }

  async function append(app: string, together: readonly Waiting[]): Promise<void> {
    let these = [...together];
    let said: LastWords = new Map();
    for (let isSure = true; these.length > 0; ) {
      const known = free.get(app);
      const isFresh = known !== undefined && performance.now() - known.since < FRESH_MS;
      const seq = isFresh ? known.seq : await readFree(app);
      const now = performance.now();
      const isDoubtful = ({ call, leftIn }: Waiting) => leftIn !== undefined || now - call.since > CERTAINLY_OWN_MS;
      if (!isSure || these.some(isDoubtful)) these = await untold(app, these);
      said = await lookAgain(
        db,
        app,
        seq,
        these.flatMap(({ last }) => last ?? []),
        said,
      );
      these = these.filter(({ last, done }) => {
        if (last === undefined || said.get(last)?.telling !== undefined) return true;
        done('not yet');
        return false;
      });
      if (these.length === 0) return;
      const stored = these.flatMap(({ blocks: known, last, at }) => {
        const telling = last === undefined ? undefined : said.get(last)?.telling;
        return telling === undefined ? known : blocksOf([telling], at);
      });
      const n = stored.reduce((sum, { entries }) => sum + entries.length, 0);
      const document: EventBlockDoc = {
        _id: blockId(app, seq),
        app,
        seq,
        n,
        types: [...new Set(stored.map(({ type }) => type))],
        at: Math.max(...stored.map(({ at }) => at)),
        blocks: JSON.stringify(stored),
        o: these.flatMap(({ call: { o }, leftIn }) => (leftIn === undefined ? [o] : [takenOver(o), markOf(o, leftIn)])),
      };
      try {
        await db.run(() => blocks.create([document]));
      } catch (error) {
        free.delete(app);
        if (!isDuplicateKey(error)) throw error;
        isSure = false;
        continue;
      }
      free.set(app, { seq: seq + n, since: performance.now() });
      for (const { done } of these) done('told');
      return;
    }
  }

  async function drain(app: string, queue: Waiting[]): Promise<void> {
    while (queue.length > 0) {
      let events = 0;
      let count = 0;
      for (const { blocks: more, last } of queue) {
        const next = events + more.reduce((sum, { entries }) => sum + entries.length, last === undefined ? 0 : 1);
        if (count > 0 && next > TOGETHER_MAX) break;
        events = next;
        count++;
      }
      const together = queue.slice(0, count);
      await append(app, together).catch((error: unknown) => {
        for (const { failed } of together) failed(error);
      });
      queue.splice(0, count);
    }
    queues.delete(app);
  }

  function enqueue(app: string, told: Omit<Waiting, 'done' | 'failed'>): Promise<Answer> {
    return new Promise((done, failed) => {
      const queue = queues.get(app);
      const waiting = { ...told, done, failed };
      if (queue !== undefined) {
        queue.push(waiting);
        return;
      }
      const started = [waiting];
      queues.set(app, started);
      void drain(app, started);
    });
  }

  return {
    async wanted(apps) {
      const ids = [...new Set(apps)];
      if (ids.length === 0) return () => false;
      const found = await db.run(() => interest.find({ _id: op({ $in: ids }) }).lean());
      const types = new Map(found.map(({ _id, types: of }) => [_id, new Set(of)]));
      return (app, type) => types.get(app)?.has(type) === true;
    },

    async write(call, tellings, at, leftIn) {
      const ofApps = new Map<string, Telling[]>();
      for (const telling of tellings) ofApps.set(telling.app, [...(ofApps.get(telling.app) ?? []), telling]);
      const answers = await Promise.all(
        [...ofApps].map(([app, these]) => enqueue(app, { call, at, leftIn, blocks: blocksOf(these, at) })),
      );
      return !answers.includes('theirs');
    },

    writeLast: (call, last, at, leftIn) => enqueue(last.app, { call, at, leftIn, last, blocks: [] }),
  };
}

/** In the order of EVENT_TYPES; what shares type and `common` is one block. */
export function blocksOf(tellings: readonly Telling[], at: EpochMs): readonly StoredBlock[] {
  const groups = new Map<string, { type: EventType; common: JsonObject; entries: JsonObject[] }>();
  for (const { type, common, entry } of tellings) {
    const key = `${type} ${JSON.stringify(common)}`;
    const group = groups.get(key) ?? { type, common, entries: [] };
    groups.set(key, group);
    group.entries.push(entry);
  }
  return [...groups.values()]
    .sort((a, b) => EVENT_TYPES.indexOf(a.type) - EVENT_TYPES.indexOf(b.type))
    .flatMap(({ type, common, entries }) =>
      Array.from({ length: Math.ceil(entries.length / BLOCK_EVENTS_MAX) }, (_, part) => ({
        type,
        at,
        common,
        entries: entries.slice(part * BLOCK_EVENTS_MAX, (part + 1) * BLOCK_EVENTS_MAX),
      })),
    );
}
