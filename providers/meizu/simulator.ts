/** Meizu's side of the protocol, as strict as its documents. Shares nothing with the adapter. */
import { jsonAnswer } from '../simulation/vendor-call.js';
import type { VendorDesk } from '../simulation/vendor-desk.js';
import { listenAsVendor } from '../simulation/vendor-listener.js';
import type { VendorSimulator, VendorSimulatorOptions } from '../simulation/vendor-simulator.js';
import { createAnswers, type Habits } from './simulator/answers.js';
import { createDayCounts } from './simulator/day-counts.js';
import { createReceipts } from './simulator/receipts.js';
import { readSend, SEND_PATHS } from './simulator/send-endpoint.js';
import { readStatistics, STATISTICS_PATH } from './simulator/statistics-endpoint.js';

export type { Habits } from './simulator/answers.js';

export interface MeizuSimulatorOptions extends VendorSimulatorOptions {
  /** Meizu has granted this app private messages; true when absent. */
  readonly hasServiceClass?: boolean;
}

export interface MeizuSimulator extends VendorSimulator {
  /** Messages that are taken of the app in a day from now on. */
  setQuota(messages: number): void;
  /** Public messages that one device gets in a day from now on. */
  setDeviceQuota(messages: number): void;
  /** Every request is sent on to this address; undefined, as at first: none is. Requests below `/moved` never are. */
  setRedirect(url: string | undefined): void;
  setHabits(habits: Habits): void;
  /** Deliveries to this push token are told as clicked, too. */
  setClicked(pushToken: string): void;
  /** Calls with receipts that were answered with 2xx, and that were not. */
  receiptCounts(): { readonly taken: number; readonly failed: number };
}

const APP = { appId: '100999', appSecret: 'meizu-simulated-secret' } as const;
const RECEIPT_TOKEN = 'meizu-simulated-receipts';
const MOVED = /^\/moved(?=\/)/;

export async function startMeizuSimulator(options: MeizuSimulatorOptions): Promise<MeizuSimulator> {
  const { ledger, faults, now, latencyMs = 0, hold, receiptDelayMs = 20 } = options;
  let habits: Habits = {};
  let redirect: string | undefined;
  const answers = createAnswers(() => habits);
  const counts = createDayCounts(now);
  const receipts = createReceipts(receiptDelayMs, RECEIPT_TOKEN);
  const account = { ...APP, hasServiceClass: options.hasServiceClass ?? true };
  const desk: VendorDesk = {
    ...{ ledger, faults, now, latencyMs, hold },
    read(call) {
      const path = call.path.replace(MOVED, '');
      if (path === STATISTICS_PATH) return readStatistics(call, account, answers);
      if (!Object.hasOwn(SEND_PATHS, path)) {
        return { kind: 'refused', provider: 'meizu', answer: jsonAnswer(404, { message: 'not found' }), reason: '404' };
      }
      const sentOn = MOVED.test(call.path) ? undefined : redirect;
      const reading = readSend({ ...call, path }, account, { answers, counts, redirect: sentOn });
      if (reading.kind === 'refused' || reading.receipts === undefined) return reading;
      const { callback, param } = reading.receipts;
      return { ...reading, taken: (targets) => receipts.tell(callback, { msgId: reading.id, param }, targets) };
    },
  };
  const listener = await listenAsVendor(desk, options.tls, options.port ?? 0);
  return {
    url: listener.url,
    settings: {
      app_id: APP.appId,
      app_secret: APP.appSecret,
      receipt_token: RECEIPT_TOKEN,
      service_class: account.hasServiceClass,
      endpoint: listener.url,
    },
    setQuota: (messages) => counts.setQuota(messages),
    setDeviceQuota: (messages) => counts.setDeviceQuota(messages),
    setRedirect(url) {
      redirect = url;
    },
    setHabits(next) {
      habits = next;
    },
    setClicked: (pushToken) => receipts.setClicked(pushToken),
    receiptCounts: () => receipts.counts(),
    async close() {
      await receipts.close();
      await listener.close();
    },
  };
}
