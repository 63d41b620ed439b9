import type { Bye } from './byes.js';
import type { TurnedAway } from './door.js';

/** Why there is no connection: a bye, or what the door says. */
export type Ending = Omit<Bye, 'reason'> & { readonly reason: Bye['reason'] | TurnedAway['code'] };
