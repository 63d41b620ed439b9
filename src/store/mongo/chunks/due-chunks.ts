import type { EpochMs } from '../../../domain/time.js';
import type { FedChunk } from '../../../ports/chunk-store.js';
import type { Lane } from '../../../ports/work-queue.js';
import { readProbed } from '../accounts/probed-roads.js';
import { CHUNKS, type ChunkStage, DUE_CANCELED } from '../documents/chunks.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';
import { changedBy } from './chunk-leases.js';
import { type DueChunk, takeTurns } from './chunk-turns.js';

const BACKLOG_COUNTED_MAX = 10_000;
/** Roads that one feed asks, and chunks that it reads of them. */
const ROADS_ASKED_MAX = 64;
const CHUNKS_READ_MAX = 4_096;
/** Questions under way at once. */
const ASKED_AT_ONCE = 8;

/** See `ChunkStore.feed`. */
export type FeedDue = (lane: Lane, limit: number, now: EpochMs, handedUntil: EpochMs) => Promise<readonly FedChunk[]>;

/**
 * Where no more is due than is asked for, one look finds it all. Where more is, the roads that have something are told apart by a
 * walk along the index, and those whose turn it is are asked for their oldest.
 */
export function createFeed(ground: Ground): FeedDue {
  const model = ground.db.of(CHUNKS);
  /** The app that was asked last, where not all could be. */
  const asked = new Map<Lane, string>();

  async function readDue(due: object, most: number): Promise<readonly DueChunk[]> {
    const found = await ground.db.run(() =>
      model
        .find(due as never)
        .sort({ dueAt: 1 })
        .limit(most)
        .select({ app: 1, road: 1, dueAt: 1 })
        .lean(),
    );
    return found as unknown as readonly DueChunk[];
  }

  async function readOfRoads(lane: Lane, due: object, limit: number): Promise<readonly DueChunk[]> {
    const all = (await ground.db.run(() => model.distinct('road', due as never))) as unknown as readonly string[];
    const roads = roadsInTurn(all, Math.min(limit, ROADS_ASKED_MAX), asked.get(lane) ?? '');
    const last = roads.at(-1);
    if (roads.length < all.length && last !== undefined) asked.set(lane, appOf(last));
    const each = Math.min(limit, Math.ceil(CHUNKS_READ_MAX / Math.max(1, roads.length)));
    const found: DueChunk[] = [];
    for (let from = 0; from < roads.length; from += ASKED_AT_ONCE) {
      const some = roads.slice(from, from + ASKED_AT_ONCE);
      found.push(...(await Promise.all(some.map((road) => readDue({ ...due, road }, each)))).flat());
    }
    return found;
  }

  return async (lane, limit, now, handedUntil) => {
    const due = { lane, stage: 'free' satisfies ChunkStage, dueAt: op({ $lte: now }) };
    const oldest = await readDue(due, limit + 1);
    if (oldest.length === 0) return [];
    const found = oldest.length <= limit ? oldest : await readOfRoads(lane, due, limit);
    const probed = await readProbed(ground, lane, found, now);
    return hand(ground, takeTurns(found, probed, limit), handedUntil);
  };
}

/** Of two callers that chose the same chunk one gets it. */
async function hand(
  { db, outbox }: Ground,
  ids: readonly string[],
  handedUntil: EpochMs,
): Promise<readonly FedChunk[]> {
  if (ids.length === 0) return [];
  const model = db.of(CHUNKS);
  const call = outbox.begin();
  const free = { _id: op({ $in: [...ids] }), stage: 'free' satisfies ChunkStage };
  const handed = {
    $set: { stage: 'handed' satisfies ChunkStage, handedUntil },
    $inc: { rev: 1 },
    ...changedBy(call),
  };
  const { matchedCount } = await db.run(() => model.updateMany(free as never, handed as never));
  if (matchedCount === 0) return [];
  const got = await db.run(() =>
    model
      .find({ _id: op({ $in: [...ids] }), w: call.o } as never)
      .select({ fence: 1, targetCount: 1 })
      .lean(),
  );
  return got.map(({ _id, fence, targetCount }) => ({ id: _id, fence, targets: targetCount }));
}

/** Roads that are asked: of each app one, then of each another, as many as may be; apps behind `after` come first. */
export function roadsInTurn(roads: readonly string[], most: number, after: string): readonly string[] {
  const ofApps = new Map<string, string[]>();
  for (const road of roads.toSorted()) ofApps.set(appOf(road), [...(ofApps.get(appOf(road)) ?? []), road]);
  const apps = [...ofApps.keys()];
  const next = apps.findIndex((app) => app > after);
  const inOrder = next <= 0 ? apps : [...apps.slice(next), ...apps.slice(0, next)];
  const chosen: string[] = [];
  for (let turn = 0; chosen.length < Math.min(most, roads.length); turn++) {
    for (const app of inOrder) {
      const road = ofApps.get(app)?.[turn];
      if (road !== undefined && chosen.length < most) chosen.push(road);
    }
  }
  return chosen;
}

function appOf(road: string): string {
  return road.slice(0, road.indexOf('|'));
}

/** See `ChunkStore.backlog`: what waits in the queue is due as well, or a worker that takes nothing would not show. */
export async function measureBacklog(
  { db }: Ground,
  lane: Lane,
  now: EpochMs,
): Promise<{ readonly due: number; readonly oldestMs: number }> {
  const model = db.of(CHUNKS);
  const waiting = { lane, stage: op({ $in: ['free', 'handed'] satisfies ChunkStage[] }) };
  const [due, oldest] = await Promise.all([
    db.run(() => model.countDocuments({ ...waiting, dueAt: op({ $lte: now }) } as never).limit(BACKLOG_COUNTED_MAX)),
    db.run(() =>
      model
        .find({ ...waiting, dueAt: op({ $gt: DUE_CANCELED, $lte: now }) } as never)
        .sort({ dueAt: 1 })
        .limit(1)
        .select({ dueAt: 1 })
        .lean(),
    ),
  ]);
  return { due, oldestMs: oldest[0] === undefined ? 0 : now - oldest[0].dueAt };
}
