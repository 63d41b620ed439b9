import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { AudienceMember, BareTarget } from '../../../src/domain/audience.js';
import { CHUNK_TARGETS_MAX } from '../../../src/domain/chunk.js';
import type { PushToken } from '../../../src/domain/outcome.js';
import { defaultSteps } from '../../../src/domain/route.js';
import { planChunks } from '../../../src/usecases/plan-chunks.js';

const ROADS = [
  { name: 'apns', nativeFor: ['ios'] },
  { name: 'fcm', nativeFor: ['android'] },
];

const DISPATCH = { steps: defaultSteps(ROADS), roads: ROADS, renderings: new Map<string, string>() };

function member(n: number, provider: string | null): AudienceMember {
  const device = `d${String(n).padStart(5, '0')}`;
  return { device, user: `u${n}`, platform: 'ios', providers: provider === null ? [] : [provider] };
}

function bareTarget(tokenHash: string, provider: string): BareTarget {
  return {
    provider,
    token: `t-${tokenHash}` as PushToken,
    tokenHash,
    environment: 'production',
    purpose: 'alert',
  };
}

describe('plan of chunks', () => {
  it('puts each target into exactly one chunk of its provider, in key order, ids counted on', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('apns', 'fcm', null), { maxLength: 1_700, size: 'max' }),
        fc.uniqueArray(fc.stringMatching(/^[a-zA-Z0-9_-]{1,6}$/), { maxLength: 30 }),
        fc.nat(50),
        (providers, hashes, firstChunk) => {
          const members = providers.map((provider, n) => member(n, provider));
          const bare = hashes.map((hash, i) => bareTarget(hash, i % 2 === 0 ? 'fcm' : 'apns'));
          const chunks = planChunks('msg_x', firstChunk, members, bare, DISPATCH);
          assert.deepEqual(
            chunks.map(({ id }) => id),
            chunks.map((_, i) => `msg_x.${firstChunk + i}`),
          );
          const seen: string[] = [];
          for (const { provider, targets } of chunks) {
            assert.ok(targets.length >= 1 && targets.length <= CHUNK_TARGETS_MAX);
            const keys = targets.map(({ key }) => key);
            assert.deepEqual(keys, [...keys].sort());
            for (const target of targets) {
              const wanted = target.bare?.provider ?? providers[Number(target.key.slice(1))] ?? null;
              assert.equal(provider, wanted);
            }
            seen.push(...keys);
          }
          const expected = [...members.map(({ device }) => device), ...hashes.map((hash) => `~${hash}`)];
          assert.deepEqual(seen.sort(), expected.sort());
        },
      ),
      { numRuns: 30 },
    );
  });

  it('is the same each time the same plan is made, whatever the order of bare push tokens', () => {
    const members = Array.from({ length: 20 }, (_, n) => member(n, n % 2 === 0 ? 'apns' : 'fcm'));
    const bare = ['b', 'a', 'c'].map((hash) => bareTarget(hash, 'fcm'));
    const once = planChunks('msg_x', 3, members, bare, DISPATCH);
    assert.deepEqual(planChunks('msg_x', 3, members, [...bare].reverse(), DISPATCH), once);
  });

  it('keeps who a device belonged to and, of a bare push token, the whole address', () => {
    const bare: BareTarget = { ...bareTarget('hash', 'apns'), platform: 'ios' };
    assert.deepEqual(planChunks('msg_x', 0, [member(1, 'apns')], [bare], DISPATCH), [
      {
        id: 'msg_x.0',
        provider: 'apns',
        platform: 'ios',
        targets: [
          { key: 'd00001', user: 'u1' },
          { key: '~hash', user: null, bare },
        ],
      },
    ]);
    assert.deepEqual(planChunks('msg_x', 0, [], [], DISPATCH), []);
  });

  it('puts what runs different platforms, or nobody knows what, into chunks of their own', () => {
    const android: AudienceMember = { ...member(2, 'fcm'), platform: 'android' };
    const web: AudienceMember = { ...member(3, 'fcm'), platform: 'web' };
    const chunks = planChunks('msg_x', 0, [android, web], [bareTarget('hash', 'fcm')], DISPATCH);
    assert.deepEqual(
      chunks.map(({ provider, platform, targets }) => [provider, platform, targets.length]),
      [
        ['fcm', 'android', 1],
        ['fcm', 'web', 1],
        ['fcm', undefined, 1],
      ],
    );
  });
});
