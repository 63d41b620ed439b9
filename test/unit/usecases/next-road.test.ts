import assert from 'node:assert/strict';
import type { DeliveryTerms } from '../../../src/domain/accepted-message.js';
import { freshProgress } from '../../../src/domain/chunk.js';
import type { Registration } from '../../../src/domain/device.js';
import type { PushToken } from '../../../src/domain/outcome.js';
import type { DeviceAddresses } from '../../../src/ports/device-store.js';
import { ChunkWork } from '../../../src/usecases/chunk-work.js';
import { createNextRoad } from '../../../src/usecases/next-road.js';
import type { ConfiguredProvider } from '../../../src/usecases/provider-directory.js';

const NOW = 1_000_000;

function provider(name: string, nativeFor: readonly string[]): ConfiguredProvider {
  const limits = { batchTargetsMax: 1, payloadBytesMax: 1, ttlSecondsMax: 1 };
  return { name, kind: name, nativeFor, limits, check: () => [], parsePushToken: (raw) => String(raw) as PushToken };
}

function registration(at: string, purpose = 'alert'): Registration {
  const times = { registeredAt: NOW, confirmedAt: NOW };
  return { provider: at, token: 't' as PushToken, tokenHash: 'h', environment: 'production', purpose, ...times };
}

const phone = (...registrations: Registration[]): DeviceAddresses => ({ user: null, platform: 'ios', registrations });

describe('the next road of a target', () => {
  const nextRoad = createNextRoad({
    configured: () => [provider('apns', ['ios']), provider('fcm', ['android']), provider('web', ['web'])],
  });

  function work(terms: Partial<DeliveryTerms> = {}, step = 0): ChunkWork {
    const route = { steps: [{ via: 'native' }, { via: 'fcm' }, { via: 'web' }] };
    return new ChunkWork(
      {
        ...{
          id: 'msg_x.0',
          message: 'msg_x',
          app: 'shop',
          provider: step === 0 ? 'apns' : 'fcm',
          step,
          rendering: null,
        },
        ...{ targets: [{ key: 'd', user: null }], fence: 1, crashes: 0, progress: freshProgress(1), effects: [] },
      },
      {
        ...{ id: 'msg_x', app: 'shop', class: 'transactional', content: { overrides: {} } },
        terms: { priority: 'high', ttlSeconds: 60, onUncertain: 'resend', track: 'all', route, ...terms },
        ...{ createdAt: NOW, expiresAt: NOW + 60_000, canceled: false },
      },
      NOW + 10_000,
    );
  }
  const both = phone(registration('fcm'), registration('web'));

  it('is where the device has an address now', () => {
    assert.deepEqual(nextRoad({ work: work(), index: 0, device: both }, 'token_invalid'), { step: 1, provider: 'fcm' });
    const web = phone(registration('web'));
    assert.deepEqual(nextRoad({ work: work(), index: 0, device: web }, 'token_invalid'), { step: 2, provider: 'web' });
    assert.deepEqual(nextRoad({ work: work({}, 1), index: 0, device: both }, 'token_invalid'), {
      step: 2,
      provider: 'web',
    });
  });

  it('is none for what cannot carry an alert, for a bare push token, and at the end of the route', () => {
    const voip = phone(registration('fcm', 'voip'));
    assert.equal(nextRoad({ work: work(), index: 0, device: voip }, 'token_invalid'), undefined);
    assert.equal(nextRoad({ work: work(), index: 0 }, 'token_invalid'), undefined);
    assert.equal(nextRoad({ work: work({}, 2), index: 0, device: both }, 'token_invalid'), undefined);
    assert.equal(nextRoad({ work: work(), index: 0, device: both }, 'uncertain'), undefined);
  });

  it('is never one that the message leaves out', () => {
    const only = work({ onlyProviders: ['apns', 'web'] });
    assert.deepEqual(nextRoad({ work: only, index: 0, device: both }, 'token_invalid'), { step: 2, provider: 'web' });
    const none = work({ onlyProviders: ['apns'] });
    assert.equal(nextRoad({ work: none, index: 0, device: both }, 'token_invalid'), undefined);
  });

  it('is never one that was asked before', () => {
    const asked = work({ route: { steps: [{ via: 'fcm' }, { via: 'native' }, { via: 'web' }] } });
    asked.postpone(0, { tries: 1, dueAt: NOW }, { provider: 'web', at: NOW, outcome: 'deferred' });
    const device = phone(registration('apns'), registration('web'));
    assert.equal(nextRoad({ work: asked, index: 0, device }, 'token_invalid'), undefined);
  });
});
