/** A Huawei provider beside its simulator, with clock, faults, ledger and log in plain sight. */
import type { Batch, Message, Outcome, Provider, Target } from '../../../../providers/contract.js';
import { huaweiKind } from '../../../../providers/huawei/kind.js';
import type { HuaweiOptions } from '../../../../providers/huawei/options.js';
import {
  createHuaweiAccount,
  type HuaweiAccount,
  type HuaweiSimulator,
  startHuaweiSimulator,
} from '../../../../providers/huawei/simulator.js';
import type { Fault, LedgerEntry } from '../../../../providers/simulation.js';
import { createLoopbackCertificate } from '../../../../src/simulators/certificates.js';
import { FaultPlan } from '../../../../src/simulators/fault-plan.js';
import { testEnv } from '../../../contract/provider.suite.js';

/** 2026-03-02T04:00:00Z: noon in Beijing, 12 hours before its day ends. */
export const NOON = Date.UTC(2026, 2, 2, 4);
export const NEVER = new AbortController().signal;

export const MESSAGE: Message = Object.freeze({
  id: 'msg_1',
  app: 'shop',
  notification: Object.freeze({ title: 'Paid', body: 'Order 7 is paid' }),
  ttlSeconds: 600,
  priority: 'normal',
});

/** What a test that failed has left open. */
const opened = new Set<Rig>();
after(async () => {
  for (const rig of opened) await rig.close();
});

let account: Promise<HuaweiAccount> | undefined;
let certificate: ReturnType<typeof createLoopbackCertificate> | undefined;

export function target(token: string, more: Partial<Target> = {}): Target {
  return { pushToken: huaweiKind.parsePushToken(token), notificationId: `n ${token}`, ...more };
}

/** An outcome in a few words. */
export function short(outcome: Outcome | undefined): string {
  switch (outcome?.kind) {
    case 'rejected':
      return `rejected ${outcome.reason}`;
    case 'deferred':
      return `deferred ${outcome.scope} ${outcome.reason}`;
    default:
      return outcome?.kind ?? 'nothing';
  }
}

export type Generation = 'v1' | 'v3';

export interface Rig {
  readonly simulator: HuaweiSimulator;
  readonly provider: Provider;
  readonly options: HuaweiOptions;
  readonly ledger: LedgerEntry[];
  readonly clock: { now: number };
  readonly ca: string;
  /** Events of the log. */
  readonly log: string[];
  readonly codes: string[];
  /** What the next request for this push token, or all of them, meets. */
  fault(token: string, fault: Fault, more?: { readonly part?: string; readonly times?: number }): void;
  /** Push tokens may stand more than once. */
  send(tokens: readonly string[], to?: Generation, message?: Partial<Message>): Promise<readonly Outcome[]>;
  batch(batch: Partial<Batch>): Promise<readonly Outcome[]>;
  /** Payloads of the notifications that came, as JSON. */
  payloads(): Record<string, unknown>[];
  close(): Promise<void>;
}

export async function openRig(
  settings: Readonly<Record<string, unknown>> = {},
  without: readonly string[] = [],
): Promise<Rig> {
  certificate ??= createLoopbackCertificate();
  account ??= createHuaweiAccount();
  const { ca, tls } = await certificate;
  const plan = new FaultPlan(Math.random);
  const ledger: LedgerEntry[] = [];
  const log: string[] = [];
  const codes: string[] = [];
  const clock = { now: NOON };
  const now = () => clock.now;
  const simulator = await startHuaweiSimulator({
    ...{ tls, now, faults: plan, receiptDelayMs: 1, account: await account },
    ledger: { write: (entry) => void ledger.push(entry) },
  });
  const given = Object.entries({ ...simulator.settings, ca, ...settings }).filter(([name]) => !without.includes(name));
  const options = huaweiKind.options.parse(Object.fromEntries(given));
  const note = (_: unknown, event: string) => void log.push(event);
  const provider = await huaweiKind.open(
    options,
    testEnv({
      now,
      log: { info: note, warn: note, error: note },
      observe: (seen) => {
        if (seen.kind === 'request') codes.push(seen.code);
      },
    }),
  );
  const batch: Rig['batch'] = (part) => provider.send({ message: MESSAGE, targets: [], ...part }, NEVER);
  const rig: Rig = {
    ...{ simulator, provider, options, ledger, clock, ca, log, codes, batch },
    fault: (token, fault, { part = 'huawei', times = Number.POSITIVE_INFINITY } = {}) =>
      void plan.add({ provider: part, match: { token }, times, fault }),
    send: (tokens, to = 'v1', message = {}) =>
      batch({
        message: { ...MESSAGE, ...message },
        targets: tokens.map((token) => target(token)),
        platform: to === 'v1' ? 'android' : 'harmonyos',
      }),
    payloads: () =>
      ledger.flatMap(({ provider: part, payloadJson }) =>
        part === 'huawei' && payloadJson !== null ? [JSON.parse(payloadJson) as Record<string, unknown>] : [],
      ),
    async close() {
      opened.delete(rig);
      await provider.close();
      await simulator.close();
    },
  };
  opened.add(rig);
  return rig;
}
