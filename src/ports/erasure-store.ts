import type { EpochMs } from '../domain/time.js';

/**
 * The steps by which everything that is kept of a user goes. Each is bounded and can be repeated; carried out in the order
 * in which they stand here, nothing of the user is left afterwards and nothing comes back, also when deliveries are under
 * way. What messages count stays exact.
 */
export interface ErasureStore {
  /**
   * From when it resolves no delivery to this user is recorded any more whose message was accepted up to `now`, whoever
   * holds its chunk: it is only counted. Of the user a keyed hash is kept, until `forgotten`.
   */
  forget(app: string, user: string, now: EpochMs): Promise<void>;
  /**
   * Removes at most `limit` of the user's devices, with their registrations and subscriptions. `device.removed` tells of
   * each. @returns how many.
   */
  removeDevices(app: string, user: string, limit: number, now: EpochMs): Promise<number>;
  /**
   * Takes the user's name out of some of the app's open chunks: what was meant for them then ends like what was meant for
   * another user of the device. @returns where to go on, undefined at the end.
   */
  scrubChunks(app: string, user: string, cursor: string | undefined): Promise<string | undefined>;
  /** Removes at most `limit` recorded deliveries of the user. @returns how many. */
  removeDeliveries(app: string, user: string, limit: number): Promise<number>;
  /** Removes the user's record. @returns whether there was one. */
  removeRecord(app: string, user: string): Promise<boolean>;
  /** Drops what `forget` kept before `before`: no message of that time is there any more. @returns how many. */
  forgotten(before: EpochMs, limit: number): Promise<number>;
}
