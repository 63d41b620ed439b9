import type { Json } from '../domain/json.js';
import { readOwnDevice } from './device-draft.js';
import { notTheirs } from './device-gate.js';
import { answerDevice } from './device-pages.js';
import type { ApiHouse } from './house.js';
import { type DeviceCall, type DeviceOperation, json, type Reply } from './operation.js';
import { invalid, Refusal } from './refusal.js';
import { deviceAnswer } from './schemas/device-answer.js';
import { ownDeviceRequest } from './schemas/device-request.js';

const PATH = '/v1/devices/me';

/** What a device keeps current of itself. */
export function ownDeviceOperations(
  house: Pick<ApiHouse, 'registerDevice' | 'devices' | 'explain' | 'bus'>,
): readonly DeviceOperation[] {
  async function put({ access, body }: DeviceCall): Promise<Reply> {
    const { app, device: id, user } = access;
    const draft = readOwnDevice(body as Json, { app, id, own: { user } }); // an operation with a body has one
    const known = await house.devices.get(app, id);
    const { platform } = draft.fields;
    if (known !== undefined && platform !== undefined && platform !== known.platform) {
      const detail = `is '${known.platform}' here; only your server changes it, with PUT /v1/devices/{id}`;
      throw invalid([{ pointer: '/platform', code: 'read_only', detail }]);
    }
    const result = await house.registerDevice.registerOwn(draft);
    switch (result.kind) {
      case 'created':
        return json(201, await answerDevice(house, result.device), { Location: PATH });
      case 'updated':
        return json(200, await answerDevice(house, result.device));
      case 'not_theirs':
        throw notTheirs();
      case 'missing':
        throw new Refusal('unknown_device', 'the device was removed meanwhile: repeat the call');
      case 'invalid':
        throw invalid(result.faults);
      default:
        throw new Error(`unknown result ${result satisfies never}`);
    }
  }

  return [
    {
      method: 'put',
      path: PATH,
      operationId: 'putOwnDevice',
      summary: 'A device keeps its own registrations, language and versions current, or registers itself',
      description:
        'One that is not known yet is made, as the device of the user that the access token names; `platform` is needed then. Its user, tags, topics and attributes are for the server of the app to say.',
      tag: 'devices',
      scopes: 'device',
      access: 'register',
      makesDevice: true,
      body: { schema: ownDeviceRequest },
      answers: [
        { status: 201, description: 'Made', schema: deviceAnswer, headers: { Location: 'Where the device is' } },
        { status: 200, description: 'Changed', schema: deviceAnswer },
      ],
      problems: ['disk_full'],
      handle: put,
    },
  ];
}
