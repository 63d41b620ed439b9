/**
 * Asks APNs whether it accepts our credentials: by a push to a device token that nobody was ever issued. APNs judges
 * credentials and topic first; when it gets as far as calling the token bad, it has let us in.
 */
import { randomUUID } from 'node:crypto';
import type { CredentialTest, Outcome, VendorDetail } from '../contract.js';
import { askOnce, dateOf, silence } from '../shared/ask-once.js';
import type { Answer } from '../shared/transport.js';
import { interpret } from './cures.js';
import { isKnownReason, judge, readRefusal } from './outcome.js';
import { type ApnsProviderOptions, CERTIFICATE_ALERT, type Environment } from './provider-options.js';

/** Well-formed; of 2^256 tokens this one was given to nobody. */
const NOBODYS_TOKEN = 'f'.repeat(64);
/** Shows nothing and wakes nobody, should anybody be there after all. */
const BODY = Buffer.from('{"aps":{"content-available":1}}');
/** Statuses with which APNs speaks of the message or the device, past the credentials. */
const LET_IN: ReadonlySet<number> = new Set([200, 400, 410]);
const NAMES: Readonly<Record<Environment, string>> = { production: 'APNs', sandbox: 'the sandbox of APNs' };

export async function testCredentials(
  options: ApnsProviderOptions,
  now: () => number,
  signal: AbortSignal,
): Promise<CredentialTest> {
  const { credential } = options;
  if (credential.kind === 'certificate' && credential.certificate.expiresAt <= now()) {
    const ended = new Date(credential.certificate.expiresAt).toISOString();
    return {
      verdict: 'refused',
      detail: `the certificate ended on ${ended}; nobody was asked`,
      cure: 'Renew the push certificate at Apple and replace the file.',
    };
  }
  const test = await ask(options, 'production', now, signal);
  if (test.verdict !== 'refused' || signal.aborted) return test;
  // A key or certificate of the sandbox alone is a mistake of its own, and a common one.
  const sandbox = await ask(options, 'sandbox', now, signal);
  if (sandbox.verdict !== 'accepted') return test;
  return {
    ...test,
    detail: `${test.detail}; its sandbox accepts them`,
    cure: 'These credentials are for the sandbox: make ones for production, or register devices with environment: sandbox only.',
  };
}

async function ask(
  { credential, bundleId, endpoints, ca }: ApnsProviderOptions,
  environment: Environment,
  now: () => number,
  signal: AbortSignal,
): Promise<CredentialTest> {
  const identity =
    credential.kind === 'certificate' ? { cert: credential.certificate.cert, key: credential.certificate.key } : {};
  const authorization = credential.kind === 'token' ? { authorization: credential.token.current() } : {};
  const asked = await askOnce(
    { origin: endpoints[environment], ca, ...identity },
    {
      method: 'POST',
      path: `/3/device/${NOBODYS_TOKEN}`,
      headers: {
        ...authorization,
        'apns-id': randomUUID(),
        'apns-topic': bundleId,
        'apns-push-type': 'background',
        'apns-priority': '5',
        'apns-expiration': '0',
      },
      body: BODY,
    },
    signal,
  );
  const { reply } = asked;
  const name = NAMES[environment];
  if (reply.kind === 'answer') return { ...verdictOf(reply, name, bundleId, now()), ...timeOf(dateOf(reply)) };
  const why = silence(asked);
  if (credential.kind === 'certificate' && CERTIFICATE_ALERT.test(why)) {
    return {
      verdict: 'refused',
      detail: `${name} ends the handshake over the certificate (${why})`,
      cure: 'The certificate may be revoked, or be no push certificate: make a new one at Apple.',
    };
  }
  return { verdict: 'unreachable', detail: `${name} cannot be reached at ${endpoints[environment]}: ${why}` };
}

function verdictOf(answer: Answer, name: string, bundleId: string, nowMs: number): CredentialTest {
  const { outcome } = judge(answer, { nowMs, topicOwner: 'app' });
  const { reason } = readRefusal(answer.body);
  const said = sayVendor(outcome.detail, answer.status);
  const vendor = { vendor: outcome.detail ?? { status: answer.status } };
  if (outcome.kind === 'misconfigured') {
    return { verdict: 'refused', detail: `${name} refuses the credentials (${said})`, ...vendor, ...cureOf(outcome) };
  }
  const isApns = answer.status === 200 || (reason !== undefined && isKnownReason(reason));
  if (isApns && LET_IN.has(answer.status)) {
    const detail = `${name} accepts the credentials for ${bundleId}; the made-up device token reached nobody`;
    return { verdict: 'accepted', detail, ...vendor };
  }
  const detail = isApns
    ? `${name} answered ${said} and says nothing of the credentials`
    : `what answers in place of ${name} does not speak like it (${said})`;
  return { verdict: 'unreachable', detail, ...vendor };
}

/** The table of cures goes by the code; an answer that it does not know still says what it means for our settings. */
function cureOf({ what, detail }: Extract<Outcome, { kind: 'misconfigured' }>): { cure: string } {
  return { cure: interpret({ ...detail, reason: 'credential_rejected' })?.cure ?? `${what}.` };
}

function sayVendor(detail: VendorDetail | undefined, status: number): string {
  return [status, detail?.code].filter((part) => part !== undefined).join(' ');
}

function timeOf(vendorTime: number | undefined) {
  return vendorTime === undefined ? {} : { vendorTime };
}
