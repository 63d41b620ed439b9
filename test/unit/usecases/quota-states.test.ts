import assert from 'node:assert/strict';
import type { Quotas } from '../../../providers/contract.js';
import type { PushToken } from '../../../src/domain/outcome.js';
import type { AccountPause } from '../../../src/ports/account-store.js';
import type { QuotaUse } from '../../../src/ports/quota-store.js';
import type { ConfiguredProvider } from '../../../src/usecases/provider-directory.js';
import { quotaRatios } from '../../../src/usecases/quota-states.js';

const HOUR_MS = 3_600_000;
/** 09:30 in Beijing, of a vendor whose day began there. */
const NOW = Date.UTC(2030, 0, 2, 1, 30);
const DAY_ENDS = Date.UTC(2030, 0, 2, 16);
const BEIJING: Quotas = {
  dayStartsMinutes: 960,
  quotas: [
    { class: 'marketing', per: 'device', max: 2 },
    { class: 'marketing', per: 'account', max: 200 },
  ],
  tellAt: [],
};

function ratios(quotas: Quotas | undefined, uses: readonly QuotaUse[] = [], pauses: readonly AccountPause[] = []) {
  const maker: ConfiguredProvider = {
    ...{ name: 'maker', kind: 'maker', nativeFor: [], check: () => [], parsePushToken: () => 't' as PushToken },
    limits: { batchTargetsMax: 1, payloadBytesMax: 1, ttlSecondsMax: 1 },
    ...(quotas === undefined ? {} : { quotas }),
  };
  return quotaRatios({
    providers: { apps: () => ['shop', 'shop:test'], configured: () => [maker] },
    quotas: { uses: async () => (quotas === undefined ? assert.fail('nobody has a quota') : uses) },
    accounts: { pauses: async () => (quotas === undefined ? assert.fail('nobody has a quota') : pauses) },
    clock: { now: () => NOW },
  });
}

describe('the share that is left of a daily quota', () => {
  const of = { app: 'shop', provider: 'maker', class: 'marketing' } as const;
  const use = { ...of, dayEndsAt: DAY_ENDS };

  it('is of the vendor’s day, of apps and not of their twins, and of accounts and not of devices', async () => {
    assert.deepEqual(await ratios(BEIJING), [{ ...of, ratio: 1 }]);
    const uses = [
      { ...use, used: 50 },
      { ...use, app: 'shop:test', used: 90 },
      { ...use, dayEndsAt: DAY_ENDS + 24 * HOUR_MS, used: 91 },
      { ...use, class: 'transactional' as const, used: 92 },
    ];
    assert.deepEqual(await ratios(BEIJING, uses), [{ ...of, ratio: 0.75 }]);
    assert.deepEqual(await ratios(BEIJING, [{ ...use, used: 230 }]), [{ ...of, ratio: 0 }], 'what was under way');
  });

  it('is nothing while the vendor takes none, also where it never said how many', async () => {
    const pause = { ...of, until: DAY_ENDS, reason: 'quota_exceeded', failures: 1, since: NOW } as const;
    assert.deepEqual(await ratios(BEIJING, [{ ...use, used: 5 }], [pause]), [{ ...of, ratio: 0 }]);
    const unknown = { ...BEIJING, quotas: [] };
    assert.deepEqual(await ratios(unknown, [], [pause]), [{ ...of, ratio: 0 }]);
    const others = [
      { ...pause, until: NOW },
      { ...pause, reason: 'rate_limited' as const },
    ];
    assert.deepEqual(await ratios(unknown, [], others), []);
  });

  it('costs nothing where no provider has a quota', async () => {
    assert.deepEqual(await ratios(undefined), []);
  });
});
