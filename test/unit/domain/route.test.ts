import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PLATFORMS, type Platform } from '../../../src/domain/device.js';
import {
  AFTER_DEFAULT,
  defaultSteps,
  NATIVE,
  nextStep,
  type Road,
  type RouteStep,
  STEP_REASONS,
} from '../../../src/domain/route.js';

const ROADS: readonly Road[] = [
  { name: 'web', nativeFor: ['web'] },
  { name: 'fcm', nativeFor: ['android'] },
  { name: 'apns', nativeFor: ['ios', 'macos', 'watch', 'tv'] },
  { name: 'apns-old', nativeFor: ['ios'] },
];

describe('the first road of a device, without a route of the app’s own', () => {
  const cases: [what: string, platform: Platform, providers: readonly string[], expected: string | undefined][] = [
    ['its platform’s own', 'ios', ['fcm', 'apns'], 'apns'],
    ['the first of several native ones in the app’s file', 'ios', ['apns-old', 'apns'], 'apns'],
    ['the only native one it is registered at', 'ios', ['web', 'apns-old'], 'apns-old'],
    ['without a native one the first of the app’s file, not its newest', 'windows', ['apns', 'fcm', 'web'], 'web'],
    ['never one it is not registered at', 'android', ['apns'], 'apns'],
    ['never one that the app’s file does not name', 'harmonyos', ['huawei', 'fcm'], 'fcm'],
    ['none when it has no registration', 'ios', [], undefined],
    ['none when no registration is at a configured provider', 'ios', ['huawei'], undefined],
  ];
  for (const [what, platform, providers, expected] of cases) {
    it(`is ${what}`, () => {
      const first = nextStep(defaultSteps(ROADS), undefined, { platform, providers }, ROADS);
      assert.equal(first?.provider, expected);
    });
  }
});

describe('the first road of a device whose maker has a push service', () => {
  const roads: readonly Road[] = [
    { name: 'huawei', nativeFor: ['android', 'harmonyos'], makers: ['huawei'] },
    { name: 'fcm', nativeFor: ['android'] },
    { name: 'xiaomi', nativeFor: ['android'], makers: ['xiaomi', 'redmi', 'poco'] },
    { name: 'sms', nativeFor: [] },
  ];
  const cases: [what: string, manufacturer: string | undefined, providers: readonly string[], expected: string[]][] = [
    ['its maker’s own, then the one for all', 'Xiaomi', ['fcm', 'xiaomi'], ['xiaomi', 'fcm']],
    ['its maker’s own under another brand', 'POCO', ['sms', 'fcm', 'xiaomi'], ['xiaomi', 'fcm', 'sms']],
    ['its maker’s own, however it is spelled', ' HUAWEI Technologies', ['fcm', 'huawei'], ['huawei', 'fcm']],
    ['the one for all where it has none of its maker’s', 'Redmi', ['fcm'], ['fcm']],
    ['the one for all before that of another maker', 'samsung', ['huawei', 'fcm'], ['fcm', 'huawei']],
    ['that of another maker where it has no other', 'samsung', ['huawei', 'sms'], ['huawei', 'sms']],
    ['a maker’s where it does not say who made it', undefined, ['fcm', 'xiaomi'], ['xiaomi', 'fcm']],
  ];
  for (const [what, manufacturer, providers, expected] of cases) {
    it(`is ${what}`, () => {
      const reach = {
        platform: 'android' as const,
        providers,
        ...(manufacturer === undefined ? {} : { manufacturer }),
      };
      const steps = defaultSteps(roads);
      const taken: string[] = [];
      let next = nextStep(steps, undefined, reach, roads);
      while (next !== undefined) {
        taken.push(next.provider);
        next = nextStep(steps, { step: next.step, reason: 'token_invalid', tried: taken }, reach, roads);
      }
      assert.deepEqual(taken, expected);
    });
  }

  it('is the platform’s own where two makers share a phone’s platform and one alone another', () => {
    const reach = { platform: 'harmonyos' as const, providers: ['fcm', 'huawei'] };
    assert.equal(nextStep(defaultSteps(roads), undefined, reach, roads)?.provider, 'huawei');
  });
});

describe('the next road of a device', () => {
  const phone = (...providers: string[]) => ({ platform: 'ios' as const, providers });
  const steps: readonly RouteStep[] = [
    { via: NATIVE },
    { via: 'fcm', after: ['token_invalid', 'no_registration'] },
    { via: 'web', after: ['provider_unavailable'] },
  ];
  const following = (reason: 'token_invalid' | 'provider_unavailable' | 'payload_rejected', ...providers: string[]) =>
    nextStep(steps, { step: 0, reason, tried: ['apns'] }, phone(...providers), ROADS);

  it('is that of the next step, if it names the reason and the device is registered there', () => {
    assert.deepEqual(following('token_invalid', 'apns', 'fcm', 'web'), { step: 1, provider: 'fcm' });
    assert.equal(following('payload_rejected', 'fcm', 'web'), undefined);
    assert.equal(
      following('provider_unavailable', 'fcm', 'web'),
      undefined,
      'a step further on does not come in its place',
    );
  });

  it('is behind a step without a registration only where no_registration leads there', () => {
    assert.equal(following('token_invalid', 'web'), undefined);
    const open: RouteStep[] = [{ via: NATIVE }, { via: 'fcm' }, { via: 'web' }];
    const end = { step: 0, reason: 'token_invalid', tried: ['apns'] } as const;
    assert.deepEqual(nextStep(open, end, phone('web'), ROADS), { step: 2, provider: 'web' });
  });

  it('skips at plan time what the device has no registration for', () => {
    assert.deepEqual(nextStep(steps, undefined, phone('fcm'), ROADS), { step: 1, provider: 'fcm' });
    assert.equal(nextStep(steps, undefined, phone('web'), ROADS), undefined);
    assert.equal(nextStep([{ via: NATIVE }], undefined, phone('fcm'), ROADS), undefined);
  });

  it('is never one that was asked already, under whatever name', () => {
    const twice: RouteStep[] = [
      { via: NATIVE },
      { via: 'apns', after: ['timeout'] },
      { via: 'fcm', after: ['token_invalid'] },
    ];
    const end = { step: 0, reason: 'token_invalid', tried: ['apns'] } as const;
    assert.deepEqual(nextStep(twice, end, phone('apns', 'fcm'), ROADS), { step: 2, provider: 'fcm' });
    const last: RouteStep[] = [{ via: 'apns' }, { via: NATIVE }];
    assert.deepEqual(nextStep(last, end, phone('apns', 'apns-old'), ROADS), { step: 1, provider: 'apns-old' });
    assert.equal(nextStep(last, end, phone('apns'), ROADS), undefined);
  });

  it('ends at a provider that the file no longer names', () => {
    const gone = ROADS.filter(({ name }) => name !== 'fcm');
    assert.equal(nextStep(steps, { step: 0, reason: 'token_invalid', tried: ['apns'] }, phone('fcm'), gone), undefined);
  });

  it('leads each device over each of its roads at most once, and comes to an end', () => {
    const route = fc.uniqueArray(fc.constantFrom(NATIVE, ...ROADS.map(({ name }) => name)), { minLength: 1 });
    const reasons = fc.subarray([...STEP_REASONS]);
    const places = fc.tuple(route, fc.array(reasons, { minLength: 5, maxLength: 5 }));
    const devices = fc.record({
      platform: fc.constantFrom(...PLATFORMS),
      providers: fc.subarray([...ROADS.map(({ name }) => name), 'huawei']),
    });
    fc.assert(
      fc.property(places, devices, fc.constantFrom(...STEP_REASONS), ([vias, afters], device, reason) => {
        const made = vias.map((via, i): RouteStep => ({ via, after: afters[i] ?? AFTER_DEFAULT }));
        const walked: string[] = [];
        let at = nextStep(made, undefined, device, ROADS);
        let place = -1;
        while (at !== undefined) {
          assert.ok(at.step > place && device.providers.includes(at.provider) && !walked.includes(at.provider));
          place = at.step;
          walked.push(at.provider);
          at = nextStep(made, { step: at.step, reason, tried: walked }, device, ROADS);
        }
      }),
    );
  });
});
