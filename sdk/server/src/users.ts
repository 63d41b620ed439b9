import type { Device } from './openapi.js';
import { type ListOptions, listOf, type Pages } from './pages.js';
import { segment, type Transport } from './transport.js';

const PATH = '/v1/users';

/** People, who may have several devices. */
export interface Users {
  /**
   * A user's devices, in the order of their ids; none for a user nobody knows.
   *
   * @example
   * ```ts
   * const devices = await pealbell.users.devices('alice').take(100);
   * ```
   */
  devices(id: string, options?: ListOptions): Pages<Device>;
}

export function createUsers(transport: Transport): Users {
  const pathOf = (id: string) => `${PATH}/${segment(id, 'user')}`;
  return {
    devices: (id, options) => listOf<Device>(transport, `${pathOf(id)}/devices`, options),
  };
}
