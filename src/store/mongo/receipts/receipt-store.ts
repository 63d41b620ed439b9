import type { EpochMs } from '../../../domain/time.js';
import type { Receipt, ReceiptStore, Recorded } from '../../../ports/receipt-store.js';
import { answerToGivenUp, endOfGivenUp } from '../../shared/sent-end.js';
import { answerReceipts, timesTold } from '../../shared/told-times.js';
import type { Ground } from '../ground.js';
import { endSent } from './end-sent.js';
import { lookAgain, raiseRecorded, recordRowless } from './record-receipts.js';
import { seenElsewhere } from './seen-elsewhere.js';

export function createReceiptStore(ground: Ground): ReceiptStore {
  return {
    record: (receipts, now) => recordReceipts(ground, receipts, now),

    async giveUp(these, now) {
      const ended = await endSent(ground, these.map(endOfGivenUp), now);
      return these.map(({ message, key }) => answerToGivenUp(ended.get(`${message}|${key}`)));
    },

    elsewhere: (deliveries) => seenElsewhere(ground, deliveries),
  };
}

async function recordReceipts(ground: Ground, receipts: readonly Receipt[], now: EpochMs): Promise<Recorded[]> {
  const told = timesTold(receipts);
  const { before: recorded, waiting } = await raiseRecorded(ground, told, now);
  const before = new Map(recorded);
  // Whoever made the record may have died before it looked.
  await lookAgain(ground, waiting, now);
  const rowless = new Map([...told].filter(([name]) => !before.has(name)));
  if (rowless.size === 0) return answerReceipts(receipts, before);
  const made = await recordRowless(ground, rowless, now);
  for (const [name, times] of made) before.set(name, times);
  // A record may have appeared since the first look; what still has none is no delivery of ours.
  const others = new Map([...rowless].filter(([name]) => !made.has(name)));
  for (const [name, times] of (await raiseRecorded(ground, others, now)).before) before.set(name, times);
  return answerReceipts(receipts, before);
}
