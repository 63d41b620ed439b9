import { freshProgress, type MovedTarget, type Progress } from '../../domain/chunk.js';
import type { EpochMs } from '../../domain/time.js';

/** JSON of the progress of a chunk in which targets go on: nothing is tried there yet, and what was tried before is known. */
export function movedProgress(targets: readonly MovedTarget[], now: EpochMs): string {
  const troubles = targets.map(({ attempts }, i) => [i, { tries: 0, dueAt: now, crashes: 0, attempts }]);
  const progress: Progress = { ...freshProgress(targets.length), troubles: Object.fromEntries(troubles) };
  return JSON.stringify(progress);
}
