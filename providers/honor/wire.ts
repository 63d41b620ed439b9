/** Honor's protocol, for the frame that all such vendors share. */
import type { JsonObject, Outcome, ProviderLimits, Target } from '../contract.js';
import { quotasOf } from '../shared/vendor-options.js';
import type { Judged, Talk, VendorRequest, VendorWire } from '../shared/vendor-provider.js';
import type { HonorOptions } from './options.js';
import { judge } from './outcome.js';
import { compile, encode } from './payload.js';

/** How long a push token that is refused is believed to be at fault, after something has passed. */
const PASSED_WITHIN_MS = 24 * 60 * 60 * 1_000;

export function createWire(options: HonorOptions, limits: ProviderLimits): VendorWire<JsonObject> {
  const path = `/api/v1/${options.app_id}/sendMessage`;
  const { dayStartsMinutes } = quotasOf(options.quota);

  function request(token: string, body: Buffer, now: number): VendorRequest {
    return {
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json; charset=UTF-8', authorization: `Bearer ${token}` },
      own: { timestamp: String(now) },
      body,
    };
  }

  return {
    limits,
    compile: ({ message }) => compile(message, options),
    async send(compiled: JsonObject, targets: readonly Target[], talk: Talk): Promise<readonly Outcome[]> {
      const pushTokens = targets.map(({ pushToken }) => pushToken);
      const body = encode(compiled, pushTokens);
      const asked = await talk.ask({
        request: (token) => request(token, body, talk.now()),
        judge: (answer): Judged<readonly Outcome[]> =>
          judge(answer, {
            pushTokens,
            now: talk.now(),
            successCodes: options.success_codes,
            failTokens: options.fail_tokens,
            hasPassed: talk.hasPassedWithin(PASSED_WITHIN_MS),
            dayStartsMinutes,
            quotaScope: options.test ? 'class' : 'target',
          }),
      });
      return asked.kind === 'judged' ? asked.value : targets.map(() => asked.outcome);
    },
  };
}
