import { join } from 'node:path';
import { createFcmCredentials, serviceAccountJson, startFcmSimulator } from '../../providers/fcm/simulator.js';
import type { FaultSource, LedgerSink, TlsMaterial } from '../../providers/simulation.js';
import { writePrivateFile } from './private-file.js';
import { CA_FILE, SERVICE_ACCOUNT_FILE } from './written-config.js';

const PROJECT_ID = 'pealbell-demo';

/** How to reach the FCM simulator, with credentials it accepts. */
export interface FcmEndpoints {
  /** What stands for `https://fcm.googleapis.com` and for Google's token endpoint. */
  readonly base_url: string;
  readonly token_url: string;
  /** Absolute path, and content, of the certificate authority to trust, PEM. */
  readonly ca_file: string;
  readonly ca: string;
  /** Text of the service account's JSON key file, and its absolute path. */
  readonly service_account: string;
  readonly service_account_file: string;
  readonly project_id: string;
}

export interface StartFcmOptions {
  readonly ca: string;
  readonly tls: TlsMaterial;
  readonly ledger: LedgerSink;
  readonly faults: FaultSource;
  now(): number;
  readonly port: number;
  readonly latencyMs: number;
  /** Absolute; the key file is written there, the CA file lies there. */
  readonly dir: string;
}

/** Starts the simulator with a service account of its own. What it throws leaves nothing running. */
export async function startFcm(
  options: StartFcmOptions,
): Promise<{ readonly endpoints: FcmEndpoints; close(): Promise<void> }> {
  const { ca, dir } = options;
  const credentials = await createFcmCredentials({ projectId: PROJECT_ID });
  const simulator = await startFcmSimulator({ ...options, accounts: [credentials] });
  const endpoints: FcmEndpoints = {
    base_url: simulator.url,
    token_url: simulator.tokenUrl,
    ca_file: join(dir, CA_FILE),
    ca,
    service_account: serviceAccountJson(credentials, simulator.tokenUrl),
    service_account_file: join(dir, SERVICE_ACCOUNT_FILE),
    project_id: PROJECT_ID,
  };
  try {
    await writePrivateFile(endpoints.service_account_file, endpoints.service_account);
  } catch (error) {
    await simulator.close();
    throw error;
  }
  return { endpoints, close: simulator.close };
}
