import type { Device } from '../domain/device.js';
import type { Page, PageRequest } from '../ports/page.js';
import { deviceToJson } from './device-json.js';
import type { ApiHouse } from './house.js';
import type { DeviceAnswer } from './schemas/device-answer.js';

type House = Pick<ApiHouse, 'explain' | 'bus'>;

/** A device as callers see it, with whether it is connected right now. */
export async function answerDevice(house: House, device: Device): Promise<DeviceAnswer> {
  return deviceToJson(house.explain, device, await house.bus.online(device.app, [device.id]));
}

/** As above, page by page: who is connected is asked once for each page. */
export function devicePages(
  house: House,
  list: (page: PageRequest) => Promise<Page<Device>>,
): { readonly fetch: (page: PageRequest) => Promise<Page<Device>>; readonly toJson: (device: Device) => DeviceAnswer } {
  let online: ReadonlySet<string> = new Set();
  return {
    async fetch(request) {
      const page = await list(request);
      const [first] = page.items;
      const ids = page.items.map(({ id }) => id);
      online = first === undefined ? new Set() : await house.bus.online(first.app, ids);
      return page;
    },
    toJson: (device) => deviceToJson(house.explain, device, online),
  };
}
