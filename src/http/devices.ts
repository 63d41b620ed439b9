import { newId } from '../domain/ids.js';
import type { DeviceDraft } from '../usecases/register-device.js';
import { readDevice, readNewDeviceId } from './device-draft.js';
import { deviceExportOperation } from './device-export.js';
import { importDevices } from './device-import.js';
import { answerDevice, devicePages } from './device-pages.js';
import type { ApiHouse } from './house.js';
import { json, type KeyedCall, type KeyedOperation, type Reply } from './operation.js';
import { answerPage } from './paging.js';
import { deviceIdParameter, pageParameters } from './parameters.js';
import { invalid, Refusal } from './refusal.js';
import { importResult, pageOf } from './schemas/common-answers.js';
import { deviceAnswer } from './schemas/device-answer.js';
import { deviceLine, deviceRequest } from './schemas/device-request.js';
import { DEVICE_ID, NDJSON } from './schemas/words.js';

const PATH = '/v1/devices';

/** Devices and their registrations. */
export function deviceOperations(house: ApiHouse): readonly KeyedOperation[] {
  async function put(call: KeyedCall): Promise<Reply> {
    return register(readDevice(call.body, { app: call.caller.app, id: readNewDeviceId(idOf(call)), mode: 'upsert' }));
  }

  async function post(call: KeyedCall): Promise<Reply> {
    if (call.header('idempotency-key') !== undefined) {
      const detail =
        'is not honoured here by this version; PUT a device under an id of your own, which can be repeated';
      throw invalid([{ parameter: 'Idempotency-Key', code: 'not_in_this_version', detail }]);
    }
    const id = newId('dev', house.clock.now(), house.random);
    return register(readDevice(call.body, { app: call.caller.app, id, mode: 'upsert' }));
  }

  async function patch(call: KeyedCall): Promise<Reply> {
    return register(readDevice(call.body, { app: call.caller.app, id: readId(call), mode: 'update' }));
  }

  async function register(draft: DeviceDraft): Promise<Reply> {
    const result = await house.registerDevice.register(draft);
    switch (result.kind) {
      case 'created':
        return json(201, await answerDevice(house, result.device), { Location: `${PATH}/${result.device.id}` });
      case 'updated':
        return json(200, await answerDevice(house, result.device));
      case 'missing':
        throw noDevice();
      case 'invalid':
        throw invalid(result.faults);
      default:
        throw new Error(`unknown result ${result satisfies never}`);
    }
  }

  async function get(call: KeyedCall): Promise<Reply> {
    const device = await house.devices.get(call.caller.app, readId(call));
    if (device === undefined) throw noDevice();
    return json(200, await answerDevice(house, device));
  }

  async function remove(call: KeyedCall): Promise<Reply> {
    if (!(await house.devices.remove(call.caller.app, readId(call), house.clock.now()))) throw noDevice();
    return { kind: 'empty', status: 204 };
  }

  async function list(call: KeyedCall): Promise<Reply> {
    const pages = devicePages(house, (page) => house.devices.list(call.caller.app, page));
    return json(200, await answerPage(call.query, pages.fetch, pages.toJson));
  }

  async function importAll(call: KeyedCall): Promise<Reply> {
    await importDevices(house, call);
    return { kind: 'streamed' };
  }

  const changed = [
    { status: 201, description: 'Made', schema: deviceAnswer, headers: { Location: 'Where the device is' } },
    { status: 200, description: 'Changed', schema: deviceAnswer },
  ];
  return [
    {
      method: 'post',
      path: `${PATH}/import`,
      operationId: 'importDevices',
      summary: 'Upsert devices from an NDJSON stream of any length; one result line per line, in order',
      tag: 'devices',
      scopes: ['devices:write'],
      body: { stream: deviceLine },
      answers: [{ status: 200, description: 'One result per line', schema: importResult, type: NDJSON }],
      problems: [],
      handle: importAll,
    },
    deviceExportOperation(house),
    {
      method: 'put',
      path: `${PATH}/{id}`,
      operationId: 'putDevice',
      summary: 'Make a device, or change what is given of it',
      tag: 'devices',
      scopes: ['devices:write'],
      parameters: [deviceIdParameter],
      body: { schema: deviceRequest },
      answers: changed,
      problems: ['disk_full', 'store_unavailable'],
      handle: put,
    },
    {
      method: 'post',
      path: PATH,
      operationId: 'createDevice',
      summary: 'Make a device under an id of the gateway',
      tag: 'devices',
      scopes: ['devices:write'],
      body: { schema: deviceRequest },
      answers: changed.slice(0, 1),
      problems: ['disk_full', 'store_unavailable'],
      handle: post,
    },
    {
      method: 'patch',
      path: `${PATH}/{id}`,
      operationId: 'updateDevice',
      summary: 'Change what is given of a device that exists',
      tag: 'devices',
      scopes: ['devices:write'],
      parameters: [deviceIdParameter],
      body: { schema: deviceRequest },
      answers: changed.slice(1),
      problems: ['device_not_found', 'disk_full', 'store_unavailable'],
      handle: patch,
    },
    {
      method: 'get',
      path: `${PATH}/{id}`,
      operationId: 'getDevice',
      summary: 'A device with its registrations',
      tag: 'devices',
      scopes: ['devices:read'],
      parameters: [deviceIdParameter],
      body: 'none',
      answers: [{ status: 200, description: 'The device', schema: deviceAnswer }],
      problems: ['device_not_found', 'store_unavailable'],
      handle: get,
    },
    {
      method: 'delete',
      path: `${PATH}/{id}`,
      operationId: 'deleteDevice',
      summary: 'Delete a device; its pending deliveries end as suppressed',
      tag: 'devices',
      scopes: ['devices:write'],
      parameters: [deviceIdParameter],
      body: 'none',
      answers: [{ status: 204, description: 'Deleted' }],
      problems: ['device_not_found', 'store_unavailable'],
      handle: remove,
    },
    {
      method: 'get',
      path: PATH,
      operationId: 'listDevices',
      summary: 'List devices in the order of their ids',
      tag: 'devices',
      scopes: ['devices:read'],
      parameters: pageParameters,
      body: 'none',
      answers: [{ status: 200, description: 'A page of devices', schema: pageOf(deviceAnswer) }],
      problems: ['validation_failed', 'store_unavailable'],
      handle: list,
    },
  ];
}

function idOf(call: KeyedCall): string {
  return call.path.id ?? '';
}

/** What no device can be called is not asked for: it never reaches the store. */
function readId(call: KeyedCall): string {
  const id = idOf(call);
  if (!DEVICE_ID.test(id)) throw noDevice();
  return id;
}

function noDevice(): Refusal {
  return new Refusal('device_not_found', 'this app has no device with this id');
}
