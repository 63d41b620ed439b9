/** Asks Honor for an access token (OAuth 2.0 client credentials, RFC 6749 §4.4). */
import type { EpochMs, Outcome, VendorDetail } from '../contract.js';
import { type AskedOnce, silence } from '../shared/ask-once.js';
import { askOnceHttp1 } from '../shared/ask-once-http1.js';
import { isHeaderValue } from '../shared/header-value.js';
import { retryAfterMs } from '../shared/retry-after.js';
import type { Answer } from '../shared/transport.js';
import { codeOf, objectOf, wordsOf } from '../shared/vendor-answer.js';
import type { Issue } from '../shared/vendor-tokens.js';
import { HONOR_TOKEN_ENDPOINT, type HonorOptions } from './options.js';

type TokenOptions = Pick<HonorOptions, 'client_id' | 'client_secret' | 'token_endpoint' | 'token_seconds' | 'ca'>;

const HEADERS = Object.freeze({ 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' });
/** One call for a token. */
const ANSWER_WITHIN_MS = 15_000;

/** RFC 6749 §5.2. */
const REFUSALS: Readonly<Record<string, string>> = {
  invalid_client: 'Honor knows no such client: check client_id and client_secret of the app’s file',
  unauthorized_client: 'Honor gives this client no access token: check in its console that push is enabled for the app',
  invalid_grant: 'Honor gives no access token for these credentials: check client_id and client_secret',
  invalid_request: 'Honor does not understand the request for an access token: check token_endpoint',
  invalid_scope: 'Honor gives this client no access token for push: enable it for the app in its console',
  unsupported_grant_type: 'Honor does not understand the request for an access token: check token_endpoint',
};
export const TOKEN_REFUSALS: readonly string[] = Object.keys(REFUSALS);

/** @param asked what became of the request, for whoever tells of it */
export async function issueToken(
  options: TokenOptions,
  now: () => EpochMs,
  signal: AbortSignal,
  asked: (asked: AskedOnce) => void = () => undefined,
): Promise<Issue> {
  const url = new URL(options.token_endpoint ?? HONOR_TOKEN_ENDPOINT);
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: options.client_id,
    client_secret: options.client_secret,
  });
  const exchange = await askOnceHttp1(
    { origin: url.origin, ca: options.ca },
    { method: 'POST', path: url.pathname + url.search, headers: HEADERS, body: Buffer.from(form.toString()) },
    AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
  );
  asked(exchange);
  const { reply } = exchange;
  if (reply.kind !== 'answer') return failed({ text: silence(exchange) });
  return read(reply, options, now());
}

function read(answer: Answer, { token_seconds, client_secret }: TokenOptions, now: EpochMs): Issue {
  const { status, headers } = answer;
  const said = objectOf(answer);
  const value = said?.access_token;
  if (status < 300 && typeof value === 'string' && isHeaderValue(`Bearer ${value}`, 8_192)) {
    return { kind: 'token', token: { value, lifeSeconds: lifeOf(said?.expires_in) ?? token_seconds } };
  }
  const code = codeOf(said?.error) ?? codeOf(said?.code);
  const text = wordsOf(said?.error_description, [client_secret]);
  const detail = { status, ...(code === undefined ? {} : { code }), ...(text === undefined ? {} : { text }) };
  const what = code !== undefined && Object.hasOwn(REFUSALS, code) ? REFUSALS[code] : undefined;
  if (what !== undefined && status < 500) {
    return { kind: 'failed', outcome: { kind: 'misconfigured', what: `${what} (${status} ${code})`, detail } };
  }
  const wait = retryAfterMs(headers['retry-after'], now);
  return failed(detail, status === 429 || status === 503 ? 'rate_limited' : 'provider_unavailable', wait);
}

function failed(
  detail: VendorDetail,
  reason: 'provider_unavailable' | 'rate_limited' = 'provider_unavailable',
  wait?: number,
): Issue {
  const outcome: Outcome = {
    ...{ kind: 'deferred', scope: 'account', reason, detail },
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  };
  return { kind: 'failed', outcome };
}

/** Seconds; undefined where the answer does not tell them. */
function lifeOf(value: unknown): number | undefined {
  const seconds = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0 ? Math.floor(seconds) : undefined;
}
