import type { Clock } from '../domain/time.js';
import type { GivenUp, GivenUpRecorded, ReceiptStore } from '../ports/receipt-store.js';

/** A vendor may be quicker than our own note that it took a message. */
const ASK_AGAIN_MS = [100, 400, 1_000];

/**
 * Records what vendors took and gave up later. What comes before it is recorded as sent is waited for, in all 1.5 s.
 *
 * @param these at most 1,000; of several words on one delivery the first counts
 * @returns how many have failed by this, and of how many nothing is known
 */
export type GiveUp = (these: readonly GivenUp[]) => Promise<{ readonly changed: number; readonly unknown: number }>;

export function createGiveUp(house: {
  readonly receipts: Pick<ReceiptStore, 'giveUp'>;
  readonly clock: Clock;
  readonly pause: (ms: number) => Promise<unknown>;
}): GiveUp {
  const { receipts, clock, pause } = house;
  return async (these) => {
    const answers = new Map<GivenUpRecorded, number>();
    const count = (answer: GivenUpRecorded) => answers.set(answer, (answers.get(answer) ?? 0) + 1);
    const first = new Map<string, GivenUp>();
    for (const one of these) {
      const name = `${one.message}|${one.key}`;
      if (first.has(name)) count('known');
      else first.set(name, one);
    }
    let open = [...first.values()];
    for (const wait of [...ASK_AGAIN_MS, undefined]) {
      const recorded = open.length === 0 ? [] : await receipts.giveUp(open, clock.now());
      const early = open.filter((_, n) => recorded[n] === 'early');
      for (const answer of recorded) if (answer !== 'early' || wait === undefined) count(answer);
      open = early;
      if (open.length === 0 || wait === undefined) break;
      await pause(wait);
    }
    return {
      changed: answers.get('changed') ?? 0,
      unknown: (answers.get('unknown') ?? 0) + (answers.get('early') ?? 0),
    };
  };
}
