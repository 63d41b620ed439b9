import assert from 'node:assert/strict';
import type { Store } from '../../../src/store/store.js';
import { firstDeath, NEXT_DEATH, type Parties } from './mortal-ground.js';

/** What comes first after a death: somebody stands in for what was left behind, or whoever asked for it asks again. */
export type Order = 'recover, repeat' | 'repeat, recover';
export const BOTH_ORDERS: readonly Order[] = ['recover, repeat', 'repeat, recover'];

/**
 * Lets a process die before each command of `act` in turn, each time in what `begin` makes; then one that lives does both, and `look`
 * is told at which command that was.
 *
 * @param orders each of them for every death; `in turn`: one for each
 */
export type AtEachCommand = <T>(
  begin: () => Promise<T>,
  act: (store: Store, given: T) => Promise<unknown>,
  look: (given: T, at: string) => Promise<void>,
  orders?: readonly Order[] | 'in turn',
) => Promise<void>;

export function dyingAmong(parties: () => Parties): AtEachCommand {
  return async (begin, act, look, orders = 'in turn') => {
    const { party, openMortal } = parties();
    const recover = () => party.ground.outbox.recover(500, 0);
    for (const always of orders === 'in turn' ? [undefined] : orders) {
      for (let n = firstDeath(), wasReached = true; wasReached; n += NEXT_DEATH) {
        const order = always ?? BOTH_ORDERS[n % 2];
        const given = await begin();
        const mortal = await openMortal(n);
        await act(mortal, given).catch((error: unknown) => assert.match(String(error), /killed/));
        wasReached = mortal.isDead;
        if (order === 'recover, repeat') await recover();
        await act(party, given);
        await recover();
        await look(given, `killed before command ${n}; ${order}`);
      }
    }
  };
}
