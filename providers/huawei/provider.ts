/** One provider over both generations of Push Kit: which of them a batch goes to, its platform says. */
import type {
  Batch,
  CredentialTest,
  Outcome,
  Platform,
  Provider,
  ProviderEnv,
  ProviderLimits,
  Recalling,
  RecallOutcome,
  Testable,
} from '../contract.js';
import type { Generation } from './options.js';
import type { HuaweiV3Provider } from './provider-v3.js';

export interface HuaweiRoads {
  /** Absent without credentials for it; one is there. */
  readonly v1?: Provider;
  readonly v3?: HuaweiV3Provider;
  readonly limits: ProviderLimits;
  testCredentials(signal: AbortSignal): Promise<CredentialTest>;
}

const MISSING: Readonly<Record<Generation, string>> = {
  v1: 'devices with HMS Core need app_id and client_secret in the app’s file: it has a service_account only, for HarmonyOS NEXT',
  v3: 'devices with HarmonyOS NEXT need a service_account in the app’s file: it has a client_secret only, for HMS Core',
};

export class HuaweiProvider implements Provider, Recalling, Testable {
  readonly name: string;
  readonly limits: ProviderLimits;
  readonly #roads: HuaweiRoads;
  #isClosed = false;

  constructor(roads: HuaweiRoads, env: Pick<ProviderEnv, 'name'>) {
    this.name = env.name;
    this.limits = roads.limits;
    this.#roads = roads;
  }

  async send(batch: Batch, signal: AbortSignal): Promise<readonly Outcome[]> {
    const generation = this.#generationOf(batch.platform);
    const road = this.#roads[generation];
    if (road !== undefined) return road.send(batch, signal);
    this.#checkBatch(batch);
    return batch.targets.map(() => ({ kind: 'misconfigured', what: MISSING[generation] }));
  }

  async recall(batch: Batch, signal: AbortSignal): Promise<readonly RecallOutcome[]> {
    const generation = this.#generationOf(batch.platform);
    const { v3 } = this.#roads;
    if (generation === 'v3' && v3 !== undefined) return v3.recall(batch, signal);
    this.#checkBatch(batch);
    const text = generation === 'v1' ? 'Huawei takes nothing back from devices with HMS Core' : MISSING.v3;
    return batch.targets.map(() => ({ kind: 'impossible', detail: { text } }));
  }

  testCredentials(signal: AbortSignal): Promise<CredentialTest> {
    return this.#roads.testCredentials(signal);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#roads.v1?.close(), this.#roads.v3?.close()]);
  }

  /** A bare push token does not tell: it is taken for one of the generation that there are credentials for. */
  #generationOf(platform: Platform | undefined): Generation {
    if (platform === 'harmonyos') return 'v3';
    return platform === undefined && this.#roads.v1 === undefined ? 'v3' : 'v1';
  }

  /** @throws for a caller's mistake */
  #checkBatch({ targets }: Batch): void {
    if (this.#isClosed) throw new Error(`provider ${this.name} was used after close`);
    if (targets.length === 0) throw new Error('a batch needs a target');
    if (targets.length > this.limits.batchTargetsMax) {
      throw new Error(`a batch has at most ${this.limits.batchTargetsMax} targets, not ${targets.length}`);
    }
  }
}
