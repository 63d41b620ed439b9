import type { Device, UserDelivery, UserExportLine } from './openapi.js';
import type { CallOptions } from './options.js';
import { type ListOptions, listOf, type Pages } from './pages.js';
import { streamOf } from './stream.js';
import { segment, type Transport } from './transport.js';
import type { Erased, User, UserChange } from './types.js';

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
   * Erases a user: the record, the devices with all their addresses, the deliveries. Counts of messages stay exact.
   *
   * @returns what was removed; `undefined` when an earlier try of this very call removed it and its answer was lost
   * @throws PealbellError `user_not_found`
   *
   * @example
   * ```ts
   * const erased = await pealbell.users.delete('alice');
   * console.log(erased?.devices, erased?.deliveries);
   * ```
   */
  delete(id: string, options?: CallOptions): Promise<Erased | undefined>;

  /**
   * A user's devices, in the order of their ids; none for a user nobody knows.
   *
   * @example
   * ```ts
   * const devices = await pealbell.users.devices('alice').take(100);
   * ```
   */
  devices(id: string, options?: ListOptions): Pages<Device>;

  /**
   * What was meant for a user and what became of it on each device, newest message first, with a sentence that says why
   * and what to do about it; also what has not settled yet.
   *
   * @example Why did alice not get it?
   * ```ts
   * for (const { message, device, state, explanation, cure } of await pealbell.users.timeline('alice').take(20)) {
   *   console.log(message.created_at, device, state, explanation, cure ?? '');
   * }
   * ```
   */
  timeline(id: string, options?: ListOptions): Pages<UserDelivery>;

  /**
   * Everything that is kept of a user in one stream: the record, then the devices, then the deliveries.
   *
   * @throws PealbellError `user_not_found`; `connection_failed` when it breaks off
   *
   * @example
   * ```ts
   * for await (const { type, data } of pealbell.users.export('alice')) console.log(type, JSON.stringify(data));
   * ```
   */
  export(id: string, options?: CallOptions): AsyncGenerator<UserExportLine, void, undefined>;
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
    async delete(id, options) {
      const call = { method: 'DELETE', path: pathOf(id), goneIsDone: true } as const;
      const { status, body } = await transport.call<Erased>(call, options);
      return status === 404 ? undefined : body;
    },
    devices: (id, options) => listOf<Device>(transport, `${pathOf(id)}/devices`, options),
    timeline: (id, options) => listOf<UserDelivery>(transport, `${pathOf(id)}/timeline`, options),
    export: (id, options) => streamOf<UserExportLine>(transport, `${pathOf(id)}/export`, options),
  };
}
