import { join } from 'node:path';
import type { FaultSource, LedgerSink, TlsMaterial } from '../../providers/simulation.js';
import {
  createVapidKeys,
  type ServiceName,
  startWebPushSimulator,
  type VapidKeys,
  type WebPushSimulator,
} from '../../providers/webpush/simulator.js';
import { writePrivateFile } from './private-file.js';
import { CA_FILE, VAPID_FILE } from './written-config.js';

const SUBJECT = 'mailto:ops@example.com';

/** How to reach the push services, and VAPID keys to push with. */
export interface WebPushEndpoints {
  /** Base URL of each service: what stands for `https://fcm.googleapis.com` and the others. */
  readonly origins: Readonly<Record<ServiceName, string>>;
  /** Base URLs that stand in for the push services, for subscriptions of browsers that are not simulated. */
  readonly stand_ins: Readonly<Record<ServiceName | 'other', string>>;
  /** Absolute path, and content, of the certificate authority to trust, PEM. */
  readonly ca_file: string;
  readonly ca: string;
  /** As web-push writes them, and the absolute path of their file. */
  readonly vapid: VapidKeys;
  readonly vapid_file: string;
  readonly subject: string;
  /** `POST` there makes subscriptions, `GET` counts them, and the VAPID JWTs that each service took. */
  readonly subscriptions: string;
}

export interface StartWebPushOptions {
  readonly ca: string;
  readonly tls: TlsMaterial;
  readonly ledger: LedgerSink;
  readonly faults: FaultSource;
  now(): number;
  readonly latencyMs: number;
  /** Absolute; the key file is written there, the CA file lies there. */
  readonly dir: string;
  /** Base URL of the control port. */
  readonly controlUrl: string;
}

/** Starts the simulator with VAPID keys of its own. What it throws leaves nothing running. */
export async function startWebPush(options: StartWebPushOptions): Promise<{
  readonly endpoints: WebPushEndpoints;
  readonly simulator: WebPushSimulator;
}> {
  const { ca, dir } = options;
  const simulator = await startWebPushSimulator(options);
  const endpoints: WebPushEndpoints = {
    origins: simulator.origins,
    // Servers that follow the RFCs and are none of the four answer as Mozilla's does, more or less.
    stand_ins: { ...simulator.standIns, other: simulator.standIns.mozilla },
    ca_file: join(dir, CA_FILE),
    ca,
    vapid: createVapidKeys(),
    vapid_file: join(dir, VAPID_FILE),
    subject: SUBJECT,
    subscriptions: `${options.controlUrl}/subscriptions`,
  };
  try {
    await writePrivateFile(endpoints.vapid_file, `${JSON.stringify(endpoints.vapid, null, 2)}\n`);
  } catch (error) {
    await simulator.close();
    throw error;
  }
  return { endpoints, simulator };
}
