import type { EpochMs } from '../domain/time.js';

/** Whose turn it is to ask a vendor for dead addresses: what one process is told no other one is. */
export interface FeedTurnStore {
  /**
   * Takes the turn of a provider, if it has come; nobody else has it before `until`.
   *
   * @returns whether it was taken; of several that ask at once one is told so
   */
  take(app: string, provider: string, now: EpochMs, until: EpochMs): Promise<boolean>;
  /** The next turn comes then, whatever was said before. */
  next(app: string, provider: string, at: EpochMs): Promise<void>;
}
