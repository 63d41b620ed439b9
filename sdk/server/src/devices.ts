import { type ImportResult, importDevices } from './import.js';
import type { DeviceSource } from './import-feed.js';
import type { Device, DeviceChange } from './openapi.js';
import type { CallOptions } from './options.js';
import { type ListOptions, listOf, type Pages } from './pages.js';
import { streamOf } from './stream.js';
import { segment, type Transport } from './transport.js';

const PATH = '/v1/devices';

/** Devices and their registrations: the addresses at which providers reach them. */
export interface Devices {
  /**
   * Makes a device under an id of yours, or changes what is given of it; what is absent stays, `null` clears.
   *
   * @throws PealbellError `validation_failed`
   *
   * @example
   * ```ts
   * await pealbell.devices.put('phone1', {
   *   user: 'alice',
   *   platform: 'ios',
   *   registrations: [{ provider: 'apns', token: '00fc13ad…' }],
   *   locale: 'zh-CN',
   * });
   * ```
   */
  put(id: string, device: DeviceChange, options?: CallOptions): Promise<Device>;

  /**
   * As {@link Devices.put}, but only for a device that exists.
   *
   * @throws PealbellError `device_not_found`
   *
   * @example
   * ```ts
   * await pealbell.devices.patch('phone1', { user: null }); // nobody is logged in any more
   * ```
   */
  patch(id: string, change: DeviceChange, options?: CallOptions): Promise<Device>;

  /**
   * A device with its registrations, and those that were retired and why.
   *
   * @throws PealbellError `device_not_found`
   *
   * @example
   * ```ts
   * const { registrations, retired } = await pealbell.devices.get('phone1');
   * ```
   */
  get(id: string, options?: CallOptions): Promise<Device>;

  /**
   * Deletes a device; what was on its way to it ends as suppressed.
   *
   * @throws PealbellError `device_not_found`, unless this very call has deleted it and its answer was lost
   *
   * @example
   * ```ts
   * await pealbell.devices.delete('phone1');
   * ```
   */
  delete(id: string, options?: CallOptions): Promise<void>;

  /**
   * All devices, in the order of their ids.
   *
   * @example
   * ```ts
   * for await (const device of pealbell.devices.list()) console.log(device.id, device.user);
   * ```
   */
  list(options?: ListOptions): Pages<Device>;

  /**
   * Imports any number of devices, and tells of each what became of it while the others are still on their way. The
   * source is read no faster than the gateway takes it and you read the results, so a hundred thousand devices need no
   * more memory than a thousand. A connection that breaks is made anew and goes on where it stood; a device that is
   * refused hinders no other.
   *
   * @throws ImportInterruptedError when it cannot go on; it says how far it came
   *
   * @example
   * ```ts
   * import { createReadStream } from 'node:fs';
   * import { createInterface } from 'node:readline';
   *
   * async function* devices() {
   *   for await (const line of createInterface({ input: createReadStream('devices.ndjson') })) yield JSON.parse(line);
   * }
   * for await (const { line, ok, device, problem } of pealbell.devices.import(devices())) {
   *   if (!ok) console.error(`line ${line}, ${device.id}: ${problem?.detail}`);
   * }
   * ```
   */
  import(source: DeviceSource, options?: CallOptions): AsyncGenerator<ImportResult, void, undefined>;

  /**
   * All devices in one stream, in the order of their ids, without push tokens. Read as slowly as you like.
   *
   * @throws PealbellError `connection_failed` when it breaks off: what came before is not all of it
   *
   * @example
   * ```ts
   * for await (const device of pealbell.devices.export()) file.write(`${JSON.stringify(device)}\n`);
   * ```
   */
  export(options?: CallOptions): AsyncGenerator<Device, void, undefined>;
}

export function createDevices(transport: Transport): Devices {
  const pathOf = (id: string) => `${PATH}/${segment(id, 'device')}`;

  async function change(method: 'PUT' | 'PATCH', id: string, body: DeviceChange, options?: CallOptions) {
    return (await transport.call<Device>({ method, path: pathOf(id), body }, options)).body;
  }

  return {
    put: (id, device, options) => change('PUT', id, device, options),
    patch: (id, device, options) => change('PATCH', id, device, options),
    async get(id, options) {
      return (await transport.call<Device>({ method: 'GET', path: pathOf(id) }, options)).body;
    },
    async delete(id, options) {
      await transport.call<void>({ method: 'DELETE', path: pathOf(id), goneIsDone: true }, options);
    },
    list: (options) => listOf<Device>(transport, PATH, options),
    import: (source, options) => importDevices(transport, `${PATH}/import`, source, options),
    export: (options) => streamOf<Device>(transport, `${PATH}/export`, options),
  };
}
