import type { EpochMs } from '../../../domain/time.js';
import type { Receipt } from '../../../ports/receipt-store.js';
import type { AtRest } from '../../at-rest.js';
import { LETTER_ENDS, type LetterEnd } from '../../shared/letter-ends.js';
import type { Sql } from '../engine/sql.js';
import { type TellingTx, tellingTransaction } from '../events/telling-transaction.js';
import { endSent } from '../receipts/end-sent.js';
import { recordSent } from '../receipts/receipt-store.js';
import { type EndedLetter, REALTIME } from './mailbox-rows.js';

const PER_STEP = 128;

/** Ends the deliveries that wait for these letters as sent; all others are left as they are. */
export async function endDeliveries(
  tx: TellingTx,
  atRest: AtRest,
  letters: readonly EndedLetter[],
  how: LetterEnd,
  now: EpochMs,
): Promise<void> {
  const ends = letters
    .map(({ app, message, device, user_id, put_at }) => ({
      app,
      message,
      key: device,
      user: user_id,
      provider: REALTIME,
      sentAt: put_at,
      ...LETTER_ENDS[how],
    }))
    .sort((a, b) => (`${a.message}|${a.key}` < `${b.message}|${b.key}` ? -1 : 1));
  for (let from = 0; from < ends.length; from += PER_STEP) {
    await endSent(tx, atRest, ends.slice(from, from + PER_STEP), now);
  }
}

/** Records what devices said of deliveries that were sent; what its chunk has yet to record is left to that. */
export async function recordDelivered(
  sql: Sql,
  atRest: AtRest,
  receipts: readonly Receipt[],
  now: EpochMs,
): Promise<void> {
  for (let from = 0; from < receipts.length; from += PER_STEP) {
    const step = receipts.slice(from, from + PER_STEP);
    await tellingTransaction(sql, now, (tx) => recordSent(tx, atRest, step, now));
  }
}
