/** A stand-in for vivo's push server on this machine. Source: vivo server API, document 362 (2.9.2). */
import { createReceiptPoster } from '../simulation/receipt-poster.js';
import { listenAsVendor } from '../simulation/vendor-listener.js';
import type { VendorSimulator, VendorSimulatorOptions } from '../simulation/vendor-simulator.js';
import { Account, type AccountRules, type VivoApp } from './simulator/account.js';
import { createAnswerWriter } from './simulator/answers.js';
import { readCall } from './simulator/desk.js';
import { MessageDesk, type MessageKnobs } from './simulator/message-desk.js';
import { type Receipt, receiptCall, receiptsOf } from './simulator/receipts.js';

const APP: VivoApp = { appId: '10004', appKey: '25509283', appSecret: 'simulated-secret' };
const DAY_SECONDS = 86_400;
const AUTH_PER_SECOND = 10;
const RECEIPTS_IN_CALL = 100;

export interface VivoSimulatorOptions extends VendorSimulatorOptions, Partial<AccountRules> {}

export interface VivoSimulator extends VendorSimulator {
  /** Every access token given out so far is answered 10000 from now on. */
  revokeTokens(): void;
  /** How many more messages of a class, and how many saved lists, are taken today; no bound when absent. */
  setQuota(left: Partial<Pick<MessageKnobs, 'transactional' | 'marketing' | 'lists'>>): void;
  /** Operation messages are refused (10071). */
  setNight(isNight: boolean): void;
  /**
   * Formal messages of digits, letters and signs alone are refused (10104). Off at first: how far the rule goes is not
   * documented, and trials are seldom written in Chinese.
   */
  setTextRule(isOn: boolean): void;
  /** Result codes are written as text. */
  setNumbersAsText(isOn: boolean): void;
  addTestDevice(regId: string): void;
  /** Where receipts of messages with this `callback.id` go. */
  registerCallback(id: string, url: string): void;
  /** Lists that were saved are unknown from now on. */
  forgetTasks(): void;
}

/** @throws the listener's error, such as `EADDRINUSE`; nothing stays open then */
export async function startVivoSimulator(options: VivoSimulatorOptions): Promise<VivoSimulator> {
  const { tokenSeconds = DAY_SECONDS, authPerSecond = AUTH_PER_SECOND, receiptDelayMs = 20 } = options;
  const account = new Account(APP, { tokenSeconds, authPerSecond });
  let isText = false;
  const write = createAnswerWriter(() => isText);
  const knobs: MessageKnobs = {
    ...{ transactional: Infinity, marketing: Infinity, lists: Infinity },
    ...{ isNight: false, refusesPlain: false, testDevices: new Set() },
  };
  const callbacks = new Map<string, string>();
  const poster = createReceiptPoster<Receipt>({
    ...{ delayMs: receiptDelayMs, callMax: RECEIPTS_IN_CALL, callOf: receiptCall },
  });
  const messages = new MessageDesk(knobs, write, (taken) => {
    const { url, receipts } = receiptsOf(taken, callbacks);
    if (url !== undefined) poster.tell(url, receipts);
  });
  const { ledger, faults, latencyMs = 0, hold, tls, port = 0, now } = options;
  const listener = await listenAsVendor(
    {
      ...{ ledger, faults, latencyMs, hold, now },
      read: (call) => readCall(call, { account, messages, write }),
    },
    tls,
    port,
  );
  return {
    url: listener.url,
    settings: { app_id: APP.appId, app_key: APP.appKey, app_secret: APP.appSecret, endpoint: listener.url },
    revokeTokens: () => account.revokeAll(),
    setQuota: ({ transactional = Infinity, marketing = Infinity, lists = Infinity }) =>
      Object.assign(knobs, { transactional, marketing, lists }),
    setNight: (isNight) => Object.assign(knobs, { isNight }),
    setTextRule: (refusesPlain) => Object.assign(knobs, { refusesPlain }),
    setNumbersAsText(isOn) {
      isText = isOn;
    },
    addTestDevice: (regId) => knobs.testDevices.add(regId),
    registerCallback: (id, url) => callbacks.set(id, url),
    forgetTasks: () => messages.forgetTasks(),
    async close() {
      await Promise.all([listener.close(), poster.close()]);
    },
  };
}
