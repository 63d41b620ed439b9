/** Access tokens for client credentials (RFC 6749 §4.4), where the service wants them. */
import type { CredentialTest, Outcome, ProviderEnv } from '../contract.js';
import { type AskedOnce, dateOf, silence } from '../shared/ask-once.js';
import { askOnceHttp1 } from '../shared/ask-once-http1.js';
import { retryAfterMs } from '../shared/retry-after.js';
import type { OutgoingRequest } from '../shared/transport.js';
import { codeOf, objectOf } from '../shared/vendor-answer.js';
import { type Issue, tokenKey, VendorTokens } from '../shared/vendor-tokens.js';

export interface OAuthOptions {
  readonly token_url: string;
  readonly client_id: string;
  readonly client_secret: string;
  readonly scope?: string | undefined;
  readonly audience?: string | undefined;
  readonly client_auth: 'basic' | 'body';
  readonly life_seconds: number;
}

/** Errors of RFC 6749 §5.2 that only a person can end. */
const REFUSALS = new Set(['invalid_client', 'unauthorized_client', 'invalid_grant', 'invalid_scope', 'access_denied']);
const DEFERRED = { kind: 'deferred', scope: 'account', reason: 'provider_unavailable' } as const;

export interface OAuth {
  readonly tokens: VendorTokens;
  /** Asks for a token that nobody uses. */
  test(signal: AbortSignal): Promise<CredentialTest>;
}

export function openOAuth(options: OAuthOptions, ca: string | undefined, env: ProviderEnv): OAuth {
  const url = new URL(options.token_url);
  env.egress.checkUrl(url);
  const ask = (signal: AbortSignal) =>
    askOnceHttp1({ origin: url.origin, ca, lookup: env.egress.lookup }, requestOf(options, url), signal);
  const { token_url, client_id, client_secret, scope = '', audience = '' } = options;
  const tokens = new VendorTokens(
    {
      key: tokenKey('http', token_url, client_id, client_secret, scope, audience),
      issue: async (signal) => judge(await ask(signal), options, env.now()),
    },
    env,
  );
  return {
    tokens,
    async test(signal) {
      const asked = await ask(signal);
      const vendorTime = dateOf(asked.reply);
      const time = vendorTime === undefined ? {} : { vendorTime: vendorTime as ReturnType<ProviderEnv['now']> };
      const issue = judge(asked, options, env.now());
      if (issue.kind === 'token')
        return { verdict: 'accepted', detail: 'the token endpoint gave an access token', ...time };
      const { outcome } = issue;
      const vendor = outcome.detail === undefined ? {} : { vendor: outcome.detail };
      if (outcome.kind === 'misconfigured') {
        return { verdict: 'refused', detail: 'the token endpoint refused the client', ...vendor, ...time, cure: CURE };
      }
      return { verdict: 'unreachable', detail: 'the token endpoint gave no access token', ...vendor, ...time };
    },
  };
}

const CURE = 'Check client_id, client_secret, scope and audience under `auth.oauth` of the app’s file.';

function requestOf(options: OAuthOptions, url: URL): OutgoingRequest {
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (options.scope !== undefined) form.set('scope', options.scope);
  if (options.audience !== undefined) form.set('audience', options.audience);
  const headers: Record<string, string> = {
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
  };
  if (options.client_auth === 'basic') {
    // Each part form-encoded before it is joined (RFC 6749 §2.3.1).
    const pair = [options.client_id, options.client_secret].map(encodeURIComponent).join(':');
    headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  } else {
    form.set('client_id', options.client_id);
    form.set('client_secret', options.client_secret);
  }
  return { method: 'POST', path: url.pathname + url.search, headers, body: Buffer.from(form.toString()) };
}

function judge(asked: AskedOnce, options: OAuthOptions, nowMs: number): Issue {
  const { reply } = asked;
  if (reply.kind !== 'answer') return failed({ ...DEFERRED, detail: { text: silence(asked) } });
  const value = objectOf(reply);
  const token = value?.access_token;
  if (reply.status === 200 && typeof token === 'string' && /^[\x21-\x7e]{1,8000}$/.test(token)) {
    const life = Number(value?.expires_in);
    return { kind: 'token', token: { value: token, lifeSeconds: life > 0 ? life : options.life_seconds } };
  }
  const code = codeOf(value?.error);
  const detail = { status: reply.status, ...(code === undefined ? {} : { code }) };
  if ((code !== undefined && REFUSALS.has(code)) || reply.status === 401) {
    const what = `the token endpoint refused the client (${code ?? reply.status}): check auth.oauth of the app's file`;
    return failed({ kind: 'misconfigured', what, detail });
  }
  const after = retryAfterMs(reply.headers['retry-after'], nowMs);
  return failed({ ...DEFERRED, ...(after === undefined ? {} : { retryAfterMs: after }), detail });
}

function failed(outcome: Outcome): Issue {
  return { kind: 'failed', outcome };
}
