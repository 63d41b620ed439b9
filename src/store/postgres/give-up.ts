import type { EpochMs } from '../../domain/time.js';
import type { GivenUp, GivenUpRecorded } from '../../ports/receipt-store.js';
import type { AtRest } from '../at-rest.js';
import { endSent, type SentEnd, type SentEnded } from './end-sent.js';
import type { Sql } from './engine/sql.js';
import { tellingTransaction } from './telling-transaction.js';

/** Each may lie in a chunk of 500 targets, which is looked through. */
const PER_STEP = 100;

const ANSWERS = { ended: 'changed', queued: 'early', other: 'known' } as const satisfies Record<
  SentEnded,
  GivenUpRecorded
>;

/** {@link ReceiptStore.giveUp}. */
export async function giveUp(
  sql: Sql,
  atRest: AtRest,
  these: readonly GivenUp[],
  now: EpochMs,
): Promise<GivenUpRecorded[]> {
  const answers: GivenUpRecorded[] = [];
  for (let from = 0; from < these.length; from += PER_STEP) {
    const ends = these.slice(from, from + PER_STEP).map(toEnd);
    const ended = await tellingTransaction(sql, now, (tx) => endSent(tx, atRest, ends, now));
    for (const { message, key } of ends) answers.push(answerOf(ended.get(`${message}|${key}`)));
  }
  return answers;
}

function answerOf(ended: SentEnded | undefined): GivenUpRecorded {
  return ended === undefined ? 'unknown' : ANSWERS[ended];
}

function toEnd({ at, reason, vendor, ...delivery }: GivenUp): SentEnd {
  const detail = `taken, and given up by the vendor at ${new Date(at).toISOString()}`;
  return {
    ...delivery,
    ...{ state: 'failed', reason, sentAt: at },
    word: { reason, detail, ...(vendor === undefined ? {} : { vendor }) },
  };
}
