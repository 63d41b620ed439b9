import { sqlState } from '../engine/sql.js';

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';
const TRIES_MAX = 6;

/** Rolls back a transaction that lost to another one, and lets {@link retryConflicts} begin it anew. */
export function conflict(what: string): Error {
  return Object.assign(new Error(what), { code: SERIALIZATION_FAILURE });
}

/**
 * Does `work` again when it was rolled back because of what another transaction did meanwhile. Rows are locked in one
 * order, so that the server has to end a deadlock only rarely.
 *
 * @param work a whole transaction: nothing of it may remain when it fails
 */
export async function retryConflicts<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      const state = sqlState(error);
      if ((state !== DEADLOCK && state !== SERIALIZATION_FAILURE) || tries === TRIES_MAX) throw error;
    }
  }
}
