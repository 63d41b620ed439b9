import assert from 'node:assert/strict';
import type { DeliveryTerms } from '../../../src/domain/accepted-message.js';
import { freshProgress } from '../../../src/domain/chunk.js';
import type { PushToken } from '../../../src/domain/outcome.js';
import type { AccountGate, Admission } from '../../../src/usecases/account-gate.js';
import { type Addressed, admit } from '../../../src/usecases/attempt-window.js';
import { ChunkWork } from '../../../src/usecases/chunk-work.js';

const NOW = 1_000_000;
const DAY_ENDS = NOW + 8 * 3_600_000;

/** Three devices, of which the first may go over another road. */
function window(terms: Partial<DeliveryTerms> = {}, ttlMs = 86_400_000): { work: ChunkWork; entries: Addressed[] } {
  const targets = ['d0', 'd1', 'd2'].map((key) => ({ key, user: null }));
  const work = new ChunkWork(
    {
      ...{ id: 'msg_x.0', message: 'msg_x', app: 'shop', provider: 'huawei', step: 0, rendering: null },
      ...{ targets, fence: 1, crashes: 0, progress: freshProgress(3), effects: [] },
    },
    {
      ...{ id: 'msg_x', app: 'shop', class: 'marketing', content: { overrides: {} } },
      terms: { priority: 'high', ttlSeconds: ttlMs / 1_000, onUncertain: 'resend', track: 'all', ...terms },
      ...{ createdAt: NOW, expiresAt: NOW + ttlMs, canceled: false },
    },
    NOW + 10_000,
  );
  const address: Addressed['address'] = {
    ...{ provider: 'huawei', token: 't' as PushToken, tokenHash: 'h', purpose: 'alert' },
    environment: 'production',
  };
  const device = { user: null, platform: 'android', registrations: [] } as const;
  return { work, entries: targets.map(({ key }, index) => ({ work, index, key, address, device })) };
}

/** What `admit` does where the gate says this; the devices that go over another road, and the others in words. */
function outcomeOf(admission: Admission, { work, entries }: ReturnType<typeof window>) {
  const gate = { admit: () => admission } as Pick<AccountGate, 'admit'> as AccountGate;
  const admitted = admit(
    gate,
    ({ index }, reason) => (index === 0 && reason === 'quota_exceeded' ? { step: 1, provider: 'fcm' } : undefined),
    entries,
    NOW,
  );
  const { deliveries, progress, effects } = work.snapshot();
  return {
    admitted: admitted.map(({ index }) => index),
    moved: effects.flatMap((effect) => (effect.kind === 'step' ? effect.targets : [])),
    waitsMs: Object.values(progress.troubles).map(({ dueAt }) => dueAt - NOW),
    /** What those who wait can be told. */
    told: deliveries.flatMap(({ state, provider, attempts }) =>
      state === 'queued' && provider === 'huawei' ? attempts : [],
    ),
    ended: deliveries.flatMap(({ state, reason }) => (state === 'queued' ? [] : [`${state} ${reason}`])),
  };
}

describe('a window of a class that is parked', () => {
  const parked: Admission = {
    ...{ admitted: 0, until: DAY_ENDS, reason: 'quota_exceeded', isOfClass: true, isTried: false },
  };

  it('goes over the route’s next road at once, and says why; who has none waits until the day ends', () => {
    const { admitted, moved, waitsMs, ended, told } = outcomeOf(parked, window());
    assert.deepEqual([admitted, waitsMs, ended], [[], [DAY_ENDS - NOW, DAY_ENDS - NOW], []]);
    const why = { outcome: 'deferred', reason: 'quota_exceeded', detail: 'not asked: marketing messages are paused' };
    assert.deepEqual(told, Array(2).fill({ provider: 'huawei', at: NOW, ...why }));
    assert.deepEqual(
      moved.map(({ key, attempts }) => [key, attempts[0]?.reason, attempts[0]?.detail]),
      [['d0', 'quota_exceeded', 'not asked: marketing messages are paused']],
    );
  });

  it('has ended for whom no day is left, or no second attempt', () => {
    assert.deepEqual(outcomeOf(parked, window({}, 3_600_000)).ended, ['expired expired', 'expired expired']);
    const now = outcomeOf(parked, window({ ttlSeconds: 0 }));
    assert.deepEqual([now.moved.length, now.ended], [1, ['failed quota_exceeded', 'failed quota_exceeded']]);
  });

  it('waits for the one that tries when the day has turned, also where there is another road', () => {
    const trying: Admission = { ...parked, admitted: 1, until: NOW + 500, isTried: true };
    const { admitted, moved, waitsMs, told } = outcomeOf(trying, window());
    assert.deepEqual([admitted, moved.length, waitsMs, told], [[0], 0, [500, 500], []]);
    const other = outcomeOf({ ...trying, admitted: 0, isOfClass: false }, window());
    assert.equal(other.moved.length, 1, 'an account may be away for longer');
  });
});
