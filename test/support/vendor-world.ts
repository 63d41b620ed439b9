/** A vendor's provider beside its simulator, as the provider contract suite asks for it. */
import type { ProviderEnv, ProviderKind } from '../../providers/contract.js';
import type { VendorSimulator, VendorSimulatorOptions } from '../../providers/simulation/vendor-simulator.js';
import { createLoopbackCertificate } from '../../src/simulators/certificates.js';
import { FaultPlan } from '../../src/simulators/fault-plan.js';
import type { ProviderWorld } from '../contract/provider.suite.js';

export interface VendorOfWorld<Options> {
  readonly kind: ProviderKind<Options>;
  readonly start: (options: VendorSimulatorOptions) => Promise<VendorSimulator>;
  /** The name by which the fault plan knows the part that takes notifications. */
  readonly faults: string;
  /** Push token number `at`, fit in form. */
  readonly token: (at: number) => string;
  /** The vendor's code for a dead push token. */
  readonly deadCode: string;
  readonly badTokens: readonly unknown[];
  /** In the options of the provider, beside the simulator's settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

const DEAD = 999_999;
let certificate: ReturnType<typeof createLoopbackCertificate> | undefined;

export async function openVendorWorld<Options>(vendor: VendorOfWorld<Options>): Promise<ProviderWorld> {
  certificate ??= createLoopbackCertificate();
  const { ca, tls } = await certificate;
  const faults = new FaultPlan(Math.random);
  const dead = vendor.token(DEAD);
  faults.add({ provider: vendor.faults, match: { token: dead }, fault: { kind: 'answer', reason: vendor.deadCode } });
  const taken: string[] = [];
  let gate: { readonly opened: Promise<void>; readonly open: () => void } | undefined;
  let onHeld: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    onHeld = resolve;
  });
  const simulator = await vendor.start({
    tls,
    ledger: {
      write(entry) {
        if (entry.accepted && entry.token !== null) taken.push(entry.token);
      },
    },
    faults,
    now: () => Date.now(),
    hold() {
      if (gate !== undefined) onHeld();
      return gate?.opened;
    },
  });
  const release = () => {
    gate?.open();
    gate = undefined;
  };
  const options = vendor.kind.options.parse({ ...simulator.settings, ca, ...vendor.settings });
  return {
    kind: {
      ...vendor.kind,
      check: (message) => vendor.kind.check(message, options),
      parsePushToken: (raw) => vendor.kind.parsePushToken(raw, options),
    } satisfies ProviderKind<Options> as unknown as ProviderWorld['kind'],
    open: (env: ProviderEnv) => vendor.kind.open(options, env),
    goodToken: vendor.token,
    deadToken: () => dead,
    badTokens: vendor.badTokens,
    hold() {
      let open: () => void = () => undefined;
      const opened = new Promise<void>((resolve) => {
        open = resolve;
      });
      gate = { opened, open };
    },
    held: () => held,
    release,
    async vanish() {
      release();
      await simulator.close();
    },
    taken: () => taken,
    close: () => simulator.close(),
  };
}
