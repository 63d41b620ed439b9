import type { DeviceChange, Pealbell } from '../../../../sdk/server/src/index.js';
import { pushTokenFor } from '../cast.js';
import type { GuestDevice } from '../page/told.js';
import type { SimulatorClient } from '../simulator-client.js';

/** Whom the page sends to. */
export const GUEST = 'alice';

/** A device that the page plays. */
export interface Guest extends GuestDevice {
  /** What the simulator's ledger calls its address. */
  readonly address: string;
}

/** Registers the person of the page with a phone and a browser, each at its vendor as any app would. */
export async function registerGuest(
  gateway: Pealbell,
  simulator: SimulatorClient,
  signal: AbortSignal,
): Promise<readonly Guest[]> {
  const phone = `${GUEST}-phone`;
  const browser = `${GUEST}-browser`;
  const phoneToken = pushTokenFor(phone, 'apns');
  const subscription = await simulator.subscribe();
  const put = (id: string, platform: 'ios' | 'web', registration: NonNullable<DeviceChange['registrations']>[number]) =>
    gateway.devices.put(id, { user: GUEST, platform, registrations: [registration] }, { signal });
  await put(phone, 'ios', { provider: 'apns', token: phoneToken });
  await put(browser, 'web', { provider: 'webpush', token: { ...subscription } });
  return [
    { id: phone, pane: 'phone', vendor: 'Apple', address: phoneToken },
    { id: browser, pane: 'browser', vendor: 'Web Push', address: subscription.endpoint },
  ];
}
