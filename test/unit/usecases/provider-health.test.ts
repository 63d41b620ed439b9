import assert from 'node:assert/strict';
import type { Quotas } from '../../../providers/contract.js';
import type { AccountAcceptance, AccountPause, AccountStore } from '../../../src/ports/account-store.js';
import type { QuotaUse } from '../../../src/ports/quota-store.js';
import type { ConfiguredProvider } from '../../../src/usecases/provider-directory.js';
import { createProviderHealth } from '../../../src/usecases/provider-health.js';

const LIMITS = { batchTargetsMax: 500, payloadBytesMax: 4096, ttlSecondsMax: 60 };
const NOW = 600;
const PAUSE = { until: 900, since: 100, failures: 1 } as const;

function healthOf(stored: {
  readonly pauses?: readonly AccountPause[];
  readonly acceptances?: readonly AccountAcceptance[];
  readonly passedHere?: number;
  readonly quotas?: Quotas;
  readonly uses?: readonly QuotaUse[];
}) {
  const never = async () => assert.fail('health changes nothing');
  const accounts: AccountStore = {
    pauses: async () => stored.pauses ?? [],
    acceptances: async (app) => (stored.acceptances ?? []).filter((one) => one.app === app),
    ...{ pause: never, resume: never, forget: never, expiring: never, accepted: never },
  };
  const apns: ConfiguredProvider = {
    ...{ name: 'apns', kind: 'apns', nativeFor: ['ios'], limits: LIMITS },
    ...(stored.quotas === undefined ? {} : { quotas: stored.quotas }),
    check: () => [],
    parsePushToken: () => assert.fail('nobody asked'),
  };
  const providers = { configured: (app: string) => (app === 'shop' ? [apns] : []) };
  const gate = { lastPassedAt: () => stored.passedHere };
  const quotas = { uses: async () => stored.uses ?? (stored.quotas === undefined ? assert.fail('nobody counts') : []) };
  return createProviderHealth({ providers, accounts, quotas, gate, clock: { now: () => NOW } }).list('shop');
}

describe('the health of a provider', () => {
  it('is untried until the vendor took something, wherever that was', async () => {
    assert.equal((await healthOf({}))[0]?.state, 'untried');
    const [elsewhere] = await healthOf({ acceptances: [{ app: 'shop', provider: 'apns', at: 500 }] });
    assert.deepEqual([elsewhere?.state, elsewhere?.lastAcceptedAt], ['ok', 500]);
    const [here] = await healthOf({ acceptances: [{ app: 'shop', provider: 'apns', at: 500 }], passedHere: 700 });
    assert.equal(here?.lastAcceptedAt, 700, 'the newer of the two');
    assert.equal((await healthOf({ acceptances: [{ app: 'other', provider: 'apns', at: 500 }] }))[0]?.state, 'untried');
  });

  it('is paused or blocked by what the workers found out, with the time of the last acceptance beside it', async () => {
    const acceptances = [{ app: 'shop', provider: 'apns', at: 50 }];
    const pause = { app: 'shop', provider: 'apns', ...PAUSE };
    const [paused] = await healthOf({ acceptances, pauses: [{ ...pause, reason: 'rate_limited' }] });
    assert.deepEqual(
      [paused?.state, paused?.trouble, paused?.lastAcceptedAt],
      ['paused', { reason: 'rate_limited', since: 100, until: 900 }, 50],
    );
    const [blocked] = await healthOf({ pauses: [{ ...pause, reason: 'credential_rejected' }] });
    assert.equal(blocked?.state, 'blocked');
    const [well] = await healthOf({ acceptances, pauses: [{ ...pause, app: 'other', reason: 'rate_limited' }] });
    assert.equal(well?.state, 'ok', 'the trouble of another app is not ours');
  });

  it('is as it was where one class alone is parked, and says until when; nothing once that time has come', async () => {
    const acceptances = [{ app: 'shop', provider: 'apns', at: 50 }];
    const pause = { app: 'shop', provider: 'apns', ...PAUSE, reason: 'quota_exceeded' } as const;
    const [health] = await healthOf({
      acceptances,
      pauses: [
        { ...pause, class: 'marketing' },
        { ...pause, class: 'transactional', until: NOW },
        { ...pause, class: 'transactional', provider: 'fcm' },
      ],
    });
    assert.deepEqual([health?.state, health?.trouble], ['ok', undefined]);
    assert.deepEqual(health?.parked, [{ class: 'marketing', reason: 'quota_exceeded', since: 100, until: 900 }]);
  });

  it('tells what is left of a day’s quotas, and of those that only the vendor knows that they are used up', async () => {
    const account = { app: 'shop', provider: 'apns' };
    const DAY_MS = 86_400_000;
    const quotas: Quotas = {
      dayStartsMinutes: 0,
      quotas: [
        { class: 'marketing', per: 'device', max: 2 },
        { class: 'marketing', per: 'account', max: 100 },
      ],
      tellAt: [],
    };
    const use = { ...account, class: 'marketing', used: 30, dayEndsAt: DAY_MS } as const;
    const uses = [{ ...use, dayEndsAt: 2 * DAY_MS }, { ...use, provider: 'fcm', used: 50 }, use];
    const capped = { class: 'marketing', per: 'device', max: 2, resetsAt: DAY_MS } as const;
    const [health] = await healthOf({ quotas, uses });
    const known = { class: 'marketing', per: 'account', max: 100, used: 30, resetsAt: DAY_MS } as const;
    assert.deepEqual(health?.quotas, [capped, { ...known, left: 70 }]);
    const pause = { ...account, ...PAUSE, reason: 'quota_exceeded' } as const;
    const [parked] = await healthOf({
      ...{ quotas, uses },
      pauses: [
        { ...pause, class: 'marketing' },
        { ...pause, class: 'transactional' },
      ],
    });
    const until = { parkedUntil: 900 };
    assert.deepEqual(parked?.quotas, [
      { ...capped, ...until },
      { ...known, ...until, left: 0 },
      { class: 'transactional', per: 'account', left: 0, resetsAt: DAY_MS, ...until },
    ]);
  });
});
