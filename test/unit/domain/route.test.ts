import assert from 'node:assert/strict';
import type { AudienceMember } from '../../../src/domain/audience.js';
import type { Platform } from '../../../src/domain/device.js';
import { chooseRoad, type Road } from '../../../src/domain/route.js';

const ROADS: readonly Road[] = [
  { name: 'web', nativeFor: ['web'] },
  { name: 'fcm', nativeFor: ['android'] },
  { name: 'apns', nativeFor: ['ios', 'macos', 'watch', 'tv'] },
  { name: 'apns-old', nativeFor: ['ios'] },
];

describe('road of a device', () => {
  const cases: [what: string, platform: Platform, providers: readonly string[], expected: string | null][] = [
    ['its platform’s own', 'ios', ['fcm', 'apns'], 'apns'],
    ['the first of several native ones in the app’s file', 'ios', ['apns-old', 'apns'], 'apns'],
    ['the only native one it is registered at', 'ios', ['web', 'apns-old'], 'apns-old'],
    ['without a native one the first of the app’s file, not its newest', 'windows', ['apns', 'fcm', 'web'], 'web'],
    ['never one it is not registered at', 'android', ['apns'], 'apns'],
    ['never one that the app’s file does not name', 'harmonyos', ['huawei', 'fcm'], 'fcm'],
    ['none when it has no registration', 'ios', [], null],
    ['none when no registration is at a configured provider', 'ios', ['huawei'], null],
  ];
  for (const [what, platform, providers, expected] of cases) {
    it(`is ${what}`, () => {
      const member: AudienceMember = { device: 'd', user: null, platform, providers };
      assert.equal(chooseRoad(member, ROADS), expected);
    });
  }
});
