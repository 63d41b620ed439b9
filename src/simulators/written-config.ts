import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writePrivateFile } from './private-file.js';

/** Names of the files that hold the simulators' certificate authority and what signs for APNs, FCM and Web Push. */
export const CA_FILE = 'simulator-ca.pem';
export const APNS_KEY_FILE = 'apns-key.p8';
export const SERVICE_ACCOUNT_FILE = 'fcm.json';
export const VAPID_FILE = 'vapid.json';

const GATEWAY_FILE = 'gateway.yaml';
const APPS_DIR = 'apps';
const APP_FILE = 'demo.yaml';
/** Where the gateway that runs on the written configuration keeps its store. */
const DATA_DIR = 'data';

/** What the written configuration points at; an app without FCM or Web Push when that is absent. */
export interface WrittenProviders {
  readonly apns: WrittenApns;
  readonly fcm?: WrittenFcm;
  readonly webpush?: WrittenWebPush;
  /** Settings by name of the provider kind; all but `ca`. */
  readonly vendors?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface WrittenApns {
  readonly production: string;
  readonly sandbox: string;
  /** The hosts that manage broadcast channels. */
  readonly channels_production: string;
  readonly channels_sandbox: string;
  readonly key_id: string;
  readonly team_id: string;
  readonly bundle_id: string;
}

export interface WrittenFcm {
  readonly base_url: string;
  readonly token_url: string;
}

export interface WrittenWebPush {
  /** Base URL by name of the push service that it stands for. */
  readonly origins: Readonly<Record<string, string>>;
  readonly subject: string;
}

/**
 * Files in a directory that are neither an earlier written configuration nor the store of a gateway that ran
 * on it, as paths relative to it. A directory that is not there has none.
 */
export async function findForeignFiles(dir: string): Promise<string[]> {
  const ours = new Set([GATEWAY_FILE, APPS_DIR, CA_FILE, APNS_KEY_FILE, SERVICE_ACCOUNT_FILE, VAPID_FILE, DATA_DIR]);
  const top = (await list(dir)).filter((name) => !ours.has(name));
  const apps = (await list(join(dir, APPS_DIR))).filter((name) => name !== APP_FILE);
  return [...top, ...apps.map((name) => join(APPS_DIR, name))];
}

/**
 * Writes `gateway.yaml`, then `apps/demo.yaml`, for a gateway that reaches only the simulators. Key files and
 * CA file lie beside `gateway.yaml` already.
 */
export async function writeConfig(dir: string, providers: WrittenProviders): Promise<void> {
  await mkdir(join(dir, APPS_DIR), { recursive: true });
  await writePrivateFile(join(dir, GATEWAY_FILE), gatewayYaml(providers));
  await writePrivateFile(join(dir, APPS_DIR, APP_FILE), appYaml(providers));
}

function gatewayYaml({ webpush }: WrittenProviders): string {
  return `# Written by \`pealbell simulate --write-config\`: a gateway of this machine only.
server:
  listen: 127.0.0.1:8080
  admin: 127.0.0.1:9090
store:
  url: "pglite:./${DATA_DIR}"
${webpush === undefined ? '' : EGRESS_YAML}`;
}

const EGRESS_YAML = `egress:
  allow: ["127.0.0.0/8"] # the simulated push services are on this machine
`;

function appYaml({ apns, fcm, webpush, vendors = {} }: WrittenProviders): string {
  // JSON strings are YAML strings; without quotes an id such as 12E4567890 would become a number.
  const quoted = JSON.stringify;
  return `# Written by \`pealbell simulate --write-config\`: points at the simulators for as long as that command runs.
providers:
  apns:
    key: "\${file:../${APNS_KEY_FILE}}"
    key_id: ${quoted(apns.key_id)}
    team_id: ${quoted(apns.team_id)}
    bundle_id: ${quoted(apns.bundle_id)}
    endpoints:
      production: ${quoted(apns.production)}
      sandbox: ${quoted(apns.sandbox)}
      channels_production: ${quoted(apns.channels_production)}
      channels_sandbox: ${quoted(apns.channels_sandbox)}
    ca: "\${file:../${CA_FILE}}"
${fcm === undefined ? '' : fcmYaml(fcm)}${webpush === undefined ? '' : webpushYaml(webpush)}${Object.entries(vendors)
  .map(([name, settings]) => vendorYaml(name, settings))
  .join('')}`;
}

function fcmYaml(fcm: WrittenFcm): string {
  return `  fcm:
    service_account: "\${file:../${SERVICE_ACCOUNT_FILE}}"
    endpoint: ${JSON.stringify(fcm.base_url)}
    token_endpoint: ${JSON.stringify(fcm.token_url)}
    ca: "\${file:../${CA_FILE}}"
`;
}

function vendorYaml(name: string, settings: Readonly<Record<string, unknown>>): string {
  // What JSON writes is YAML.
  const lines = Object.entries(settings).map(([key, value]) => `    ${key}: ${JSON.stringify(value)}\n`);
  return `  ${name}:\n${lines.join('')}    ca: "\${file:../${CA_FILE}}"\n`;
}

function webpushYaml({ origins, subject }: WrittenWebPush): string {
  // Each entry says whose answers the gateway shall expect there, for the host does not tell.
  const services = Object.entries(origins).map(([service, origin]) => `${service}=${new URL(origin).host}`);
  return `  webpush:
    subject: ${JSON.stringify(subject)}
    keys: "\${file:../${VAPID_FILE}}"
    push_services: ${JSON.stringify(services)}
    ca: "\${file:../${CA_FILE}}"
`;
}

async function list(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
