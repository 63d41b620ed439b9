/**
 * Xiaomi's side of MiPush: `/message/regid` in three versions, `/revoke/message` and the statistics, with a port for each
 * region, and the receipts that follow. Written from dev.mi.com, documents 1559, 1560, 1656 and 1696; shares no code with the
 * adapter. Topics, aliases, accounts and scheduled messages are left out.
 */
import { randomBytes } from 'node:crypto';
import { listenAsVendor, type VendorListener } from '../simulation/vendor-listener.js';
import type { VendorSimulator, VendorSimulatorOptions } from '../simulation/vendor-simulator.js';
import { answerIn, type Style } from './simulator/answers.js';
import { type DeviceState, SimulatedDevices } from './simulator/devices.js';
import { Quota } from './simulator/quota.js';
import { readCall } from './simulator/read-call.js';
import { createReceipts } from './simulator/receipts.js';

export type { DeviceState } from './simulator/devices.js';

/** In the order of the ports. */
export const SIMULATED_REGIONS = ['cn', 'ru', 'in', 'eu', 'global'] as const;
export type SimulatedRegion = (typeof SIMULATED_REGIONS)[number];

const PACKAGE_NAME = 'com.example.shop';
const RECEIPT_DELAY_MS = 20;

export interface XiaomiSimulator extends VendorSimulator {
  readonly packageName: string;
  readonly appSecret: string;
  /** By region; `url` is that of `cn`. */
  readonly urls: Readonly<Record<SimulatedRegion, string>>;
  /** What is known of a regId; one that nothing is known of is of a device that shows everything, wherever it is asked about. */
  setDevice(regId: string, state: DeviceState): void;
  /** Messages that the app may send in a day, one for each regId; undefined, as in the beginning, for any number. */
  setQuota(max: number | undefined): void;
  /** How answers look where documents leave it open. */
  setStyle(style: Style): void;
  /** Calls that told receipts, answered with 2xx and otherwise. */
  receiptCalls(): { readonly taken: number; readonly failed: number };
}

/**
 * Starts on 127.0.0.1; `port` is that of `cn`, the others find free ones.
 *
 * @throws the listener's error, such as `EADDRINUSE`; nothing stays open then
 */
export async function startXiaomiSimulator(options: VendorSimulatorOptions): Promise<XiaomiSimulator> {
  const appSecret = randomBytes(16).toString('base64');
  const devices = new SimulatedDevices();
  const quota = new Quota();
  const receipts = createReceipts(options.receiptDelayMs ?? RECEIPT_DELAY_MS, options.now);
  let style: Style = {};
  const sent = new Set<string>();
  const listeners: [SimulatedRegion, VendorListener][] = [];
  const close = async () => {
    await Promise.all(listeners.map(([, listener]) => listener.close()));
    await receipts.close();
  };
  try {
    for (const region of SIMULATED_REGIONS) {
      const app = { packageName: PACKAGE_NAME, appSecret, region, devices, quota, receipts, sent };
      const desk = {
        ...{ ledger: options.ledger, faults: options.faults, now: options.now, hold: options.hold },
        latencyMs: options.latencyMs ?? 0,
        read: (call: Parameters<typeof readCall>[0]) => readCall(call, { ...app, answers: answerIn(style) }),
      };
      const port = region === 'cn' ? (options.port ?? 0) : 0;
      listeners.push([region, await listenAsVendor(desk, options.tls, port)]);
    }
  } catch (error) {
    await close();
    throw error;
  }
  // One of each region.
  const urls = Object.fromEntries(listeners.map(([region, { url }]) => [region, url])) as XiaomiSimulator['urls'];
  return {
    ...{ url: urls.cn, urls, packageName: PACKAGE_NAME, appSecret, close },
    settings: { package_name: PACKAGE_NAME, app_secret: appSecret, hosts: urls },
    setDevice: (regId, state) => devices.set(regId, state),
    setQuota: (max) => quota.set(max),
    setStyle(wanted) {
      style = wanted;
    },
    receiptCalls: receipts.counts,
  };
}
