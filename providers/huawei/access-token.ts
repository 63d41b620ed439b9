/** Asks Huawei for an access token. Source: Huawei, "OAuth 2.0 client credentials". */
import type { EpochMs, Outcome, VendorDetail } from '../contract.js';
import { type AskedOnce, silence } from '../shared/ask-once.js';
import { askOnceHttp1 } from '../shared/ask-once-http1.js';
import { isHeaderValue } from '../shared/header-value.js';
import type { Answer } from '../shared/transport.js';
import { clockHint, codeOf, objectOf, wordsOf } from '../shared/vendor-answer.js';
import type { Issue } from '../shared/vendor-tokens.js';
import { adviceOf, waitOf } from './outcome.js';

export interface Client {
  readonly id: string;
  readonly secret: string;
  /** With its path. */
  readonly tokenEndpoint: string;
  readonly ca?: string | undefined;
}

/** Always a new one. Never rejects; ends soon after `signal` aborts. */
export async function issueToken(client: Client, now: () => EpochMs, signal: AbortSignal): Promise<Issue> {
  const { reply, issue } = await askForToken(client, now, signal);
  return issue ?? unheard({ reply });
}

/** The same, with the reply: what a test of credentials tells of it. `issue` is absent where there was no answer. */
export async function askForToken(
  { id, secret, tokenEndpoint, ca }: Client,
  now: () => EpochMs,
  signal: AbortSignal,
): Promise<AskedOnce & { readonly issue?: Issue }> {
  const { origin, pathname } = new URL(tokenEndpoint);
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret });
  const asked = await askOnceHttp1(
    { origin, ca },
    {
      method: 'POST',
      path: pathname,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from(form.toString()),
    },
    signal,
  );
  return asked.reply.kind === 'answer' ? { ...asked, issue: judgeToken(asked.reply, secret, now()) } : asked;
}

function unheard(asked: AskedOnce): Issue {
  const detail = { text: silence(asked) };
  return { kind: 'failed', outcome: { kind: 'deferred', scope: 'account', reason: 'provider_unavailable', detail } };
}

/** Pure. */
export function judgeToken(answer: Answer, secret: string, now: EpochMs): Issue {
  const { status } = answer;
  const said = objectOf(answer);
  const value = said?.access_token;
  const lifeSeconds = Number(said?.expires_in);
  if (status === 200 && typeof value === 'string' && isHeaderValue(`Bearer ${value}`, 8_192) && lifeSeconds > 0) {
    return { kind: 'token', token: { value, lifeSeconds } };
  }
  const error = codeOf(said?.error);
  const sub = codeOf(said?.sub_error);
  const words = wordsOf(said?.error_description, [secret]);
  const detail: VendorDetail = {
    status,
    ...(error === undefined ? {} : { code: `oauth_${error}${sub === undefined ? '' : `_${sub}`}` }),
    ...(words === undefined ? {} : { text: words }),
  };
  return { kind: 'failed', outcome: { ...refusal(answer, detail, now), detail } };
}

function refusal(answer: Answer, detail: VendorDetail, now: EpochMs): Outcome {
  const { status } = answer;
  // What a proxy says, and what passes: flow control is a 503.
  if (detail.code !== undefined && status >= 400 && status < 500 && status !== 429) {
    return { kind: 'misconfigured', what: adviceOf(detail) + clockHint(answer, now, 'Huawei') };
  }
  const reason = status === 503 || status === 429 ? 'rate_limited' : 'provider_unavailable';
  return { kind: 'deferred', scope: 'account', reason, ...waitOf(answer, now) };
}
