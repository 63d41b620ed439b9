import { type LetterOffer, type LetterState, NODE_ANSWER_MARGIN_MS } from '../../ports/live-bus.js';
import { type BusHouse, livingNames, say } from './house.js';
import { type Answer, seatOf, type ToSeat } from './wire.js';

/** So often it is looked whether those still live who are waited for. */
const LOOK_EVERY_MS = 1_000;

/** Offers that went to seats and wait for their answer. */
export interface Asks {
  /** @returns undefined where the seat does not answer, or has died: nothing is known of its devices */
  ask(name: string, offer: LetterOffer, waitMs: number): Promise<readonly LetterState[] | undefined>;
  answered(answer: Answer): void;
  close(): void;
}

interface Waiting {
  readonly name: string;
  settle(states?: readonly LetterState[]): void;
}

/** @param from id of this end, which answers are sent to */
export function createAsks(house: BusHouse, from: string): Asks {
  const { names } = house;
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let looking: NodeJS.Timeout | undefined;

  /** A failure tells nothing of anybody: then time decides. */
  function look(): void {
    livingNames(house).then(
      (living) => {
        const seats = new Set([...living].map(seatOf));
        for (const { name, settle } of waiting.values()) if (!seats.has(seatOf(name))) settle();
      },
      () => undefined,
    );
  }

  function watch(): void {
    looking ??= setInterval(look, LOOK_EVERY_MS);
  }

  function unwatch(): void {
    if (waiting.size > 0) return;
    clearInterval(looking);
    looking = undefined;
  }

  return {
    ask(name, offer, waitMs) {
      const id = ++lastId;
      return new Promise((resolve) => {
        const settle = (states?: readonly LetterState[]) => {
          clearTimeout(timer);
          waiting.delete(id);
          unwatch();
          resolve(states);
        };
        const timer = setTimeout(settle, waitMs + NODE_ANSWER_MARGIN_MS);
        waiting.set(id, { name, settle });
        watch();
        const told: ToSeat = { kind: 'offer', id, from, waitMs, offer };
        // Who does not listen has not got it. Of a failure it is not known whether it did: the answer may still come.
        say(house, names.seats + seatOf(name), JSON.stringify(told)).then(
          (ears) => void (ears === 0 && settle()),
          () => undefined,
        );
      });
    },
    answered: ({ id, states }) => waiting.get(id)?.settle(states),
    close() {
      for (const { settle } of waiting.values()) settle();
    },
  };
}
