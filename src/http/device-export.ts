import { devicePages } from './device-pages.js';
import { everyItem } from './every-item.js';
import type { ApiHouse } from './house.js';
import { streamLines } from './ndjson-answer.js';
import type { KeyedOperation } from './operation.js';
import { deviceAnswer } from './schemas/device-answer.js';
import { NDJSON } from './schemas/words.js';

/** Devices held at a time. */
const PAGE_DEVICES = 500;

/** All devices of an app, as a stream. */
export function deviceExportOperation(house: Pick<ApiHouse, 'devices' | 'explain' | 'bus'>): KeyedOperation {
  return {
    method: 'get',
    path: '/v1/devices/export',
    operationId: 'exportDevices',
    summary: 'All devices as an NDJSON stream, one a line, in the order of their ids',
    description:
      'Push tokens are not in it, only their hashes. A device that is made or deleted meanwhile may be in it or not. A ' +
      'stream that breaks off is not complete: it ends without the end of the answer.',
    tag: 'devices',
    scopes: ['devices:read'],
    body: 'none',
    answers: [{ status: 200, description: 'One device per line', schema: deviceAnswer, type: NDJSON }],
    problems: ['store_unavailable'],
    handle(call) {
      const { app } = call.caller;
      async function* lines() {
        const pages = devicePages(house, (page) => house.devices.list(app, page));
        for await (const device of everyItem(pages.fetch, PAGE_DEVICES)) yield pages.toJson(device);
      }
      return streamLines(call, lines());
    },
  };
}
