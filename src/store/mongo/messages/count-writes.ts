import { createHash } from 'node:crypto';
import type { MessageClass } from '../../../domain/message.js';
import { COUNTED_ENDS, HOUR_MS } from '../../../domain/stats.js';
import type { EpochMs } from '../../../domain/time.js';
import { type CountPart, SHIFTS, STATS } from '../documents/counts.js';
import { takenOver } from '../engine/call.js';
import { type CollectionSpec, op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';
import { duplicatesOf } from '../engine/mongo-errors.js';
import { readEach } from '../writing/change.js';
import { insertNew } from '../writing/insert-new.js';

/** A number that is added to what messages count, and to the hours in which they were accepted. */
export interface CountStep {
  readonly app: string;
  readonly message: string;
  readonly class: MessageClass;
  /** When the message was accepted. */
  readonly acceptedAt: EpochMs;
  readonly provider: string | null;
  readonly platform: string | null;
  /**
   * `state`, `reason` and `reached` move what the message counts; `reached` and ends count in its hour as well. `reaction` moves
   * the message alone, `hour` counts in the hour alone.
   */
  readonly kind: 'state' | 'reason' | 'reached' | 'reaction' | 'hour';
  readonly name: string;
  readonly n: number;
}

/** Whose numbers they are. */
export interface CountOwner {
  /** The process that makes the call `o`. */
  readonly part: string;
  readonly o: string;
  /** The one document whose numbers they are, where somebody else does what the call left behind; else all of the call. */
  readonly leftIn?: string;
}

/** Stands for "no provider" in a path. */
export const NO_PROVIDER = '~';

interface Addition {
  readonly spec: CollectionSpec<CountPart>;
  readonly id: string;
  readonly born: object;
  /** By path. */
  readonly n: Map<string, number>;
}

/** Counts of which it is remembered what is to be forgotten in them. */
const REMEMBERED_MAX = 10_000;
/** Calls that one count forgets at once. */
const FORGOTTEN_MAX = 200;

export interface CountWriter {
  /**
   * Adds numbers, each once: a count remembers for which calls it was added to. What somebody stands in for is added document
   * by document, and not at all where the call had come so far itself.
   *
   * @returns false where somebody stands in for this call already: the rest is theirs
   */
  add(owner: CountOwner, steps: readonly CountStep[]): Promise<boolean>;
  /** Nobody can repeat this call any more: with the next number that is added its counts forget it. */
  forget(o: string): void;
}

export function createCountWriter(db: Database): CountWriter {
  const touched = new Map<string, readonly string[]>();
  const forgettable = new Map<string, string[]>();

  /** @returns ids of those that somebody else has added already, or begun to */
  async function addTo(
    spec: CollectionSpec<CountPart>,
    additions: readonly Addition[],
    o: string,
    isOwn: boolean,
  ): Promise<ReadonlyMap<string, CountPart>> {
    if (additions.length === 0) return new Map();
    const model = db.of(spec);
    const key = keyOf(o);
    const { adds, addedAt, ...named } = spec === STATS ? aged(o) : {};
    const places = [seenAt(key), seenAt(takenOver(key))];
    const absent = Object.fromEntries(places.map((place) => [place, op({ $exists: false })]));
    const updates = additions.map(({ id, born, n }) => {
      const over = isOwn ? (forgettable.get(id)?.splice(0, FORGOTTEN_MAX) ?? []) : [];
      const update = {
        $inc: { ...(isOwn ? Object.fromEntries(n) : {}), ...(adds === undefined ? {} : { adds }) },
        ...(addedAt === undefined ? {} : { $max: { addedAt } }),
        $set: { [seenAt(isOwn ? key : takenOver(key))]: 1 },
        ...(over.length === 0 ? {} : { $unset: Object.fromEntries(over.map((each) => [seenAt(each), 1])) }),
        $setOnInsert: { ...born, ...named },
      };
      return { updateOne: { filter: { _id: id, ...absent }, update, upsert: true } };
    });
    const refused = await db
      .run(() => model.bulkWrite(updates as never, { ordered: false }).then((): readonly number[] => []))
      .catch((error: unknown): readonly number[] => {
        // The guard refused it, so that a new one was tried; or two made it at once.
        const taken = duplicatesOf(error);
        if (taken === undefined) throw error;
        return taken;
      });
    const left = refused.flatMap((place) => additions[place] ?? []);
    if (left.length === 0) return new Map();
    const ids = left.map(({ id }) => id);
    const found = new Map((await readEach<CountPart>(db, model, ids)).map((each) => [each._id, each]));
    const isSeen = (id: string) => {
      const seen = found.get(id)?.seen ?? {};
      return seen[key] !== undefined || seen[takenOver(key)] !== undefined;
    };
    const again = left.filter(({ id }) => !isSeen(id));
    const known = new Map([...found].filter(([id]) => isSeen(id)));
    return new Map([...known, ...(await addTo(spec, again, o, isOwn))]);
  }

  async function addOwn({ part, o }: CountOwner, steps: readonly CountStep[]): Promise<boolean> {
    const key = keyOf(o);
    const additions = additionsOf(part, steps);
    const known = await Promise.all(
      SPECS.map((spec) =>
        addTo(
          spec,
          additions.filter((addition) => addition.spec === spec),
          o,
          true,
        ),
      ),
    );
    touched.set(
      o,
      additions.map(({ id }) => id),
    );
    return known.every((each) => [...each.values()].every(({ seen }) => seen[key] !== undefined));
  }

  /** First the call is kept from doing it itself; what it has not done then is a count of its own. */
  async function standIn({ part, o }: CountOwner, leftIn: string, steps: readonly CountStep[]): Promise<void> {
    const key = keyOf(o);
    const mark = markOf(o, leftIn);
    const additions = additionsOf(part, steps);
    const places = new Map(additionsOf(mark, steps).map((addition, i) => [additions[i]?.id, addition]));
    for (const spec of SPECS) {
      const these = additions.filter((addition) => addition.spec === spec);
      const known = await addTo(spec, these, o, false);
      const undone = these.filter(({ id }) => known.get(id)?.seen[key] === undefined).map(({ id }) => id);
      const apart = undone.flatMap((id) => places.get(id) ?? []);
      await insertApart(db, spec, apart, mark);
    }
  }

  return {
    async add(owner, steps) {
      if (owner.leftIn === undefined) return addOwn(owner, steps);
      await standIn(owner, owner.leftIn, steps);
      return true;
    },

    forget(o) {
      const key = keyOf(o);
      for (const id of touched.get(o) ?? []) {
        const keys = forgettable.get(id) ?? [];
        forgettable.delete(id);
        forgettable.set(id, [...keys, key]);
      }
      touched.delete(o);
      // What is dropped stays remembered in the counts: it is little, and harms nobody.
      for (const memory of [touched, forgettable]) {
        for (const id of memory.keys()) {
          if (memory.size <= REMEMBERED_MAX) break;
          memory.delete(id);
        }
      }
    },
  };
}

const SPECS: readonly CollectionSpec<CountPart>[] = [SHIFTS, STATS];

/** Adds numbers under a name that nobody else has, once: they are a count of their own. */
export async function addApart(db: Database, name: string, steps: readonly CountStep[]): Promise<void> {
  const additions = additionsOf(name, steps);
  for (const spec of SPECS) {
    const these = additions.filter((addition) => addition.spec === spec);
    await insertApart(db, spec, these, name);
  }
}

async function insertApart(
  db: Database,
  spec: CollectionSpec<CountPart>,
  additions: readonly Addition[],
  name: string,
): Promise<void> {
  const more = spec === STATS ? aged(name) : {};
  const documents = additions.map(({ id, born, n }) => ({ _id: id, ...born, ...more, seen: {}, ...nested(n) }));
  await insertNew<CountPart>(db, db.of(spec), documents as unknown as readonly CountPart[]);
}

/** What hours remember so that they can be brought together; the name of their life is part of a path. */
function aged(name: string) {
  return { isApart: true, life: name.replaceAll('.', '~'), adds: 1, addedAt: Date.now() } as const;
}

/** Of paths and numbers the object that an update with these paths would make. */
function nested(paths: ReadonlyMap<string, number>): object {
  const root: Record<string, unknown> = {};
  for (const [path, n] of paths) {
    const names = path.split('.');
    let place = root;
    for (const name of names.slice(0, -1)) {
      place[name] ??= {};
      place = place[name] as Record<string, unknown>; // made here
    }
    place[names.at(-1) ?? ''] = n;
  }
  return root;
}

/** Under which a count remembers a call: a count is of one process. */
function keyOf(o: string): string {
  return o.slice(o.lastIndexOf('.') + 1);
}

function seenAt(key: string): string {
  return `seen.${key}`;
}

/** A short name of the document whose share of a call somebody stands in for. */
export function markOf(o: string, id: string): string {
  return `${o}#${createHash('sha256').update(id).digest('base64url').slice(0, 12)}`;
}

/** In an order that only the steps decide. */
function additionsOf(part: string, steps: readonly CountStep[]): Addition[] {
  const additions = new Map<string, Addition>();
  const add = (spec: CollectionSpec<CountPart>, id: string, born: object, path: string, n: number) => {
    const key = `${spec.name} ${id}`;
    const addition = additions.get(key) ?? { spec, id, born, n: new Map() };
    additions.set(key, addition);
    addition.n.set(path, (addition.n.get(path) ?? 0) + n);
  };
  for (const step of steps) {
    const { app, message, kind, name, n } = step;
    if (kind !== 'hour') {
      const path = `n.${step.provider ?? NO_PROVIDER}.${kind}.${name}`;
      add(SHIFTS, `${message}|${part}`, { part, message }, path, n);
    }
    if (!countsInHour(step)) continue;
    const hour = step.acceptedAt - (step.acceptedAt % HOUR_MS);
    const place = { app, hour, class: step.class, provider: step.provider ?? '', platform: step.platform ?? '' };
    const id = [app, hour, place.class, place.provider, place.platform, part].join('|');
    add(STATS, id, { ...place, part }, `n.${name}`, n);
  }
  for (const [key, { n }] of additions) {
    for (const [path, sum] of n) if (sum === 0) n.delete(path);
    if (n.size === 0) additions.delete(key);
  }
  return [...additions.values()];
}

/** States that are counted hour by hour as such; the others are counted by how far deliveries came. */
function countsInHour({ kind, name }: CountStep): boolean {
  return kind === 'reached' || kind === 'hour' || (kind === 'state' && COUNTED_ENDS.some((end) => end === name));
}
