import { PROBING_CHUNKS_MAX } from '../../../ports/chunk-store.js';
import type { ChunkDoc } from '../documents/chunks.js';

export type DueChunk = Pick<ChunkDoc, '_id' | 'app' | 'road' | 'dueAt'>;

/**
 * Ids of the chunks whose turn it is: each app gives in turn, and within an app each of its accounts, its oldest first.
 *
 * @param probed roads that give few, because they are about to be tried again
 */
export function takeTurns(due: readonly DueChunk[], probed: ReadonlySet<string>, limit: number): readonly string[] {
  const placed = [...groupBy(due, ({ road }) => road)].flatMap(([road, chunks]) =>
    chunks
      .toSorted(oldestFirst)
      .slice(0, probed.has(road) ? PROBING_CHUNKS_MAX : undefined)
      .map((chunk, place) => ({ chunk, place })),
  );
  const turns = [...groupBy(placed, ({ chunk }) => chunk.app).values()].flatMap((ofApp) =>
    ofApp
      .toSorted((a, b) => a.place - b.place || oldestFirst(a.chunk, b.chunk))
      .map(({ chunk }, turn) => ({ chunk, turn })),
  );
  return turns
    .toSorted((a, b) => a.turn - b.turn || oldestFirst(a.chunk, b.chunk))
    .slice(0, limit)
    .map(({ chunk }) => chunk._id);
}

function oldestFirst(a: DueChunk, b: DueChunk): number {
  return a.dueAt - b.dueAt || (a._id < b._id ? -1 : 1);
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
