import type { EpochMs } from '../../../domain/time.js';
import type { GivenUp, GivenUpRecorded } from '../../../ports/receipt-store.js';
import type { AtRest } from '../../at-rest.js';
import { answerToGivenUp, endOfGivenUp } from '../../shared/sent-end.js';
import type { Sql } from '../engine/sql.js';
import { tellingTransaction } from '../events/telling-transaction.js';
import { endSent } from './end-sent.js';

/** Each may lie in a chunk of 500 targets, which is looked through. */
const PER_STEP = 100;

/** {@link ReceiptStore.giveUp}. */
export async function giveUp(
  sql: Sql,
  atRest: AtRest,
  these: readonly GivenUp[],
  now: EpochMs,
): Promise<GivenUpRecorded[]> {
  const answers: GivenUpRecorded[] = [];
  for (let from = 0; from < these.length; from += PER_STEP) {
    const ends = these.slice(from, from + PER_STEP).map(endOfGivenUp);
    const ended = await tellingTransaction(sql, now, (tx) => endSent(tx, atRest, ends, now));
    for (const { message, key } of ends) answers.push(answerToGivenUp(ended.get(`${message}|${key}`)));
  }
  return answers;
}
