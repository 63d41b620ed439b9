/** A vendor's provider beside its simulator, with clock, faults, ledger and log in plain sight. */
import type { Message, Outcome, Provider, ProviderKind, Target } from '../../providers/contract.js';
import type { VendorSimulator, VendorSimulatorOptions } from '../../providers/simulation/vendor-simulator.js';
import type { Fault, LedgerEntry } from '../../providers/simulation.js';
import { createLoopbackCertificate } from '../../src/simulators/certificates.js';
import { FaultPlan } from '../../src/simulators/fault-plan.js';
import { testEnv } from '../contract/provider.suite.js';

export interface RigOptions<Options, Simulator extends VendorSimulator> {
  readonly kind: ProviderKind<Options>;
  readonly start: (options: VendorSimulatorOptions) => Promise<Simulator>;
  /** The name by which the fault plan knows the part that takes notifications. */
  readonly faults: string;
  /** In the options of the provider, beside the simulator's settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly callbackUrl?: string;
}

export interface Rig<Simulator extends VendorSimulator> {
  readonly simulator: Simulator;
  readonly provider: Provider;
  readonly ledger: LedgerEntry[];
  readonly clock: { now: number };
  /** Events of the log, with their fields. */
  readonly log: { readonly event: string; readonly fields: Readonly<Record<string, unknown>> }[];
  readonly ca: string;
  /** What the next `times` requests for this push token, or whatever else names them, meet. */
  fault(token: string, fault: Fault, part?: string, times?: number): void;
  send(tokens: readonly string[], message?: Partial<Message>): Promise<readonly Outcome[]>;
  close(): Promise<void>;
}

export const NOW = 1_800_000_000_000;
let certificate: ReturnType<typeof createLoopbackCertificate> | undefined;

export async function openRig<Options, Simulator extends VendorSimulator>(
  options: RigOptions<Options, Simulator>,
): Promise<Rig<Simulator>> {
  certificate ??= createLoopbackCertificate();
  const { ca, tls } = await certificate;
  const plan = new FaultPlan(Math.random);
  const ledger: LedgerEntry[] = [];
  const log: { event: string; fields: Readonly<Record<string, unknown>> }[] = [];
  const clock = { now: NOW };
  const now = () => clock.now;
  const simulator = await options.start({
    ...{ tls, now, faults: plan },
    ledger: { write: (entry) => void ledger.push(entry) },
    receiptDelayMs: 1,
  });
  const note = (fields: Readonly<Record<string, unknown>>, event: string) => void log.push({ event, fields });
  const env = testEnv({
    now,
    log: { info: note, warn: note, error: note },
    ...(options.callbackUrl === undefined ? {} : { callbackUrl: options.callbackUrl }),
  });
  const provider = await options.kind.open(
    options.kind.options.parse({ ...simulator.settings, ca, ...options.settings }),
    env,
  );
  return {
    ...{ simulator, provider, ledger, clock, log, ca },
    fault: (token, fault, part = options.faults, times = Number.POSITIVE_INFINITY) =>
      void plan.add({ provider: part, match: { token }, times, fault }),
    send: (tokens, message) => {
      const targets = tokens.map(
        (token, at): Target => ({ pushToken: options.kind.parsePushToken(token), notificationId: `n${at}` }),
      );
      return provider.send({ message: { ...MESSAGE, ...message }, targets }, new AbortController().signal);
    },
    async close() {
      await provider.close();
      await simulator.close();
    },
  };
}

export const MESSAGE: Message = Object.freeze({
  id: 'msg_1',
  app: 'shop',
  notification: Object.freeze({ title: 'Paid', body: 'Order 7 is paid' }),
  ttlSeconds: 600,
  priority: 'normal',
});
