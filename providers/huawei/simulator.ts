/**
 * Huawei's side of Push Kit, both generations, on one TLS port: the token endpoint, `messages:send` over /v1, /v2 and
 * /v3, `messages:revoke`, and receipts to the address of the console. Written from Huawei's reference pages; shares no code
 * with the adapter. Topics, forms, live views and calls are left out.
 */
import { htmlAnswer, type Reading, type VendorCall } from '../simulation/vendor-call.js';
import { listenAsVendor } from '../simulation/vendor-listener.js';
import type { VendorSimulator, VendorSimulatorOptions } from '../simulation/vendor-simulator.js';
import { createHuaweiAccount, type HuaweiAccount } from './simulator/account.js';
import type { Manner } from './simulator/answers.js';
import { Bearers } from './simulator/bearers.js';
import { DayCounts, type DayQuota } from './simulator/day-counts.js';
import type { House } from './simulator/house.js';
import { createReceiptDesk, type ReceiptConfiguration } from './simulator/receipts.js';
import { readRevokeCall } from './simulator/revoke-door.js';
import { readSendCall } from './simulator/send-door.js';
import { readTokenCall } from './simulator/token-door.js';

export { createHuaweiAccount, type HuaweiAccount } from './simulator/account.js';

export interface HuaweiSimulatorOptions extends VendorSimulatorOptions {
  /** The app that Huawei knows; one of its own when absent. */
  readonly account?: HuaweiAccount;
  /** Life of an access token; 3600 seconds when absent. */
  readonly accessTokenSeconds?: number;
  /** What the console says of receipts; none are told when absent. */
  readonly receipts?: ReceiptConfiguration;
}

export interface HuaweiSimulator extends VendorSimulator {
  readonly account: HuaweiAccount;
  /** Ends every access token given out so far, and every JWT that came: the next request with one is told so. */
  revokeTokens(): void;
  setManner(manner: Partial<Manner>): void;
  setQuota(quota: DayQuota): void;
  /** Whether the app may send with urgency HIGH; it may at first. */
  setHighUrgency(isGranted: boolean): void;
  setReceipts(configuration: ReceiptConfiguration | undefined): void;
  /** How many calls that told of receipts were answered with 2xx, and how many not. */
  receiptCounts(): { readonly taken: number; readonly failed: number };
}

const RECEIPT_DELAY_MS = 20;
const ACCESS_TOKEN_SECONDS = 3_600;

/**
 * Starts on 127.0.0.1.
 *
 * @throws the listener's error, such as `EADDRINUSE`, when the port cannot be had; nothing stays open then.
 */
export async function startHuaweiSimulator(options: HuaweiSimulatorOptions): Promise<HuaweiSimulator> {
  const account = options.account ?? (await createHuaweiAccount());
  let manner: Manner = { isSwapped: false, authStatus: 401 };
  let mayHurry = true;
  let requests = 0;
  const bearers = new Bearers(account, options.accessTokenSeconds ?? ACCESS_TOKEN_SECONDS);
  const counts = new DayCounts();
  const delayMs = options.receiptDelayMs ?? RECEIPT_DELAY_MS;
  const receipts = createReceiptDesk({ appId: account.appId, delayMs, now: () => options.now() });
  receipts.configure(options.receipts);
  const house: House = {
    ...{ account, bearers, counts, receipts, faults: options.faults },
    get manner() {
      return manner;
    },
    get mayHurry() {
      return mayHurry;
    },
    nextId: () => `${options.now()}${String(++requests).padStart(11, '0')}`,
  };
  const listener = await listenAsVendor(
    {
      ...{ ledger: options.ledger, faults: options.faults, latencyMs: options.latencyMs ?? 0, hold: options.hold },
      now: () => options.now(),
      read: (call) => read(call, house),
    },
    options.tls,
    options.port ?? 0,
  );
  const { url } = listener;
  const { appId, clientId, clientSecret, serviceAccount } = account;
  return {
    ...{ url, account },
    settings: {
      ...{ app_id: appId, client_id: clientId, client_secret: clientSecret, service_account: serviceAccount },
      ...{ endpoint: url, token_endpoint: `${url}/oauth2/v3/token` },
    },
    revokeTokens: () => bearers.revokeAll(),
    setManner(changed) {
      manner = { ...manner, ...changed };
    },
    setQuota: (quota) => counts.setQuota(quota),
    setHighUrgency(isGranted) {
      mayHurry = isGranted;
    },
    setReceipts: (configuration) => receipts.configure(configuration),
    receiptCounts: () => receipts.counts(),
    async close() {
      await listener.close();
      await receipts.close();
    },
  };
}

const TOKEN_PATHS: ReadonlySet<string> = new Set(['/oauth2/v3/token', '/oauth2/v2/token']);
const PUSH_PATH = /^\/(v[123])\/([^/]+)\/messages:(send|revoke)$/;

function read(call: VendorCall, house: House): Reading {
  if (TOKEN_PATHS.has(call.path)) return readTokenCall(call, house);
  const [, version, id, verb] = PUSH_PATH.exec(call.path) ?? [];
  const { appId, clientId, projectId } = house.account;
  if (call.method === 'POST' && verb === 'send') {
    if (version === 'v1' && id === appId) return readSendCall(call, 'v1', house);
    if (version === 'v2' && id === projectId) return readSendCall(call, 'v1', house);
    if (version === 'v3' && id === projectId) return readSendCall(call, 'v3', house);
  }
  if (call.method === 'POST' && verb === 'revoke' && version === 'v1' && id === clientId) {
    return readRevokeCall(call, house);
  }
  return { kind: 'refused', provider: 'huawei', answer: htmlAnswer(404), reason: '404' };
}
