/** A provider of OPPO beside its simulator, with clock, faults and ledger in plain sight. */
import { randomUUID } from 'node:crypto';
import type { Message, Outcome, ProviderLog, ProviderObservation, Target } from '../../../../providers/contract.js';
import { oppoKind } from '../../../../providers/oppo/kind.js';
import type { OppoProvider } from '../../../../providers/oppo/provider.js';
import { parsePushToken } from '../../../../providers/oppo/push-token.js';
import {
  type OppoSimulator,
  type OppoSimulatorOptions,
  startOppoSimulator,
} from '../../../../providers/oppo/simulator.js';
import type { Fault, LedgerEntry } from '../../../../providers/simulation.js';
import { createLoopbackCertificate } from '../../../../src/simulators/certificates.js';
import { FaultPlan } from '../../../../src/simulators/fault-plan.js';
import { testEnv } from '../../../contract/provider.suite.js';

export const NEVER = new AbortController().signal;
export const START_MS = 1_800_000_000_000;

export const MESSAGE: Message = {
  id: 'msg_01h000000000000000000000a',
  app: 'shop',
  notification: { title: 'Paid', body: 'Order 8812 is paid' },
  ttlSeconds: 600,
  priority: 'high',
};

export interface Rig {
  readonly simulator: OppoSimulator;
  readonly provider: OppoProvider;
  readonly clock: { now: number };
  readonly faults: FaultPlan;
  readonly ledger: LedgerEntry[];
  readonly logged: { readonly event: string; readonly fields: Readonly<Record<string, unknown>> }[];
  readonly observed: ProviderObservation[];
  /** The settings of the provider, as its file has them. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The next request of this part gets it. */
  once(part: string, fault: Fault): void;
  send(targets: readonly Target[], message?: Message): Promise<readonly Outcome[]>;
  /** Requests that arrived at a part of the vendor; a request to many counts once. */
  asked(part: string): number;
  close(): Promise<void>;
}

let certificate: ReturnType<typeof createLoopbackCertificate> | undefined;

export async function openRig(
  settings: Readonly<Record<string, unknown>> = {},
  of: Partial<OppoSimulatorOptions> & { readonly callbackUrl?: string; readonly adapterClock?: () => number } = {},
): Promise<Rig> {
  certificate ??= createLoopbackCertificate();
  const { ca, tls } = await certificate;
  const clock = { now: START_MS };
  const faults = new FaultPlan(() => 0);
  const ledger: LedgerEntry[] = [];
  const logged: { event: string; fields: Readonly<Record<string, unknown>> }[] = [];
  const observed: ProviderObservation[] = [];
  const { callbackUrl, adapterClock, ...simulated } = of;
  const simulator = await startOppoSimulator({
    ...simulated,
    ...{ tls, faults, now: () => clock.now },
    ledger: { write: (entry) => void ledger.push(entry) },
  });
  const written = { ...simulator.settings, ca, ...settings };
  const note: ProviderLog['info'] = (fields, event) => void logged.push({ event, fields });
  const env = testEnv({
    now: adapterClock ?? (() => clock.now),
    log: { info: note, warn: note, error: note },
    observe: (observation) => void observed.push(observation),
    ...(callbackUrl === undefined ? {} : { callbackUrl }),
  });
  const provider = (await oppoKind.open(oppoKind.options.parse(written), env)) as OppoProvider;
  return {
    ...{ simulator, provider, clock, faults, ledger, logged, observed, settings: written },
    once: (part, fault) => void faults.add({ provider: part, match: { rate: 1 }, times: 1, fault }),
    send: (targets, message = MESSAGE) => provider.send({ message, targets }, NEVER),
    asked: (part) => new Set(ledger.filter((entry) => entry.provider === part).map(({ id }) => id)).size,
    async close() {
      await provider.close();
      await simulator.close();
    },
  };
}

export function tokenOf(at: number): string {
  return `CN_${at.toString(16).padStart(32, '0')}`;
}

export function target(token: string): Target {
  return { pushToken: parsePushToken(token), notificationId: randomUUID() };
}

export function targets(count: number): Target[] {
  return Array.from({ length: count }, (_, at) => target(tokenOf(at)));
}

/** Kind, and what tells outcomes of one kind apart. */
export function short(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'rejected':
      return `rejected ${outcome.reason}`;
    case 'deferred':
      return `deferred ${outcome.scope} ${outcome.reason}`;
    default:
      return outcome.kind;
  }
}
