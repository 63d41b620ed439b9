import type { EpochMs } from '../../../domain/time.js';
import type { Lane } from '../../../ports/work-queue.js';
import type { DueChunk } from '../chunks/chunk-turns.js';
import { ACCOUNTS } from '../documents/accounts.js';
import type { Ground } from '../ground.js';
import { readEach } from '../writing/change.js';

/** Roads among those of `due` whose pause, as a whole or in this lane, has come to its end, but is not lifted. */
export async function readProbed(
  { db }: Ground,
  lane: Lane,
  due: readonly DueChunk[],
  now: EpochMs,
): Promise<ReadonlySet<string>> {
  const roads = [...new Set(due.map(({ road }) => road))];
  const accounts = await readEach(
    db,
    db.of(ACCOUNTS),
    roads.flatMap((road) => [`${road}|`, `${road}|${lane}`]),
  );
  const over = accounts.filter(({ isPaused, until }) => isPaused && until !== undefined && until <= now);
  return new Set(over.map(({ account }) => account));
}
