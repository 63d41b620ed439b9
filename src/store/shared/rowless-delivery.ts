import { type Effect, isOver, type Progress } from '../../domain/chunk.js';
import { REALTIME } from '../../domain/route.js';
import type { EpochMs } from '../../domain/time.js';
import type { AtRest } from '../at-rest.js';
import { parseTargets } from './chunk-targets.js';
import { fingerprint, REMEMBERED_STATES, type RememberedState, remembers } from './unkept-memory.js';

/** Which delivery is looked for. */
export interface DeliveryName {
  readonly app: string;
  readonly message: string;
  readonly key: string;
  /** Whose device it was; absent where it is still the same person's. */
  readonly user?: string | null;
}

/** A delivery that has no record, as its chunk knows it. */
export interface RowlessDelivery {
  readonly message: string;
  readonly key: string;
  readonly user: string | null;
  readonly provider: string | null;
  readonly platform: string | null;
  /** `queued`: its chunk has not recorded it yet. */
  readonly state: 'queued' | RememberedState;
  readonly queuedAt: EpochMs;
}

/** A chunk between whose keys a delivery lies, as stores keep it. */
export interface StoredChunk {
  readonly message: string;
  readonly provider: string | null;
  readonly platform: string | null;
  readonly isDone: boolean;
  /** See `chunk-targets.ts`. */
  readonly targets: string;
  /** JSON. */
  readonly progress: string;
  readonly effects: readonly Effect[];
  /** See `unkept-memory.ts`. */
  readonly unkept: Uint8Array;
}

export interface OpenedChunk extends StoredChunk {
  /** Users of targets that this chunk has yet to record, or that are on their way from it to another, by key. */
  readonly waiting: ReadonlyMap<string, string | null>;
}

export function openChunk(chunk: StoredChunk, atRest: AtRest): OpenedChunk {
  const waiting = new Map<string, string | null>();
  if (!chunk.isDone) {
    const { marks } = JSON.parse(chunk.progress) as Progress; // written by the chunk store from the same type
    for (const [i, { key, user }] of parseTargets(chunk.targets, chunk.message, atRest).entries()) {
      if (!isOver(marks[i])) waiting.set(key, user);
    }
  }
  for (const effect of chunk.effects) {
    if (effect.kind !== 'step') continue;
    for (const { key, user } of effect.targets) waiting.set(key, user);
  }
  return { ...chunk, waiting };
}

/** As what chunks remember that this delivery to this user was sent, of which no record was kept. */
export function findRemembered(
  covering: readonly OpenedChunk[],
  pepper: string,
  { message, key, user }: Pick<RowlessDelivery, 'message' | 'key' | 'user'>,
): Pick<RowlessDelivery, 'provider' | 'platform' | 'state'> | undefined {
  for (const { unkept, provider: chunkProvider, platform } of covering) {
    // It may have ended over the connection, though its chunk is at a vendor.
    for (const provider of new Set([chunkProvider, REALTIME])) {
      const state = REMEMBERED_STATES.find((each) =>
        remembers(unkept, fingerprint(pepper, { message, key, user, provider, state: each })),
      );
      if (state !== undefined) return { provider, platform, state };
    }
  }
  return undefined;
}
