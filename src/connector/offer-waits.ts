import type { LetterState } from '../ports/live-bus.js';
import type { Session } from './session.js';

interface Wait {
  readonly states: LetterState[];
  open: number;
  readonly end: () => void;
}

/** Who waits for devices to be done with a letter. */
export class OfferWaits {
  readonly #bySession = new Map<Session, Map<string, { readonly wait: Wait; readonly index: number }[]>>();

  /**
   * Resolves once every session of `at` is done with the message or has ended, or after `waitMs`.
   *
   * @param states what is known now, in the order of the answer
   * @param at sessions by their index in `states`; the others are not waited for
   */
  wait(
    message: string,
    states: LetterState[],
    at: ReadonlyMap<number, Session>,
    waitMs: number,
  ): Promise<readonly LetterState[]> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        for (const [index, session] of at) {
          this.#drop(session, message, wait);
          if (states[index] === 'handed') states[index] = session.stateOf(message);
        }
        resolve(states);
      };
      const wait: Wait = { states, open: at.size, end };
      const timer = setTimeout(end, waitMs);
      for (const [index, session] of at) {
        const messages = this.#bySession.get(session) ?? new Map<string, { wait: Wait; index: number }[]>();
        this.#bySession.set(session, messages);
        const waits = messages.get(message) ?? [];
        messages.set(message, waits);
        waits.push({ wait, index });
      }
    });
  }

  /** The device is done with the message, and the store knows. @returns whether anybody waited for it, and knows it now */
  done(session: Session, message: string): boolean {
    const waits = this.#bySession.get(session)?.get(message) ?? [];
    return waits.map(({ wait, index }) => settle(wait, index, 'done')).some((isTold) => isTold);
  }

  /** The connection is gone: nothing more is to be learned there. */
  ended(session: Session): void {
    for (const waits of this.#bySession.get(session)?.values() ?? [])
      for (const { wait, index } of waits) settle(wait, index, 'offline');
  }

  #drop(session: Session, message: string, wait: Wait): void {
    const messages = this.#bySession.get(session);
    const rest = messages?.get(message)?.filter((other) => other.wait !== wait) ?? [];
    if (rest.length > 0) messages?.set(message, rest);
    else messages?.delete(message);
    if (messages?.size === 0) this.#bySession.delete(session);
  }
}

/** @returns false where something else was known before: the first word counts */
function settle(wait: Wait, index: number, state: LetterState): boolean {
  if (wait.states[index] === 'done' || wait.states[index] === 'offline') return false;
  wait.states[index] = state;
  wait.open--;
  if (wait.open === 0) wait.end();
  return true;
}
