import { type CredentialTest, isTestable } from '../../providers/contract.js';
import type { ProviderDirectory } from './provider-directory.js';

/** A person waits for the answer; vendors take well under a second. */
const ANSWER_WITHIN_MS = 5_000;

export interface ProviderTest extends CredentialTest {
  readonly provider: string;
  readonly kind: string;
  /** How long it took. */
  readonly ms: number;
}

/**
 * Asks the vendor behind an app's provider whether it accepts the credentials. Reaches no device, retires nothing, and
 * changes neither pauses nor counts. Who asks while an answer is on its way gets the same one.
 *
 * @returns undefined when the app has no such provider
 */
export type TestProvider = (app: string, name: string) => Promise<ProviderTest | undefined>;

export function createTestProvider(house: {
  readonly providers: Pick<ProviderDirectory, 'configured' | 'open'>;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  /** 5 s when absent. */
  readonly answerWithinMs?: number;
}): TestProvider {
  const { providers, nowMs, answerWithinMs = ANSWER_WITHIN_MS } = house;
  const running = new Map<string, Promise<ProviderTest>>();

  async function test(app: string, name: string, kind: string): Promise<ProviderTest> {
    const startedAt = nowMs();
    const provider = providers.open(app, name);
    const answer: CredentialTest =
      provider !== undefined && isTestable(provider)
        ? await provider.testCredentials(AbortSignal.timeout(answerWithinMs))
        : { verdict: 'not_askable', detail: `providers of the kind ${kind} have no way to ask their vendor` };
    return { provider: name, kind, ...answer, ms: Math.round(nowMs() - startedAt) };
  }

  return async (app, name) => {
    const configured = providers.configured(app).find((one) => one.name === name);
    if (configured === undefined) return undefined;
    const key = `${app}|${name}`;
    let answer = running.get(key);
    if (answer === undefined) {
      answer = test(app, name, configured.kind).finally(() => running.delete(key));
      running.set(key, answer);
    }
    return answer;
  };
}
