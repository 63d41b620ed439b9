/** vivo's provider beside its simulator, for tests that script the one and look at the other. */
import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Message, Outcome, Provider, ProviderEnv, Target } from '../../../../providers/contract.js';
import type { Fault, LedgerEntry } from '../../../../providers/simulation.js';
import { vivoKind } from '../../../../providers/vivo/kind.js';
import {
  startVivoSimulator,
  type VivoSimulator,
  type VivoSimulatorOptions,
} from '../../../../providers/vivo/simulator.js';
import { createLoopbackCertificate } from '../../../../src/simulators/certificates.js';
import { FaultPlan } from '../../../../src/simulators/fault-plan.js';
import { testEnv } from '../../../contract/provider.suite.js';

export const NEVER = new AbortController().signal;
setMaxListeners(0, NEVER); // every request under way listens

export const MESSAGE: Message = Object.freeze({
  id: 'msg_1',
  app: 'shop',
  notification: Object.freeze({ title: '订单已发货', body: '您的订单今天送达' }),
  ttlSeconds: 3_600,
  priority: 'high',
});

export interface Logged {
  readonly level: string;
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface Rig {
  readonly simulator: VivoSimulator;
  readonly faults: FaultPlan;
  readonly ledger: LedgerEntry[];
  readonly logged: Logged[];
  /** What was counted: `0`, `10070` … */
  readonly observed: string[];
  clock: { now: number };
  open(settings?: Readonly<Record<string, unknown>>, env?: Partial<ProviderEnv>): Promise<Provider>;
  fault(
    target: string,
    fault: Partial<Extract<Fault, { kind: 'answer' }>>,
    more?: { provider?: string; times?: number },
  ): void;
  close(): Promise<void>;
}

let certificate: ReturnType<typeof createLoopbackCertificate> | undefined;

export async function openRig(part: Partial<VivoSimulatorOptions> = {}): Promise<Rig> {
  certificate ??= createLoopbackCertificate();
  const { ca, tls } = await certificate;
  const faults = new FaultPlan(Math.random);
  const ledger: LedgerEntry[] = [];
  const logged: Logged[] = [];
  const observed: string[] = [];
  const clock = { now: Date.now() };
  const simulator = await startVivoSimulator({
    ...{ tls, faults, now: () => clock.now, ledger: { write: (entry) => ledger.push(entry) } },
    ...part,
  });
  const opened: Provider[] = [];
  const log = (level: string) => (fields: Readonly<Record<string, unknown>>, event: string) => {
    logged.push({ level, event, fields });
  };
  return {
    ...{ simulator, faults, ledger, logged, observed, clock },
    async open(settings = {}, env = {}) {
      const options = vivoKind.options.parse({ ...simulator.settings, ca, ...settings });
      const provider = await vivoKind.open(
        options,
        testEnv({
          now: () => clock.now,
          log: { info: log('info'), warn: log('warn'), error: log('error') },
          observe: (told) => void (told.kind === 'request' && observed.push(told.code)),
          ...env,
        }),
      );
      opened.push(provider);
      return provider;
    },
    fault(token, fault, { provider = 'vivo', times } = {}) {
      faults.add({
        ...{ provider, match: { token }, fault: { kind: 'answer', ...fault } },
        ...(times === undefined ? {} : { times }),
      });
    },
    async close() {
      for (const provider of opened) await provider.close();
      await simulator.close();
    },
  };
}

export function target(text: string): Target {
  return { pushToken: vivoKind.parsePushToken(text), notificationId: randomUUID() };
}

/** Kind, and what tells outcomes of one kind apart. */
export function short(outcome: Outcome | undefined): string {
  switch (outcome?.kind) {
    case 'rejected':
      return `rejected ${outcome.reason}`;
    case 'deferred':
      return `deferred ${outcome.scope} ${outcome.reason}`;
    default:
      return String(outcome?.kind);
  }
}

/** What arrived of notifications, as the ledger has it. */
export function payloads(ledger: readonly LedgerEntry[]): Record<string, unknown>[] {
  return ledger.flatMap(({ provider, payloadJson }) =>
    provider === 'vivo' && payloadJson !== null ? [JSON.parse(payloadJson) as Record<string, unknown>] : [],
  );
}
