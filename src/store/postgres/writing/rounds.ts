import type { Excess } from '../../../domain/attributes.js';
import type { EpochMs } from '../../../domain/time.js';
import { roundsOf } from '../../shared/rounds.js';
import type { Sql } from '../engine/sql.js';
import { type TellingTx, tellingTransaction } from '../events/telling-transaction.js';

/** The result of a change that would grow something beyond its bounds. */
export interface TooManyResult {
  readonly kind: 'too_many';
  readonly excess: Excess;
}

/**
 * Applies changes round by round, each round one transaction. Changes that share a key are in different rounds, because
 * one statement may touch a row once. A round in which a result is `too_many` is rolled back and tried again without
 * that change.
 *
 * @param apply one result per change, in order
 */
export async function applyInRounds<Change, Result extends { readonly kind: string }>(
  sql: Sql,
  changes: readonly Change[],
  keysOf: (change: Change) => readonly string[],
  apply: (tx: TellingTx, changes: readonly Change[]) => Promise<readonly (Result | TooManyResult)[]>,
  now: EpochMs,
): Promise<(Result | TooManyResult)[]> {
  const results = new Array<Result | TooManyResult>(changes.length);
  for (const places of roundsOf(changes, keysOf)) {
    let round: readonly number[] = places;
    while (round.length > 0) {
      const wanted = round.map((i) => changes[i] as Change); // `roundsOf` gives indexes of `changes`.
      const applied = await tellingTransaction(sql, now, (tx) => applyOrRollBack(tx, wanted, apply)).catch(
        (error: unknown) => {
          if (error instanceof RolledBack) return error.results as readonly (TooManyResult | undefined)[];
          throw error;
        },
      );
      for (const [position, i] of round.entries()) {
        const result = applied[position];
        if (result !== undefined) results[i] = result;
      }
      round = round.filter((i) => results[i] === undefined);
    }
  }
  return results;
}

/** Carries the refusals of a round out of its transaction. */
class RolledBack extends Error {
  constructor(readonly results: readonly unknown[]) {
    super('something would have more than it may');
  }
}

async function applyOrRollBack<Change, Result extends { readonly kind: string }>(
  tx: TellingTx,
  changes: readonly Change[],
  apply: (tx: TellingTx, changes: readonly Change[]) => Promise<readonly (Result | TooManyResult)[]>,
): Promise<readonly (Result | TooManyResult)[]> {
  const results = await apply(tx, changes);
  if (!results.some(({ kind }) => kind === 'too_many')) return results;
  throw new RolledBack(results.map((result) => (result.kind === 'too_many' ? result : undefined)));
}
