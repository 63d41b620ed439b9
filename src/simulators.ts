/** Starts the simulators that the providers bring along, with one ledger, one fault plan and one control port. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createApnsCredentials, startApnsSimulator } from '../providers/apns/simulator.js';
import type { VendorSimulator } from '../providers/simulation/vendor-simulator.js';
import type { WebPushSimulator } from '../providers/webpush/simulator.js';
import { createLoopbackCertificate } from './simulators/certificates.js';
import { startControlServer } from './simulators/control-server.js';
import { FaultPlan } from './simulators/fault-plan.js';
import { type FcmEndpoints, startFcm } from './simulators/fcm.js';
import { Ledger, type LedgerOptions } from './simulators/ledger.js';
import { writePrivateFile } from './simulators/private-file.js';
import { startVendors, VENDOR_FAULTS, type VendorEndpoints, type VendorSimulators } from './simulators/vendors.js';
import { startWebPush, type WebPushEndpoints } from './simulators/webpush.js';
import { APNS_KEY_FILE, CA_FILE } from './simulators/written-config.js';

export type { VendorSimulator } from '../providers/simulation/vendor-simulator.js';
export { PortTakenError } from './simulators/control-server.js';
export { withGrants } from './simulators/trial-settings.js';
export { vendorSettings } from './simulators/vendors.js';
export { findForeignFiles, writeConfig } from './simulators/written-config.js';

const BUNDLE_ID = 'com.example.demo';

/** How to reach the simulators, with credentials they accept; the answer to `GET /endpoints`. */
export interface SimulatorEndpoints {
  readonly providers: {
    readonly apns: {
      /** Base URLs of the two hosts. */
      readonly production: string;
      readonly sandbox: string;
      /** Base URLs of the two hosts that manage broadcast channels. */
      readonly channels_production: string;
      readonly channels_sandbox: string;
      /** Absolute path, and content, of the certificate authority to trust, PEM. */
      readonly ca_file: string;
      readonly ca: string;
      /** Content of the signing key, PKCS#8 PEM, and the absolute path of its file. */
      readonly key: string;
      readonly key_file: string;
      readonly key_id: string;
      readonly team_id: string;
      readonly bundle_id: string;
      /** A key that may push to every app; test keys use it. */
      readonly any_app: { readonly key: string; readonly key_id: string; readonly team_id: string };
    };
    readonly fcm: FcmEndpoints;
    readonly webpush: WebPushEndpoints;
  } & { readonly [Name in keyof VendorSimulators]: VendorEndpoints };
}

export interface SimulatorsOptions {
  /** Loopback port of the control server; 0 picks a free one. */
  readonly controlPort: number;
  /** Ports of the simulated hosts; a free one each when absent. */
  readonly ports?: { readonly apnsProduction?: number; readonly apnsSandbox?: number; readonly fcm?: number };
  /** From the arrival of a request to its answer; 0 when absent. */
  readonly latencyMs?: number;
  /** The vendors' clock, epoch milliseconds; the system's when absent. */
  readonly now?: () => number;
  /** How long after a delivery vendors tell of it, where they were given an address. */
  readonly receiptDelayMs?: number;
  /** Where key files and CA file go, made when missing; a temporary directory, removed at the end, when absent. */
  readonly dir?: string;
  /** Bounds of the ledger, where its own are too wide. */
  readonly ledger?: LedgerOptions;
  /** Runs when everything listens and before `/endpoints` is answered. */
  readonly beforeReady?: (endpoints: SimulatorEndpoints) => Promise<void>;
}

export interface Simulators {
  readonly controlUrl: string;
  readonly endpoints: SimulatorEndpoints;
  readonly ledger: Ledger;
  readonly faults: FaultPlan;
  readonly webpush: WebPushSimulator;
  /** By name of the provider kind. */
  readonly vendors: VendorSimulators;
  /** Cuts all connections, frees the ports and removes the temporary directory. Calling it twice is harmless. */
  close(): Promise<void>;
}

/**
 * Starts every simulator on 127.0.0.1.
 *
 * @throws PortTakenError when the control port is in use, and what file system or `beforeReady` throw; nothing
 * is left running then.
 */
export async function startSimulators(options: SimulatorsOptions): Promise<Simulators> {
  const ledger = new Ledger(options.ledger);
  const faults = new FaultPlan(Math.random);
  const opened: (() => Promise<void>)[] = [];
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= closeLastFirst(opened);
    return closing;
  };
  // Both stay open for ever when the start fails: whoever asked is cut off by the closing control server.
  let announce: (endpoints: SimulatorEndpoints) => void = () => undefined;
  const announced = new Promise<SimulatorEndpoints>((settle) => {
    announce = settle;
  });
  let announcePushServices: (simulator: WebPushSimulator) => void = () => undefined;
  const pushServices = new Promise<WebPushSimulator>((settle) => {
    announcePushServices = settle;
  });
  try {
    const control = await startControlServer({
      port: options.controlPort,
      ledger,
      faults,
      providers: ['apns', 'apns_channels', 'fcm', 'fcm_oauth', 'webpush', ...VENDOR_FAULTS],
      endpoints: announced,
      pushServices,
    });
    opened.push(control.close);
    const dir = await openDirectory(options.dir, opened);
    const { ca, tls } = await createLoopbackCertificate();
    const shared = { tls, ledger, faults, now: options.now ?? Date.now, latencyMs: options.latencyMs ?? 0 };
    const credentials = createApnsCredentials({ bundleIds: [BUNDLE_ID] });
    const anyApp = createApnsCredentials({ bundleIds: 'any' });
    const apns = await startApnsSimulator({
      ...shared,
      accounts: [credentials, anyApp],
      ports: { production: options.ports?.apnsProduction ?? 0, sandbox: options.ports?.apnsSandbox ?? 0 },
    });
    opened.push(apns.close);
    const fcm = await startFcm({ ...shared, ca, dir, port: options.ports?.fcm ?? 0 });
    opened.push(fcm.close);
    const webpush = await startWebPush({ ...shared, ca, dir, controlUrl: control.url });
    opened.push(webpush.simulator.close);
    announcePushServices(webpush.simulator);
    const vendors = await startVendors({ ...shared, ...receipts(options) });
    opened.push(vendors.close);
    const endpoints: SimulatorEndpoints = {
      providers: {
        apns: {
          ...apns.urls,
          channels_production: apns.manageUrls.production,
          channels_sandbox: apns.manageUrls.sandbox,
          ca_file: join(dir, CA_FILE),
          ca,
          key: credentials.privateKey,
          key_file: join(dir, APNS_KEY_FILE),
          key_id: credentials.keyId,
          team_id: credentials.teamId,
          bundle_id: BUNDLE_ID,
          any_app: { key: anyApp.privateKey, key_id: anyApp.keyId, team_id: anyApp.teamId },
        },
        fcm: fcm.endpoints,
        webpush: webpush.endpoints,
        ...vendorEndpoints(vendors.simulators, { ca_file: join(dir, CA_FILE), ca }),
      },
    };
    await writePrivateFile(join(dir, CA_FILE), ca);
    await writePrivateFile(join(dir, APNS_KEY_FILE), credentials.privateKey);
    await options.beforeReady?.(endpoints);
    announce(endpoints);
    return {
      controlUrl: control.url,
      endpoints,
      ledger,
      faults,
      webpush: webpush.simulator,
      vendors: vendors.simulators,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function receipts({ receiptDelayMs }: SimulatorsOptions) {
  return receiptDelayMs === undefined ? {} : { receiptDelayMs };
}

function vendorEndpoints(simulators: VendorSimulators, trust: { readonly ca_file: string; readonly ca: string }) {
  const entries = Object.entries<VendorSimulator>(simulators);
  // One of each name.
  return Object.fromEntries(entries.map(([name, { settings }]) => [name, { ...trust, settings }])) as {
    [Name in keyof VendorSimulators]: VendorEndpoints;
  };
}

async function openDirectory(asked: string | undefined, opened: (() => Promise<void>)[]): Promise<string> {
  if (asked !== undefined) {
    await mkdir(asked, { recursive: true });
    return resolve(asked);
  }
  const temporary = await mkdtemp(join(tmpdir(), 'pealbell-simulators-'));
  opened.push(() => rm(temporary, { recursive: true, force: true }));
  return temporary;
}

async function closeLastFirst(opened: (() => Promise<void>)[]): Promise<void> {
  for (const closeOne of opened.reverse()) await closeOne();
}
