/** The frame of vendors with OPPO's wire; besides, its feed of dead registration ids and a look at the credentials. */
import type {
  CredentialTest,
  DeadAddressFeed,
  Outcome,
  ProviderEnv,
  ProviderLimits,
  PushToken,
  Testable,
} from '../contract.js';
import { dateOf } from '../shared/ask-once.js';
import { isJsonObject } from '../shared/merge-patch.js';
import type { Answer } from '../shared/transport.js';
import { type Judged, VendorProvider } from '../shared/vendor-provider.js';
import type { VendorTokens } from '../shared/vendor-tokens.js';
import { askToken, openTokens, readIssue } from './access-token.js';
import { interpret } from './cures.js';
import { hear, judgeCode, TOKEN_REFUSED } from './outcome.js';
import { type Compiled, fitsCallback } from './payload.js';
import { isRegistrationId } from './push-token.js';
import { feedbackHost, hostOf } from './region.js';
import type { OppoOptions } from './settings.js';
import { createOppoWire } from './wire.js';

const FEED_PATH = '/server/v1/feedback/fetch_invalid_regidList';
const HOUR_MS = 3_600_000;

export class OppoProvider extends VendorProvider<Compiled> implements Testable, DeadAddressFeed {
  /** OPPO asks for no more than that. */
  readonly feedEveryMs = HOUR_MS;
  readonly #options: OppoOptions;
  readonly #tokens: VendorTokens;

  constructor(options: OppoOptions, limits: ProviderLimits, env: ProviderEnv) {
    const tokens = openTokens('china', options, env);
    const doors = {
      china: { origin: hostOf('china', options), tokens },
      overseas: { origin: hostOf('overseas', options), tokens: openTokens('overseas', options, env) },
    };
    const wire = createOppoWire({ options, limits, doors, callbackUrl: callbackOf(options, env) });
    super({ wire, kind: 'oppo', origin: doors.china.origin, ca: options.ca, tokens }, env);
    this.#options = options;
    this.#tokens = tokens;
  }

  fetchDeadAddresses(signal: AbortSignal): Promise<readonly PushToken[]> {
    return this.awaited(this.#fetchDead(signal));
  }

  async #fetchDead(signal: AbortSignal): Promise<readonly PushToken[]> {
    const { auth_token_in: place } = this.#options;
    const asked = await this.talk(signal).ask({
      request: (token) => ({
        method: 'GET',
        path: place === 'form' ? `${FEED_PATH}?auth_token=${encodeURIComponent(token)}` : FEED_PATH,
        headers: place === 'form' ? {} : { auth_token: token },
        body: Buffer.alloc(0),
        origin: feedbackHost(this.#options),
      }),
      judge: (answer) => this.#judgeFeed(answer),
      isHarmless: true,
      tokens: this.#tokens,
    });
    if (asked.kind === 'judged' && asked.value.kind === 'ids') return asked.value.ids;
    const outcome = asked.kind === 'outcome' ? asked.outcome : asked.value.kind === 'failed' && asked.value.outcome;
    throw new Error(`OPPO does not tell of dead registration ids: ${outcome === false ? '' : sentence(outcome)}`);
  }

  #judgeFeed(answer: Answer): Judged<Feed> {
    const nowMs = this.env.now();
    const heard = hear(answer, nowMs);
    if (heard.kind === 'nothing') {
      const { outcome, isStrange } = heard.judgement;
      return { value: { kind: 'failed', outcome }, code: heard.code, isStrange };
    }
    const { code, message, data } = heard;
    if (code !== '0') {
      const { outcome, isStrange } = judgeCode(code, message, { options: this.#options, nowMs, answer });
      return { value: { kind: 'failed', outcome }, code, isStrange, isTokenRefused: code === TOKEN_REFUSED };
    }
    const ids = isJsonObject(data) ? (data.registration_ids ?? []) : [];
    const read = Array.isArray(ids) ? ids.filter(isRegistrationId) : [];
    return { value: { kind: 'ids', ids: read }, code, isStrange: !Array.isArray(ids) };
  }

  async testCredentials(signal: AbortSignal): Promise<CredentialTest> {
    const asked = await askToken('china', this.#options, this.env.now(), signal);
    const issue = readIssue(asked, this.#options, this.env.now());
    const time = dateOf(asked.reply);
    const vendorTime = time === undefined ? {} : { vendorTime: time };
    if (issue.kind === 'token') {
      return { verdict: 'accepted', detail: 'OPPO gave an access token; nothing was delivered', ...vendorTime };
    }
    const { outcome } = issue;
    const vendor = asked.reply.kind === 'answer' && outcome.detail !== undefined ? { vendor: outcome.detail } : {};
    if (outcome.kind !== 'misconfigured') {
      const detail = `OPPO gives no access token at the moment: ${sentence(outcome)}`;
      return { verdict: 'unreachable', detail, ...vendor, ...vendorTime };
    }
    const cure = interpret(outcome.detail ?? {})?.cure ?? `${outcome.what}.`;
    return { verdict: 'refused', detail: outcome.what, ...vendor, cure, ...vendorTime };
  }
}

type Feed =
  | { readonly kind: 'ids'; readonly ids: readonly PushToken[] }
  | { readonly kind: 'failed'; readonly outcome: Outcome };

function callbackOf({ receipts }: OppoOptions, { callbackUrl, log, name, app }: ProviderEnv): string | undefined {
  if (!receipts || callbackUrl === undefined) return undefined;
  if (fitsCallback(callbackUrl)) return callbackUrl;
  // Without the address itself: there is a secret in it.
  log.warn({ provider: name, app, characters: callbackUrl.length }, 'oppo.callback_url_too_long');
  return undefined;
}

function sentence(outcome: Outcome): string {
  if (outcome.kind === 'misconfigured') return outcome.what;
  const { status, code, text } = outcome.detail ?? {};
  return [status, code, text].filter((part) => part !== undefined).join(' ');
}
