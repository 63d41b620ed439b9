import { ERASED_USER, isOver, type Progress } from '../../domain/chunk.js';
import { BARE_KEY_PREFIX, type Delivery } from '../../domain/delivery.js';
import type { EpochMs } from '../../domain/time.js';
import type { AtRest } from '../at-rest.js';
import { parseTargets } from './chunk-targets.js';

/** Of an open chunk, what stands nowhere else: its targets that have not ended. */
export interface WaitingChunk {
  readonly message: string;
  readonly provider: string | null;
  readonly targets: string;
  readonly progress: string;
}

/** The targets of a chunk that have not ended, as deliveries that were not tried; but for those of erased users. */
export function waitingIn(chunk: WaitingChunk, atRest: AtRest, queuedAt: EpochMs): Delivery[] {
  const { marks } = JSON.parse(chunk.progress) as Progress; // written by the chunk store from the same type
  const targets = parseTargets(chunk.targets, chunk.message, atRest);
  return targets.flatMap((target, i) => {
    if (isOver(marks[i]) || target.user === ERASED_USER) return [];
    return {
      message: chunk.message,
      key: target.key,
      device: target.key.startsWith(BARE_KEY_PREFIX) ? null : target.key,
      ...(target.bare === undefined ? {} : { tokenHash: target.bare.tokenHash }),
      user: target.user,
      state: 'queued' as const,
      reason: null,
      provider: chunk.provider,
      attempts: [],
      queuedAt,
    };
  });
}
