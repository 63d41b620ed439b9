import type { Clock } from '../domain/time.js';
import type { GivenUp, GivenUpRecorded, ReceiptStore } from '../ports/receipt-store.js';

/** A vendor may be quicker than our own note that it took a message. */
const ASK_AGAIN_MS = [100, 400, 1_000];

/** How often, and after how many milliseconds each, is asked again within one call of a vendor: 1.5 s in all. It is used up. */
export type Patience = Iterator<number, unknown>;

export const patience = (): Patience => ASK_AGAIN_MS.values();

/**
 * Records what vendors took and gave up later. What comes before it is recorded as sent is waited for.
 *
 * @param these at most 1,000; of several words on one delivery the first counts
 * @param left of the call that they came in: a vendor does not wait longer because it tells more
 * @returns how many have failed by this, and of how many nothing is known
 */
export type GiveUp = (
  these: readonly GivenUp[],
  left: Patience,
) => Promise<{ readonly changed: number; readonly unknown: number }>;

export function createGiveUp(house: {
  readonly receipts: Pick<ReceiptStore, 'giveUp'>;
  readonly clock: Clock;
  readonly pause: (ms: number) => Promise<unknown>;
}): GiveUp {
  const { receipts, clock, pause } = house;
  return async (these, left) => {
    const answers = new Map<GivenUpRecorded, number>();
    const count = (answer: GivenUpRecorded) => answers.set(answer, (answers.get(answer) ?? 0) + 1);
    const first = new Map<string, GivenUp>();
    for (const one of these) {
      const name = `${one.message}|${one.key}`;
      if (first.has(name)) count('known');
      else first.set(name, one);
    }
    let open = [...first.values()];
    while (open.length > 0) {
      const recorded = await receipts.giveUp(open, clock.now());
      for (const answer of recorded) if (answer !== 'early') count(answer);
      open = open.filter((_, n) => recorded[n] === 'early');
      if (open.length === 0) break;
      const wait = left.next();
      if (wait.done === true) break;
      await pause(wait.value);
    }
    return {
      changed: answers.get('changed') ?? 0,
      unknown: (answers.get('unknown') ?? 0) + open.length,
    };
  };
}
