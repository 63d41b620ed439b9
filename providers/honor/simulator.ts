/** Honor's side of the protocol, as strict as its documents. Shares nothing with the adapter. */
import type { Served } from '../simulation/vendor-call.js';
import type { VendorDesk } from '../simulation/vendor-desk.js';
import { listenAsVendor } from '../simulation/vendor-listener.js';
import type { VendorSimulator, VendorSimulatorOptions } from '../simulation/vendor-simulator.js';
import { createAccessTokens } from './simulator/access-tokens.js';
import { createAnswers } from './simulator/answers.js';
import type { Habits } from './simulator/habits.js';
import { createReceipts } from './simulator/receipts.js';
import { readSend, SEND_PATH } from './simulator/send-endpoint.js';
import { readTokenRequest, TOKEN_PATH } from './simulator/token-endpoint.js';

export type { Habits } from './simulator/habits.js';

export interface HonorSimulatorOptions extends VendorSimulatorOptions {
  /** Of access tokens; 3600 when absent. */
  readonly tokenSeconds?: number;
  /** Honor has granted this app service and communication; true when absent. */
  readonly hasServiceClass?: boolean;
}

export interface HonorSimulator extends VendorSimulator {
  /** Access tokens handed out so far end: a send with one is told that it has expired. */
  revokeTokens(): void;
  /** Test messages that are taken in a day from now on. */
  setQuota(messages: number): void;
  setHabits(habits: Habits): void;
  /** Where the console has Honor tell of receipts; undefined, as at first, for nowhere. */
  setCallback(url: string | undefined): void;
  /** What the receipt of every further delivery to this push token says; 2, or 1 for a data message, when never set. */
  setReceipt(pushToken: string, status: number): void;
  /** Calls with receipts that were answered with 2xx, and that were not. */
  receiptCounts(): { readonly taken: number; readonly failed: number };
}

const APP = { appId: '104000001', clientId: '220000001', clientSecret: 'honor-simulated-secret' } as const;

export async function startHonorSimulator(options: HonorSimulatorOptions): Promise<HonorSimulator> {
  const { ledger, faults, now, latencyMs = 0, hold, receiptDelayMs = 20 } = options;
  let habits: Habits = {};
  const tokens = createAccessTokens(options.tokenSeconds ?? 3_600);
  const answers = createAnswers(() => habits);
  const receipts = createReceipts(receiptDelayMs);
  let quota = 1_000;
  let spent = { day: -1, messages: 0 };
  const account = {
    ...APP,
    hasServiceClass: options.hasServiceClass ?? true,
    /** Counts test messages by the day in Beijing. */
    takeTestMessages(count: number): boolean {
      const day = Math.floor((now() + 8 * 3_600_000) / 86_400_000);
      if (spent.day !== day) spent = { day, messages: 0 };
      if (spent.messages + count > quota) return false;
      spent = { day, messages: spent.messages + count };
      return true;
    },
  };
  const desk: VendorDesk = {
    ...{ ledger, faults, now, latencyMs, hold },
    read(call) {
      if (call.path === TOKEN_PATH) return readTokenRequest(call, account, tokens);
      if (SEND_PATH.test(call.path)) return withReceipts(readSend(call, account, tokens, answers));
      const answer = { status: 404, body: '{"code":404,"message":"not found"}' };
      return { kind: 'refused', provider: 'honor', answer, reason: '404' };
    },
  };
  function withReceipts(reading: ReturnType<typeof readSend>) {
    if (reading.kind === 'refused') return reading;
    const told = { requestId: reading.id, biTag: reading.biTag, isData: reading.isData };
    return { ...reading, taken: (targets) => receipts.tell(targets, told, now()) } satisfies Served;
  }
  const listener = await listenAsVendor(desk, options.tls, options.port ?? 0);
  return {
    url: listener.url,
    settings: {
      app_id: APP.appId,
      client_id: APP.clientId,
      client_secret: APP.clientSecret,
      service_class: account.hasServiceClass,
      endpoint: listener.url,
      token_endpoint: `${listener.url}${TOKEN_PATH}`,
    },
    revokeTokens: () => tokens.revoke(),
    setQuota(messages) {
      quota = messages;
    },
    setHabits(next) {
      habits = next;
    },
    setCallback: (url) => receipts.setUrl(url),
    setReceipt: (pushToken, status) => receipts.setStatus(pushToken, status),
    receiptCounts: () => receipts.counts(),
    async close() {
      await receipts.close();
      await listener.close();
    },
  };
}
