import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../domain/time.js';
import type { ChunkStore } from '../ports/chunk-store.js';
import type { Log } from '../ports/log.js';
import type { ChunkWork } from './chunk-work.js';
import { MicroBatch } from './micro-batch.js';

const TRY_AGAIN_MS = 250;
/** A store that is away longer than this has let every lease end; whoever holds the chunks then goes on. */
const TRY_FOR_MS = 30_000;

/** Records works as they stand; windows that end together share one store call. */
export interface ChunkWriter {
  /** @returns false when the chunk belongs to somebody else by now: nothing more may be done with it. */
  write(work: ChunkWork): Promise<boolean>;
}

export function createChunkWriter(house: {
  readonly chunks: ChunkStore;
  readonly clock: Clock;
  readonly log: Log;
  /** The process is about to end: each call is tried once more, and not again. */
  readonly hardStop: AbortSignal;
}): ChunkWriter {
  const batch = new MicroBatch<ChunkWork, boolean>(writeAll, { windowMs: 1, itemsMax: 256, runningMax: 1 });

  async function writeAll(works: readonly ChunkWork[]): Promise<boolean[]> {
    // Snapshots are taken now, at the latest moment: one per chunk, whatever the number of windows that asked.
    const distinct = [...new Set(works)];
    const snapshots = distinct.map((work) => work.snapshot());
    const refused = new Set(await advance(snapshots));
    for (const [i, work] of distinct.entries()) {
      const snapshot = snapshots[i];
      if (snapshot !== undefined && !refused.has(snapshot.id)) work.recorded(snapshot);
      else if (!work.lost) {
        work.lost = true;
        house.log.warn({ chunk: work.chunk.id, fence: work.chunk.fence }, 'chunk.fenced_off');
      }
    }
    return works.map((work) => !work.lost);
  }

  /** Results that were not recorded would be sent again by the next holder, so a failing store is asked repeatedly. */
  async function advance(snapshots: readonly ReturnType<ChunkWork['snapshot']>[]): Promise<readonly string[]> {
    const until = performance.now() + TRY_FOR_MS;
    for (;;) {
      try {
        return await house.chunks.advance(snapshots, house.clock.now());
      } catch (error) {
        if (house.hardStop.aborted || performance.now() >= until) throw error;
        house.log.warn({ chunks: snapshots.length, error: String(error) }, 'chunk.write_failed');
        await pause(TRY_AGAIN_MS, undefined, { signal: house.hardStop }).catch(() => undefined);
      }
    }
  }

  return { write: (work) => batch.add(work) };
}
