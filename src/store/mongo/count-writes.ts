import { createHash } from 'node:crypto';
import type { MessageClass } from '../../domain/message.js';
import { COUNTED_ENDS, HOUR_MS } from '../../domain/stats.js';
import type { EpochMs } from '../../domain/time.js';
import { readEach } from './change.js';
import { type CountPart, SEEN_KEPT, SHIFTS, STATS } from './documents/counts.js';
import { takenOver } from './engine/call.js';
import { type CollectionSpec, op } from './engine/collection.js';
import type { Database } from './engine/database.js';
import { duplicatesOf } from './engine/mongo-errors.js';

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
  readonly n: Map<string, number>;
}

/**
 * Adds numbers, each once: a count remembers for which calls it was added to. What somebody stands in for is added document by
 * document, and not at all where the call had come so far itself.
 *
 * @returns false where somebody stands in for this call already: the rest is theirs
 */
export async function addCounts(db: Database, owner: CountOwner, steps: readonly CountStep[]): Promise<boolean> {
  const additions = [...additionsOf(owner.part, steps).values()];
  const own = await Promise.all(
    [SHIFTS, STATS].map((spec: CollectionSpec<CountPart>) => {
      const these = additions.filter((addition) => addition.spec.name === spec.name);
      return addTo(db, spec, these, owner);
    }),
  );
  return own.every((isOwn) => isOwn);
}

async function addTo(
  db: Database,
  spec: CollectionSpec<CountPart>,
  additions: readonly Addition[],
  { o, leftIn }: CountOwner,
): Promise<boolean> {
  if (additions.length === 0) return true;
  const model = db.of(spec);
  const mark = leftIn === undefined ? o : markOf(o, leftIn);
  const unless = leftIn === undefined ? [o, takenOver(o)] : [o, mark];
  const push = leftIn === undefined ? [o] : [takenOver(o), mark];
  const updates = additions.map(({ id, born, n }) => ({
    updateOne: {
      filter: { _id: id, seen: op({ $nin: unless }) },
      update: {
        $inc: Object.fromEntries(n),
        $push: { seen: { $each: push, $slice: -SEEN_KEPT } },
        $setOnInsert: born,
      },
      upsert: true,
    },
  }));
  const refused = await db
    .run(() => model.bulkWrite(updates as never, { ordered: false }).then((): readonly string[] => []))
    .catch((error: unknown): readonly string[] => {
      // The guard refused it, so that a new one was tried; or two made it at once.
      const places = duplicatesOf(error);
      if (places === undefined) throw error;
      return places.flatMap((place) => {
        const id = additions[place]?.id;
        return id === undefined ? [] : [id];
      });
    });
  if (refused.length === 0) return true;
  const found = new Map<string, CountPart>((await readEach(db, model, refused)).map((each) => [each._id, each]));
  const isSeen = (id: string, name: string) => found.get(id)?.seen.includes(name) === true;
  if (leftIn === undefined && refused.some((id) => !isSeen(id, o) && isSeen(id, takenOver(o)))) return false;
  const again = additions.filter(({ id }) => refused.includes(id) && !unless.some((name) => isSeen(id, name)));
  return again.length === 0 || addTo(db, spec, again, { part: '', o, ...(leftIn === undefined ? {} : { leftIn }) });
}

/** A short name of the document whose share of a call somebody stands in for. */
export function markOf(o: string, id: string): string {
  return `${o}#${createHash('sha256').update(id).digest('base64url').slice(0, 12)}`;
}

function additionsOf(part: string, steps: readonly CountStep[]): Map<string, Addition> {
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
  return additions;
}

/** States that are counted hour by hour as such; the others are counted by how far deliveries came. */
function countsInHour({ kind, name }: CountStep): boolean {
  return kind === 'reached' || kind === 'hour' || (kind === 'state' && COUNTED_ENDS.some((end) => end === name));
}
