import assert from 'node:assert/strict';
import type { AccountAcceptance, AccountPause, AccountStore } from '../../../src/ports/account-store.js';
import type { ConfiguredProvider } from '../../../src/usecases/provider-directory.js';
import { createProviderHealth } from '../../../src/usecases/provider-health.js';

const LIMITS = { batchTargetsMax: 500, payloadBytesMax: 4096, ttlSecondsMax: 60 };
const NOW = 600;
const PAUSE = { until: 900, since: 100, failures: 1 } as const;

function healthOf(stored: {
  readonly pauses?: readonly AccountPause[];
  readonly acceptances?: readonly AccountAcceptance[];
  readonly passedHere?: number;
}) {
  const never = async () => assert.fail('health changes nothing');
  const accounts: AccountStore = {
    pauses: async () => stored.pauses ?? [],
    acceptances: async (app) => (stored.acceptances ?? []).filter((one) => one.app === app),
    ...{ pause: never, resume: never, forget: never, expiring: never, accepted: never },
  };
  const apns: ConfiguredProvider = {
    ...{ name: 'apns', kind: 'apns', nativeFor: ['ios'], limits: LIMITS },
    check: () => [],
    parsePushToken: () => assert.fail('nobody asked'),
  };
  const providers = { configured: (app: string) => (app === 'shop' ? [apns] : []) };
  const gate = { lastPassedAt: () => stored.passedHere };
  return createProviderHealth({ providers, accounts, gate, clock: { now: () => NOW } }).list('shop');
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
});
