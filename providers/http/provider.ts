/** A service that the file describes: the frame of the vendors, with the file's templates and rules as its wire. */
import type { CredentialTest, ProviderEnv, ProviderLimits, Testable } from '../contract.js';
import { VendorProvider, type VendorWire } from '../shared/vendor-provider.js';
import { judge } from './answer.js';
import { dayStartsOf } from './limits.js';
import { fitMessage } from './misfits.js';
import { type OAuth, openOAuth } from './oauth.js';
import { type Plan, planOf } from './plan.js';
import { type Filling, requestFor } from './request.js';
import type { HttpOptions } from './settings.js';

export function openHttpProvider(options: HttpOptions, limits: ProviderLimits, env: ProviderEnv): HttpProvider {
  const plan = planOf(options);
  checkEgress(plan.origin, 'url', env);
  if (options.auth?.oauth !== undefined) checkEgress(options.auth.oauth.token_url, 'auth.oauth.token_url', env);
  const oauth = options.auth?.oauth === undefined ? undefined : openOAuth(options.auth.oauth, options.ca, env);
  return new HttpProvider(options, plan, limits, oauth, env);
}

/** @throws Error with a sentence that says what to do */
function checkEgress(url: string, setting: string, env: ProviderEnv): void {
  try {
    env.egress.checkUrl(new URL(url));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `${setting} of provider ${env.name} of app ${env.app} may not be reached (${why}): name a public host, or list its network in egress.allow`,
    );
  }
}

export class HttpProvider extends VendorProvider<Filling> implements Testable {
  readonly isRepeatable?: true;
  readonly #oauth: OAuth | undefined;

  constructor(options: HttpOptions, plan: Plan, limits: ProviderLimits, oauth: OAuth | undefined, env: ProviderEnv) {
    super(
      {
        wire: wireOf(options, plan, limits),
        kind: 'http',
        origin: plan.origin,
        ca: options.ca,
        pool: { lookup: env.egress.lookup, connectionsMax: options.connections },
        ...(oauth === undefined ? {} : { tokens: oauth.tokens }),
      },
      env,
    );
    this.#oauth = oauth;
    if (options.repeatable) this.isRepeatable = true;
  }

  /** The service itself has no question that the file could name and that reaches nobody. */
  async testCredentials(signal: AbortSignal): Promise<CredentialTest> {
    if (this.#oauth !== undefined) return this.#oauth.test(signal);
    return { verdict: 'not_askable', detail: 'the service judges the credentials with the first message' };
  }
}

function wireOf(options: HttpOptions, plan: Plan, limits: ProviderLimits): VendorWire<Filling> {
  return {
    limits,
    // The file says which answer means a dead address; numbers and rooms are nobody's app's.
    knowsAddresses: true,
    compile({ message }, now) {
      const { filling, misfits } = fitMessage(message, options, plan, now);
      return { misfits, ...(filling === undefined ? {} : { compiled: filling }) };
    },
    async send(filling, targets, talk) {
      const asked = await talk.ask({
        request: (accessToken) => requestFor(filling, targets, talk.now(), accessToken),
        judge: (answer) =>
          judge(answer, targets, options.answer, {
            nowMs: talk.now(),
            dayStartsMinutes: dayStartsOf(options),
            hasAccessTokens: options.auth?.oauth !== undefined,
          }),
      });
      return asked.kind === 'judged' ? asked.value : targets.map(() => asked.outcome);
    },
  };
}
