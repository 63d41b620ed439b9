/** Asks Meizu for the numbers of one day, signed as every request: nothing is sent to anybody. */
import type { CredentialTest, EpochMs } from '../contract.js';
import { dateOf, silence } from '../shared/ask-once.js';
import { askOnceHttp1 } from '../shared/ask-once-http1.js';
import { codeOf, objectOf, wordsOf } from '../shared/vendor-answer.js';
import { interpret } from './cures.js';
import { MEIZU_ENDPOINT, type MeizuOptions } from './options.js';
import { signedForm } from './signature.js';

const PATH = '/garcia/api/server/push/statistics/dailyPushStatics';
const NO_BODY = new Uint8Array();
/** What Meizu says of an app or a signature that it does not accept. */
const REFUSALS = new Set(['1006', '110000', '110001', '110009', '110031', '110033']);

export async function testCredentials(
  { app_id: appId, app_secret, endpoint = MEIZU_ENDPOINT, ca }: MeizuOptions,
  now: EpochMs,
  signal: AbortSignal,
): Promise<CredentialTest> {
  const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '');
  const query = signedForm({ appId, startTime: day, endTime: day }, app_secret);
  const asked = await askOnceHttp1(
    { origin: endpoint, ca },
    { method: 'GET', path: `${PATH}?${query}`, headers: {}, body: NO_BODY },
    signal,
  );
  const { reply } = asked;
  if (reply.kind !== 'answer') {
    return { verdict: 'unreachable', detail: `Meizu cannot be reached at ${endpoint}: ${silence(asked)}` };
  }
  const said = objectOf(reply);
  const code = codeOf(said?.code);
  const text = wordsOf(said?.message, [app_secret]);
  const vendor = {
    status: reply.status,
    ...(code === undefined ? {} : { code }),
    ...(text === undefined ? {} : { text }),
  };
  const time = dateOf(reply);
  const common = { vendor, ...(time === undefined ? {} : { vendorTime: time }) };
  if (code === '200') return { verdict: 'accepted', detail: 'Meizu accepts our signature for this app', ...common };
  const known = code !== undefined && REFUSALS.has(code) ? interpret({ code }) : undefined;
  if (known?.cure !== undefined) {
    return { verdict: 'refused', detail: `Meizu says: ${known.means} (${code})`, cure: known.cure, ...common };
  }
  const words = [reply.status, code].filter((part) => part !== undefined).join(' ');
  return { verdict: 'unreachable', detail: `Meizu answered ${words} and says nothing of the credentials`, ...common };
}
