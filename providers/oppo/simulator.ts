/**
 * OPPO's side of its push protocol: the hosts for China, for elsewhere and for feedback, a TLS port each, every one with
 * the token endpoint where it has one. Written from OPPO's server documents; shares no code with the adapter. Tags,
 * aliases, sends to all, statistics and the upload of pictures are left out.
 */
import { createReceiptPoster } from '../simulation/receipt-poster.js';
import { htmlAnswer, type Reading, type VendorCall } from '../simulation/vendor-call.js';
import { listenAsVendor, type VendorListener } from '../simulation/vendor-listener.js';
import type { VendorSimulator, VendorSimulatorOptions } from '../simulation/vendor-simulator.js';
import { AuthEndpoint } from './simulator/auth.js';
import { DayCounts } from './simulator/day-counts.js';
import { readFeed } from './simulator/feed.js';
import type { Wording } from './simulator/form.js';
import { type OppoReceipt, RECEIPTS_OF_CALL, receiptCall } from './simulator/receipts.js';
import { type HostRegion, SendEndpoints } from './simulator/send.js';

const ACCOUNT = { appKey: 'simulated-app-key', masterSecret: 'simulated-master-secret' };
const AUTH_PATH = '/server/v1/auth';
const RECEIPT_DELAY_MS = 20;

export interface OppoSimulatorOptions extends VendorSimulatorOptions {
  /** Life of an access token; 24 hours when absent. */
  readonly tokenLifeMs?: number;
  /** Codes as text instead of numbers. */
  readonly codesAreText?: boolean;
  /** HTTP status beside code 11; 200 when absent. */
  readonly authStatus?: 200 | 401;
  /** Private templates of the console: messages of the service class need one of them. None are asked for when absent. */
  readonly templates?: readonly string[];
}

export interface OppoSimulator extends VendorSimulator {
  readonly overseasUrl: string;
  readonly feedbackUrl: string;
  /** Ends every access token given out so far: the next request with one is answered 11. */
  revokeTokens(): void;
  /** Devices that messages may go to in a day; more are answered 33. */
  setQuota(devices: number): void;
  /** Contents that may be saved in a day; more are answered 42. */
  setSaveQuota(contents: number): void;
  /** Every saved content is unknown from now on: 31. */
  forgetContents(): void;
  /** The app is gone from these devices: sends are refused with 10000, and the feed tells of them. */
  uninstall(registrationIds: readonly string[]): void;
  /** Calls with receipts that were answered with 2xx, and not. */
  receiptCalls(): { readonly taken: number; readonly failed: number };
}

/**
 * Starts on 127.0.0.1; `port` is that of the host for China.
 *
 * @throws the listener's error, such as `EADDRINUSE`, when a port cannot be had; nothing stays open then.
 */
export async function startOppoSimulator(options: OppoSimulatorOptions): Promise<OppoSimulator> {
  const { ledger, faults, now, hold, latencyMs = 0, tls } = options;
  const wording: Wording = { codesAreText: options.codesAreText ?? false, authStatus: options.authStatus ?? 200 };
  const counts = new DayCounts();
  const dead = new Set<string>();
  const untold = new Set<string>();
  const poster = createReceiptPoster<OppoReceipt>({
    delayMs: options.receiptDelayMs ?? RECEIPT_DELAY_MS,
    callMax: RECEIPTS_OF_CALL,
    callOf: receiptCall,
  });
  const templates = options.templates === undefined ? undefined : new Set(options.templates);
  const hosts = (['china', 'overseas'] as const).map((region: HostRegion) => {
    const auth = new AuthEndpoint(ACCOUNT, wording, options.tokenLifeMs);
    const house = { region, auth, counts, wording, templates, poster, dead, untold };
    return { region, auth, house, send: new SendEndpoints(house) };
  });
  const feedAuth = hosts[0]?.auth;
  const nowhere = (): Reading => ({ kind: 'refused', provider: 'oppo', answer: htmlAnswer(404), reason: '404' });
  const opened: VendorListener[] = [];
  const listen = async (read: (call: VendorCall) => Reading, port: number) => {
    const listener = await listenAsVendor({ ledger, faults, latencyMs, hold, now, read }, tls, port);
    opened.push(listener);
    return listener.url;
  };
  const close = async () => {
    await poster.close();
    for (const listener of opened) await listener.close();
  };
  try {
    const urls: string[] = [];
    for (const { region, auth, send } of hosts) {
      const read = (call: VendorCall) => (call.path === AUTH_PATH ? auth.read(call) : (send.read(call) ?? nowhere()));
      urls.push(await listen(read, region === 'china' ? (options.port ?? 0) : 0));
    }
    const [url = '', overseasUrl = ''] = urls;
    const feedbackUrl = await listen(
      (call) => (feedAuth === undefined ? undefined : readFeed(call, { auth: feedAuth, wording, untold })) ?? nowhere(),
      0,
    );
    return {
      ...{ url, overseasUrl, feedbackUrl, close },
      settings: {
        app_key: ACCOUNT.appKey,
        master_secret: ACCOUNT.masterSecret,
        endpoint: url,
        endpoint_overseas: overseasUrl,
        endpoint_feedback: feedbackUrl,
      },
      revokeTokens: () => {
        for (const { auth } of hosts) auth.revokeAll();
      },
      setQuota: (devices) => {
        counts.sentMax = devices;
      },
      setSaveQuota: (contents) => {
        counts.savedMax = contents;
      },
      forgetContents: () => {
        for (const { send } of hosts) send.forgetContents();
      },
      uninstall: (ids) => {
        for (const id of ids) {
          dead.add(id);
          untold.add(id);
        }
      },
      receiptCalls: () => poster.counts(),
    };
  } catch (error) {
    await close();
    throw error;
  }
}
