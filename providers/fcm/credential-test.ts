/**
 * Asks Google whether it accepts our credentials: a new access token, then a message to a topic with `validate_only`,
 * which FCM checks and never delivers.
 */
import type { CredentialTest, EpochMs, Outcome } from '../contract.js';
import { askOnce, dateOf, silence } from '../shared/ask-once.js';
import type { Answer } from '../shared/transport.js';
import type { IssuedToken, TokenSource } from './access-tokens.js';
import { readRefusal } from './answer.js';
import { credentialFailure } from './credential-failure.js';
import { interpret } from './cures.js';
import { judge } from './outcome.js';

export interface CredentialTestOptions {
  readonly tokens: TokenSource;
  readonly projectId: string;
  readonly endpoint: string;
  readonly ca: string | undefined;
  readonly path: string;
}

const BODY = Buffer.from(
  JSON.stringify({ validate_only: true, message: { topic: 'pealbell-credential-test', data: { test: 'yes' } } }),
);

/** @param closed of the provider: an attempt at a token ends with it, not with the wait for it */
export async function testCredentials(
  options: CredentialTestOptions,
  now: () => EpochMs,
  signal: AbortSignal,
  closed: AbortSignal,
): Promise<CredentialTest> {
  let token: IssuedToken | undefined;
  try {
    token = await orAborted(options.tokens.issue(closed), signal);
  } catch (error) {
    return tokenFailure(error, now());
  }
  if (token === undefined) return { verdict: 'unreachable', detail: 'Google gave no access token in time' };
  const { value, quotaProject } = token;
  const { projectId, endpoint, ca, path } = options;
  const asked = await askOnce(
    { origin: endpoint, ca },
    {
      method: 'POST',
      path,
      headers: {
        authorization: `Bearer ${value}`,
        'content-type': 'application/json',
        ...(quotaProject === undefined ? {} : { 'x-goog-user-project': quotaProject }),
      },
      body: BODY,
    },
    signal,
  );
  const { reply } = asked;
  if (reply.kind !== 'answer') {
    return { verdict: 'unreachable', detail: `FCM cannot be reached at ${endpoint}: ${silence(asked)}` };
  }
  const time = dateOf(reply);
  return { ...verdictOf(reply, projectId, now()), ...(time === undefined ? {} : { vendorTime: time }) };
}

function verdictOf(answer: Answer, projectId: string, nowMs: number): CredentialTest {
  const { outcome } = judge(answer, nowMs);
  const vendor = { vendor: outcome.detail ?? { status: answer.status } };
  const said = [answer.status, outcome.detail?.code].filter((part) => part !== undefined).join(' ');
  if (outcome.kind === 'misconfigured') {
    const detail = `FCM refuses the credentials for the project ${projectId} (${said})`;
    return { verdict: 'refused', detail, ...vendor, ...cureOf(outcome) };
  }
  // A mistake of the message is found only by who has let the sender in.
  const isLetIn = outcome.kind === 'accepted' || (answer.status === 400 && readRefusal(answer.body).isGoogles);
  if (isLetIn) {
    const detail = `FCM accepts the credentials for the project ${projectId}; nothing was delivered (validate_only)`;
    return { verdict: 'accepted', detail, ...vendor };
  }
  return { verdict: 'unreachable', detail: `FCM answered ${said} and says nothing of the credentials`, ...vendor };
}

function tokenFailure(error: unknown, nowMs: number): CredentialTest {
  const outcome = credentialFailure(error, nowMs);
  const vendor = outcome.detail === undefined ? {} : { vendor: outcome.detail };
  if (outcome.kind !== 'misconfigured') {
    const why = [outcome.detail?.status, outcome.detail?.code, outcome.detail?.text].filter(Boolean).join(' ');
    return { verdict: 'unreachable', detail: `Google gives no access token at the moment (${why})`, ...vendor };
  }
  return { verdict: 'refused', detail: outcome.what, ...vendor, ...cureOf(outcome) };
}

/** The table of cures goes by the code; an answer that it does not know still says what it means for our settings. */
function cureOf({ what, detail }: Extract<Outcome, { kind: 'misconfigured' }>): { cure: string } {
  return { cure: interpret({ ...detail, reason: 'credential_rejected' })?.cure ?? `${what}.` };
}

/** Undefined when the wait was given up; what was begun may go on. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const give = () => resolve(undefined);
    if (signal.aborted) give();
    signal.addEventListener('abort', give, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', give));
  });
}
