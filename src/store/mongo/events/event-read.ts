import type { EventType } from '../../../domain/event.js';
import type { EventBlock } from '../../../domain/event-block.js';
import type { EventRange } from '../../../ports/event-log.js';
import { EVENT_BLOCKS, EVENT_HEADS, type EventBlockDoc } from '../documents/events.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';
import { blocksIn, type PlacedBlock } from './block-places.js';

/** Documents that one reading looks at, wanted or not. */
const LOOK_MAX = 1_000;
/** Readings of contents; what is wanted may be a small part of each document. */
const READS_MAX = 8;

type Place = Pick<EventBlockDoc, '_id' | 'seq' | 'n' | 'types'>;

interface Found {
  readonly blocks: readonly EventBlock[];
  readonly scanned: number;
}

/** See `EventLog.readBlocks`; without what stands in other documents. */
export async function readEventBlocks(
  db: Database,
  app: string,
  range: EventRange,
  types: readonly EventType[],
  limit: number,
): Promise<Found> {
  const { mark, end, places } = await look(db, app, range);
  if (mark === undefined) return { blocks: [], scanned: range.after };
  const wanted = places.filter((place) => place.types.some((type) => types.includes(type)));
  const blocks: EventBlock[] = [];
  let room = limit;
  let at = 0;
  for (let reads = 0; at < wanted.length && room > 0; reads++) {
    if (reads === READS_MAX) return { blocks, scanned: (wanted[at]?.seq ?? 1) - 1 };
    const from = at;
    // At most so many events: often it is enough, and never far too much.
    for (let events = 0; at < wanted.length && events < room; at++) events += wanted[at]?.n ?? 0;
    for (const placed of await readBlocks(db, wanted.slice(from, at))) {
      if (room === 0 || !types.includes(placed.type)) continue;
      const cut = cutTo(placed, range, room);
      if (cut === undefined) continue;
      blocks.push({ app, mark, ...cut });
      room -= cut.entries.length;
    }
  }
  const last = blocks.at(-1);
  if (last !== undefined && room === 0) return { blocks, scanned: last.seq + last.entries.length - 1 };
  const through = range.through ?? end;
  return { blocks, scanned: Math.max(range.after, Math.min(end, through)) };
}

/** Where the documents of a range stand, and how far that is all there is. */
async function look(db: Database, app: string, { after, through }: EventRange) {
  const blocks = db.of(EVENT_BLOCKS);
  const select = { seq: 1, n: 1, types: 1 } as const;
  const until = through === undefined ? {} : { $lte: through };
  const [ahead, head] = await Promise.all([
    db.run(() =>
      blocks
        .find({ app, seq: op({ $gt: after + 1, ...until }) })
        .sort({ seq: 1 })
        .limit(LOOK_MAX)
        .select(select)
        .lean(),
    ),
    db.run(() => db.of(EVENT_HEADS).findById(app).lean()),
  ]);
  // Afterwards: what stands before something that was seen was there before it.
  const around = await db.run(() =>
    blocks
      .find({ app, seq: op({ $lte: Math.min(after + 1, through ?? after + 1) }) })
      .sort({ seq: -1 })
      .limit(1)
      .select(select)
      .lean(),
  );
  const places: readonly Place[] = [...around.filter(({ seq, n }) => seq + n - 1 > after), ...ahead];
  const isAll = ahead.length < LOOK_MAX;
  const newest = ahead.at(-1) ?? around[0];
  const seen = newest === undefined ? 0 : newest.seq + newest.n - 1;
  return { mark: head?.mark, places, end: isAll ? Math.max(seen, head?.last ?? 0) : seen };
}

/** Their blocks in order, as they stand now; one that was removed meanwhile is left out. */
async function readBlocks(db: Database, places: readonly Place[]): Promise<readonly PlacedBlock[]> {
  const ids = places.map(({ _id }) => _id);
  const found = await db.run(() =>
    db
      .of(EVENT_BLOCKS)
      .find({ _id: op({ $in: ids }) })
      .lean(),
  );
  return found.toSorted((a, b) => a.seq - b.seq).flatMap(blocksIn);
}

/** As far as it lies in the range, with `room` events at most. */
function cutTo(block: PlacedBlock, { after, through = Infinity }: EventRange, room: number): PlacedBlock | undefined {
  const first = Math.max(after + 1 - block.seq, 0);
  const entries = block.entries.slice(first, Math.min(through + 1 - block.seq, first + room));
  return entries.length === 0 ? undefined : { ...block, seq: block.seq + first, entries };
}
