import type { FieldFault } from '../domain/errors.js';
import type { Clock } from '../domain/time.js';
import type { User } from '../domain/user.js';
import type { UserChange, UserStore } from '../ports/user-store.js';
import { excessFault } from './register-device.js';

export type ChangeUserResult =
  | { readonly kind: 'created' | 'updated'; readonly user: User }
  | { readonly kind: 'invalid'; readonly faults: readonly FieldFault[] };

export interface ChangeUser {
  /** Makes a user's record, or changes what is given of it. */
  change(change: UserChange): Promise<ChangeUserResult>;
}

export function createChangeUser(house: {
  readonly users: UserStore;
  readonly clock: Clock;
  /** @throws GatewayError `disk_full` when nothing more may be stored now. */
  readonly assertRoom: () => void;
}): ChangeUser {
  return {
    async change(change) {
      house.assertRoom();
      const [result] = await house.users.change([change], house.clock.now());
      if (result === undefined) throw new Error('the store answered for no user at all');
      return result.kind === 'too_many' ? { kind: 'invalid', faults: [excessFault(result.excess)] } : result;
    },
  };
}
