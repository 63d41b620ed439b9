import type { Device } from './openapi.js';
import type { CallOptions } from './options.js';
import { type ListOptions, listOf, type Pages } from './pages.js';
import { segment, type Transport } from './transport.js';
import type { User, UserChange } from './types.js';

const PATH = '/v1/users';

/** People, who may have several devices. */
export interface Users {
  /**
   * Makes the record of a user, or changes what is given of it; attributes and tags can be asked for by filters
   * (`user.plan`), the language is that of devices which have none of their own.
   *
   * @throws PealbellError `validation_failed`
   *
   * @example
   * ```ts
   * await pealbell.users.put('alice', { attributes: { plan: 'pro' }, tags: { add: ['beta'] }, locale: 'zh-CN' });
   * ```
   */
  put(id: string, user: UserChange, options?: CallOptions): Promise<User>;

  /**
   * What is known of a user, and how many devices are theirs.
   *
   * @throws PealbellError `user_not_found`
   *
   * @example
   * ```ts
   * const { attributes, devices } = await pealbell.users.get('alice');
   * ```
   */
  get(id: string, options?: CallOptions): Promise<User>;

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
    async put(id, user, options) {
      return (await transport.call<User>({ method: 'PUT', path: pathOf(id), body: user }, options)).body;
    },
    async get(id, options) {
      return (await transport.call<User>({ method: 'GET', path: pathOf(id) }, options)).body;
    },
    devices: (id, options) => listOf<Device>(transport, `${pathOf(id)}/devices`, options),
  };
}
