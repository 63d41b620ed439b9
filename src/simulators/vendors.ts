/** Simulators of the vendors that are asked over HTTP/1.1, one line each. */
import { startHonorSimulator } from '../../providers/honor/simulator.js';
import { HTTP_FAULTS, startHttpSimulator } from '../../providers/http/simulator.js';
import { startHuaweiSimulator } from '../../providers/huawei/simulator.js';
import { startMeizuSimulator } from '../../providers/meizu/simulator.js';
import { startOppoSimulator } from '../../providers/oppo/simulator.js';
import type { VendorSimulator, VendorSimulatorOptions } from '../../providers/simulation/vendor-simulator.js';
import { startVivoSimulator } from '../../providers/vivo/simulator.js';
import { startXiaomiSimulator } from '../../providers/xiaomi/simulator.js';

interface VendorStart {
  /** Names under which the fault plan and the ledger know parts of it. */
  readonly faults: readonly string[];
  readonly start: (options: VendorSimulatorOptions) => Promise<VendorSimulator>;
}

/** By name of the provider kind. */
const VENDORS = {
  huawei: { faults: ['huawei', 'huawei_oauth', 'huawei_revoke', 'huawei_receipt'], start: startHuaweiSimulator },
  honor: { faults: ['honor', 'honor_oauth'], start: startHonorSimulator },
  xiaomi: { faults: ['xiaomi', 'xiaomi_revoke', 'xiaomi_stats'], start: startXiaomiSimulator },
  oppo: { faults: ['oppo', 'oppo_auth', 'oppo_save', 'oppo_feedback'], start: startOppoSimulator },
  vivo: { faults: ['vivo', 'vivo_auth', 'vivo_list'], start: startVivoSimulator },
  meizu: { faults: ['meizu', 'meizu_statistics'], start: startMeizuSimulator },
  http: { faults: HTTP_FAULTS, start: startHttpSimulator },
} as const satisfies Readonly<Record<string, VendorStart>>;

export const VENDOR_FAULTS: readonly string[] = Object.values<VendorStart>(VENDORS).flatMap(({ faults }) => faults);

type Vendors = typeof VENDORS;
export type VendorSimulators = { readonly [Name in keyof Vendors]: Awaited<ReturnType<Vendors[Name]['start']>> };

/** How to reach the simulator of a vendor, with credentials that it accepts. */
export interface VendorEndpoints {
  /** Absolute path, and content, of the certificate authority to trust, PEM. */
  readonly ca_file: string;
  readonly ca: string;
  /** Of a provider that opens it, as an app's file has them; all but `ca`. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** The settings of all vendors among the simulators' endpoints, by name of the provider kind. */
export function vendorSettings(
  endpoints: {
    readonly [Name in keyof Vendors]: VendorEndpoints;
  },
): Readonly<Record<string, VendorEndpoints['settings']>> {
  const known = new Map(Object.entries<VendorEndpoints>(endpoints));
  return Object.fromEntries(
    Object.keys(VENDORS).flatMap((name) => {
      const settings = known.get(name)?.settings;
      return settings === undefined ? [] : [[name, settings]];
    }),
  );
}

/** Starts all of them. What it throws leaves nothing running. */
export async function startVendors(
  options: VendorSimulatorOptions,
): Promise<{ readonly simulators: VendorSimulators; close(): Promise<void> }> {
  const started: [string, VendorSimulator][] = [];
  const close = async () => {
    for (const [, simulator] of started.reverse()) await simulator.close();
  };
  try {
    for (const [name, { start }] of Object.entries<VendorStart>(VENDORS)) started.push([name, await start(options)]);
  } catch (error) {
    await close();
    throw error;
  }
  // One of each name, each made by the start of that name.
  return { simulators: Object.fromEntries(started) as VendorSimulators, close };
}
