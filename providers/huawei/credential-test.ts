/**
 * Asks Huawei whether it accepts our credentials: for HMS Core by a new access token; for HarmonyOS NEXT by a message to
 * nobody, whose fault Huawei finds only after it has judged who sends it.
 */
import type { CredentialTest, EpochMs } from '../contract.js';
import { dateOf, silence } from '../shared/ask-once.js';
import { askOnceHttp1 } from '../shared/ask-once-http1.js';
import { askForToken, type Client } from './access-token.js';
import { interpret } from './cures.js';
import { signJwt } from './jwt.js';
import { judge } from './outcome.js';
import type { ServiceAccount } from './service-account.js';
import { bearer } from './wires.js';

export interface Tested {
  readonly client: Client | undefined;
  readonly account: ServiceAccount | undefined;
  readonly endpoint: string;
  /** Of `messages:send` for HarmonyOS NEXT. */
  readonly path: string;
  readonly ca: string | undefined;
}

/** All credentials that there are; the first that is not accepted is told. */
export async function testCredentials(
  tested: Tested,
  now: () => EpochMs,
  signal: AbortSignal,
): Promise<CredentialTest> {
  const { client, account } = tested;
  const tests = [
    ...(client === undefined ? [] : [testClient(client, now, signal)]),
    ...(account === undefined ? [] : [testAccount(tested, account, now, signal)]),
  ];
  const results = await Promise.all(tests);
  const worst =
    results.find(({ verdict }) => verdict === 'refused') ?? results.find(({ verdict }) => verdict !== 'accepted');
  if (worst !== undefined) return worst;
  const [first] = results;
  if (first === undefined) return { verdict: 'not_askable', detail: 'there are no credentials' };
  return { ...first, detail: results.map(({ detail }) => detail).join('; ') };
}

async function testClient(client: Client, now: () => EpochMs, signal: AbortSignal): Promise<CredentialTest> {
  const { issue, ...asked } = await askForToken(client, now, signal);
  if (issue === undefined) {
    return { verdict: 'unreachable', detail: `Huawei cannot be reached at ${client.tokenEndpoint}: ${silence(asked)}` };
  }
  const time = timeOf(asked.reply);
  if (issue.kind === 'token') {
    return { verdict: 'accepted', detail: 'Huawei gave an access token for the client', ...time };
  }
  const { outcome } = issue;
  const vendor = { ...(outcome.detail === undefined ? {} : { vendor: outcome.detail }), ...time };
  if (outcome.kind !== 'misconfigured') {
    return { verdict: 'unreachable', detail: 'Huawei gives no access token at the moment', ...vendor };
  }
  return { verdict: 'refused', detail: outcome.what, cure: cureOf(outcome.detail?.code), ...vendor };
}

const NOBODY = Buffer.from(
  JSON.stringify({
    payload: {
      notification: { category: 'MARKETING', title: 'test', body: 'test', clickAction: { actionType: 0 } },
    },
    target: { token: [] },
  }),
);
/** Huawei's words for a message to nobody, past the credentials. */
const LET_IN: ReadonlySet<string> = new Set(['80100001', '80100003', '80300010', '80300007']);

async function testAccount(
  { endpoint, path, ca }: Tested,
  account: ServiceAccount,
  now: () => EpochMs,
  signal: AbortSignal,
): Promise<CredentialTest> {
  const headers = { ...bearer(signJwt(account, now())), 'push-type': '0' };
  const asked = await askOnceHttp1({ origin: endpoint, ca }, { method: 'POST', path, headers, body: NOBODY }, signal);
  const { reply } = asked;
  if (reply.kind !== 'answer') {
    return { verdict: 'unreachable', detail: `Huawei cannot be reached at ${endpoint}: ${silence(asked)}` };
  }
  const [outcome] = judge(reply, [''], {
    now: now(),
    hasPassed: false,
    dayStartsMinutes: 0,
    quotaScope: 'target',
  }).value;
  const { code } = outcome?.detail ?? {};
  const vendor = { vendor: outcome?.detail ?? { status: reply.status }, ...timeOf(reply) };
  if (outcome?.kind === 'misconfigured') {
    return { verdict: 'refused', detail: outcome.what, cure: cureOf(code), ...vendor };
  }
  if (outcome?.kind === 'accepted' || LET_IN.has(code ?? '')) {
    return { verdict: 'accepted', detail: 'Huawei accepts the service account; nothing was sent', ...vendor };
  }
  return { verdict: 'unreachable', detail: `Huawei said nothing of the service account (${reply.status})`, ...vendor };
}

function timeOf(reply: Parameters<typeof dateOf>[0]): { readonly vendorTime?: EpochMs } {
  const time = dateOf(reply);
  return time === undefined ? {} : { vendorTime: time };
}

function cureOf(code: string | undefined): string {
  const reading = code === undefined ? undefined : interpret({ code });
  return reading?.cure ?? 'Check the credentials of the app’s file.';
}
