import { upstreamId } from '../../shared/seal-places.js';
import { UPSTREAM_HEADS, UPSTREAM_ITEMS, type UpstreamItemDoc, upstreamItemId } from '../documents/upstream.js';
import { op } from '../engine/collection.js';
import { isDuplicateKey } from '../engine/mongo-errors.js';
import type { Ground } from '../ground.js';
import { upsertEach } from '../writing/upsert-each.js';

/** A message that was taken, before it has its place. */
export type UnplacedItem = Omit<UpstreamItemDoc, '_id' | 'position'>;

/** Messages of one command. */
const BULK_MAX = 500;
/** How long a position is taken for free without a look; what stands there until then has not been swept. */
const FREE_KNOWN_MS = 60_000;

/**
 * The messages of apps in one order each. It is a chain: each takes the position behind the last one, and where two take
 * the same, one of them finds it taken and looks again. So there are no holes, and whoever reads up to the end misses nothing.
 * Events are told by position, whoever has placed the messages: a name of each event's own keeps it from being told twice.
 */
export interface UpstreamLog {
  /**
   * Places messages of one app, in order, each once, and tells of them.
   *
   * @param isFirst nobody else can have begun to place these
   */
  add(app: string, items: readonly UnplacedItem[], isFirst: boolean): Promise<void>;
}

export function createUpstreamLog({ db, events }: Ground): UpstreamLog {
  const items = db.of(UPSTREAM_ITEMS);
  const heads = db.of(UPSTREAM_HEADS);
  /** The position that was free when it was last looked. */
  const free = new Map<string, { readonly position: number; readonly since: number }>();
  /** Up to there this process knows that everything was told. */
  const told = new Map<string, number>();
  /** Adds to an app follow each other. */
  const queues = new Map<string, Promise<void>>();

  function freeNow(app: string): number | undefined {
    const known = free.get(app);
    return known === undefined || performance.now() - known.since > FREE_KNOWN_MS ? undefined : known.position;
  }

  async function readFree(app: string): Promise<number> {
    // In this order: a sweep raises the head before it removes a message, so one that is not seen any more is seen in the head.
    const newest = await db.run(() =>
      items
        .find({ _id: op({ $gt: `${app}|`, $lt: `${app}}` }) })
        .sort({ _id: -1 })
        .limit(1)
        .select({ position: 1 })
        .lean(),
    );
    const head = await db.run(() => heads.findById(app).lean());
    return Math.max(head?.last ?? 0, newest[0]?.position ?? 0) + 1;
  }

  async function withoutPlaced(these: readonly UnplacedItem[]): Promise<readonly UnplacedItem[]> {
    const keys = these.map(({ key }) => key);
    const found = await db.run(() =>
      items
        .find({ key: op({ $in: keys }) })
        .select({ key: 1 })
        .lean(),
    );
    const placed = new Set(found.map(({ key }) => key));
    return these.filter(({ key }) => !placed.has(key));
  }

  async function place(app: string, these: readonly UnplacedItem[], isFirst: boolean): Promise<void> {
    let open = these;
    for (let isSure = isFirst; open.length > 0; ) {
      const from = freeNow(app) ?? (await readFree(app));
      if (!isSure) open = await withoutPlaced(open);
      const some = open.slice(0, BULK_MAX);
      if (some.length === 0) return;
      const inserts = some.map((item, i) => {
        const position = from + i;
        return { insertOne: { document: { ...item, _id: upstreamItemId(app, position), position } } };
      });
      try {
        await db.run(() => items.bulkWrite(inserts as never, { ordered: true, throwOnValidationError: true }));
        free.set(app, { position: from + some.length, since: performance.now() });
        open = open.slice(some.length);
      } catch (error) {
        free.delete(app);
        if (!isDuplicateKey(error)) throw error;
        isSure = false;
      }
    }
  }

  async function tell(app: string): Promise<void> {
    for (;;) {
      const from = told.get(app) ?? (await db.run(() => heads.findById(app).lean()))?.told ?? 0;
      const untold = await db.run(() =>
        items
          .find({ _id: op({ $gt: upstreamItemId(app, from), $lt: `${app}}` }), isTold: true, isGone: false })
          .sort({ _id: 1 })
          .limit(BULK_MAX)
          .lean(),
      );
      const last = untold.at(-1);
      if (last === undefined) return;
      await Promise.all(untold.map((item) => tellOne(item)));
      await upsertEach(db, heads, [{ id: app, update: { $max: { told: last.position } } }]);
      told.set(app, last.position);
    }
  }

  function tellOne({ app, position, device, topic, at, receivedAt }: UpstreamItemDoc): Promise<boolean> {
    const entry = { id: upstreamId(position), device, topic, at };
    const telling = { app, type: 'client.upstream' as const, common: {}, entry };
    return events.write({ o: `upstream|${app}|${position}`, since: -Infinity }, [telling], receivedAt);
  }

  return {
    add(app, these, isFirst) {
      const work = async () => {
        await place(app, these, isFirst);
        if (these.some(({ isTold }) => isTold)) await tell(app);
      };
      const done = (queues.get(app) ?? Promise.resolve()).then(work);
      const quiet = done
        .catch(() => undefined)
        .then(() => {
          if (queues.get(app) === quiet) queues.delete(app);
        });
      queues.set(app, quiet);
      return done;
    },
  };
}

/** A position that is removed is never given again. */
export async function keepPositions(
  { db }: Ground,
  gone: readonly { readonly app: string; readonly position: number }[],
): Promise<void> {
  const lasts = new Map<string, number>();
  for (const { app, position } of gone) lasts.set(app, Math.max(lasts.get(app) ?? 0, position));
  await upsertEach(
    db,
    db.of(UPSTREAM_HEADS),
    [...lasts].map(([id, last]) => ({ id, update: { $max: { last } } })),
  );
}
