/** Access tokens: how they are asked for, and what vivo says to that. Source: vivo server API, document 362, `/message/auth`. */
import { createHash } from 'node:crypto';
import type { CredentialTest, EpochMs, Outcome, ProviderEnv } from '../contract.js';
import { type AskedOnce, dateOf, silence } from '../shared/ask-once.js';
import { askOnceHttp1 } from '../shared/ask-once-http1.js';
import { notSent } from '../shared/unsent.js';
import { type Issue, tokenKey, VendorTokens } from '../shared/vendor-tokens.js';
import { interpret } from './cures.js';
import type { VivoOptions } from './options.js';
import { judge } from './outcome.js';

const LIFE_SECONDS = 24 * 60 * 60;

export interface SignedParts {
  readonly appId: string;
  readonly appKey: string;
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly appSecret: string;
}

/** MD5 in lower-case hex, as vivo wants it; it proves that the secret is known, and protects nothing else. */
export function sign({ appId, appKey, timestamp, appSecret }: SignedParts): string {
  return createHash('md5').update(`${appId}${appKey}${timestamp}${appSecret}`, 'utf8').digest('hex');
}

export function openVivoTokens(
  options: VivoOptions,
  origin: string,
  env: ProviderEnv,
  random?: () => number,
): VendorTokens {
  const { app_id, app_key, app_secret } = options;
  return new VendorTokens(
    {
      key: tokenKey(origin, app_id, app_key, app_secret),
      renewEveryMs: options.token_renew_minutes * 60_000,
      ...(random === undefined ? {} : { random }),
      async issue(signal) {
        const { asked, issue } = await askForToken(options, origin, env.now(), signal);
        const { reply } = asked;
        const code = reply.kind === 'answer' ? codeOfIssue(issue, reply.status) : reply.kind;
        env.observe({ kind: 'request', code: `auth ${code}`, ms: reply.kind === 'not_sent' ? 0 : reply.ms });
        return issue;
      },
    },
    env,
  );
}

async function askForToken(
  options: VivoOptions,
  origin: string,
  now: EpochMs,
  signal: AbortSignal,
): Promise<{ readonly asked: AskedOnce; readonly issue: Issue }> {
  const { app_id: appId, app_key: appKey, app_secret: appSecret, ca } = options;
  const sent = { appId, appKey, timestamp: now, sign: sign({ appId, appKey, timestamp: now, appSecret }) };
  const asked = await askOnceHttp1(
    { origin, ca },
    {
      method: 'POST',
      path: '/message/auth',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(sent), 'utf8'),
    },
    signal,
  );
  return { asked, issue: issueOf(asked, options, now) };
}

function issueOf({ reply }: AskedOnce, options: VivoOptions, nowMs: EpochMs): Issue {
  if (reply.kind === 'not_sent') return { kind: 'failed', outcome: ofAll(notSent(reply.reason, reply.cause)) };
  if (reply.kind === 'no_answer') return { kind: 'failed', outcome: unavailable({ text: reply.cause.slice(0, 256) }) };
  const { value } = judge(reply, { nowMs, options, pushTokens: [] });
  if (value.kind === 'refused') return { kind: 'failed', outcome: ofAll(value.outcome) };
  const { authToken, detail } = value.said;
  if (authToken === undefined || !/^[\x21-\x7e]{1,4096}$/.test(authToken)) {
    return { kind: 'failed', outcome: unavailable({ ...detail, text: 'an answer without an access token' }) };
  }
  return { kind: 'token', token: { value: authToken, lifeSeconds: LIFE_SECONDS } };
}

/** Without a token nothing passes, and no address is to blame. */
function ofAll(outcome: Outcome): Outcome {
  switch (outcome.kind) {
    case 'misconfigured':
      return outcome;
    case 'deferred':
      return outcome.reason === 'timeout' ? outcome : { ...outcome, scope: 'account' };
    default:
      return unavailable(outcome.detail ?? {});
  }
}

function unavailable(detail: NonNullable<Outcome['detail']>): Outcome {
  return { kind: 'deferred', scope: 'account', reason: 'provider_unavailable', detail };
}

function codeOfIssue(issue: Issue, status: number): string {
  return issue.kind === 'token' ? '0' : (issue.outcome.detail?.code ?? `http ${status}`);
}

/** Fetches an access token beside those that messages go with. */
export async function testCredentials(
  options: VivoOptions,
  origin: string,
  now: EpochMs,
  signal: AbortSignal,
): Promise<CredentialTest> {
  const { asked, issue } = await askForToken(options, origin, now, signal);
  const { reply } = asked;
  if (reply.kind !== 'answer') {
    return { verdict: 'unreachable', detail: `vivo cannot be reached at ${origin}: ${silence(asked)}` };
  }
  const theirs = dateOf(reply);
  const time = theirs === undefined ? {} : { vendorTime: theirs };
  if (issue.kind === 'token') {
    const detail = `vivo gives an access token to the app ${options.app_id}; nothing was delivered`;
    return { verdict: 'accepted', detail, vendor: { status: reply.status, code: '0' }, ...time };
  }
  const { outcome } = issue;
  const vendor = outcome.detail === undefined ? {} : { vendor: outcome.detail };
  if (outcome.kind === 'misconfigured') {
    const cure = interpret({ ...outcome.detail, reason: 'credential_rejected' })?.cure ?? `${outcome.what}.`;
    return { verdict: 'refused', detail: outcome.what, cure, ...vendor, ...time };
  }
  const said = [reply.status, outcome.detail?.code].filter((part) => part !== undefined).join(' ');
  return { verdict: 'unreachable', detail: `vivo answered ${said} and gives no access token now`, ...vendor, ...time };
}
