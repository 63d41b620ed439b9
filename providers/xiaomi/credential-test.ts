/** Asks Xiaomi whether it accepts the app's secret: today's statistics, which reach no device. */
import type { CredentialTest, EpochMs } from '../contract.js';
import { dateOf, silence } from '../shared/ask-once.js';
import { askOnceHttp1 } from '../shared/ask-once-http1.js';
import { interpret } from './cures.js';
import type { XiaomiOptions } from './options.js';
import { judge } from './outcome.js';
import { headersOf, hostOf } from './wire.js';

const NOBODY = new Uint8Array();

export async function testCredentials(
  options: XiaomiOptions,
  now: EpochMs,
  signal: AbortSignal,
): Promise<CredentialTest> {
  const origin = hostOf(options.region, options);
  const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '');
  const query = new URLSearchParams({
    ...{ start_date: day, end_date: day },
    restricted_package_name: options.package_name,
  });
  const asked = await askOnceHttp1(
    { origin, ca: options.ca },
    {
      ...{ method: 'GET', path: `/v1/stats/message/counters?${query}` },
      ...{ headers: headersOf(options), body: NOBODY },
    },
    signal,
  );
  const { reply } = asked;
  if (reply.kind !== 'answer') {
    return { verdict: 'unreachable', detail: `Xiaomi cannot be reached at ${origin}: ${silence(asked)}` };
  }
  const vendorTime = dateOf(reply);
  const time = vendorTime === undefined ? {} : { vendorTime };
  const { value, code } = judge(reply, {
    ...{ now, pushTokens: [], texts: [], dayStartsMinutes: 0, pauseMs: 0, sendingFailed: 'deferred' },
  });
  if (value.kind === 'taken') {
    const detail = `Xiaomi accepts the secret for ${options.package_name}; nothing was sent`;
    return { verdict: 'accepted', detail, vendor: { status: reply.status, code }, ...time };
  }
  const outcome = value.kind === 'outcome' ? value.outcome : undefined;
  const vendor = outcome?.detail ?? { status: reply.status };
  if (outcome?.kind === 'misconfigured') {
    const cure = interpret(vendor)?.cure ?? `${outcome.what}.`;
    return { verdict: 'refused', detail: outcome.what, vendor, cure, ...time };
  }
  const said = [reply.status, vendor.code].filter((part) => part !== undefined).join(' ');
  return { verdict: 'unreachable', detail: `Xiaomi answered ${said} and says nothing of the secret`, vendor, ...time };
}
