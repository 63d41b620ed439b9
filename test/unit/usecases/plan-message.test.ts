import assert from 'node:assert/strict';
import type { PushToken } from '../../../providers/contract.js';
import type { AudienceMember } from '../../../src/domain/audience.js';
import type { DeviceStore } from '../../../src/ports/device-store.js';
import type { TokenHasher } from '../../../src/ports/token-hasher.js';
import type { MessageDraft } from '../../../src/usecases/message-draft.js';
import { createPlanMessage, PLAN_MEMBERS_MAX } from '../../../src/usecases/plan-message.js';
import type { ConfiguredProvider } from '../../../src/usecases/provider-directory.js';

const draft: MessageDraft = {
  app: 'shop',
  fingerprint: '',
  to: { users: [], devices: [], pushTokens: [], everyone: true },
  exceptUsers: [],
  exceptDevices: [],
  notification: { title: 't' },
  overrides: {},
};

const silent: ConfiguredProvider = {
  name: 'quiet',
  kind: 'quiet',
  nativeFor: ['ios'],
  limits: { batchTargetsMax: 1, payloadBytesMax: 1, ttlSecondsMax: 1 },
  check: () => [],
  parsePushToken: (raw) => String(raw) as PushToken,
};

function planOf(count: number, provider: ConfiguredProvider) {
  let pages = 0;
  const devices = {
    count: async () => count,
    holders: async () => new Map(),
    members: async (_app, _audience, { limit, after }) => {
      pages++;
      const from = after === '' ? 0 : Number(after) + 1;
      return Array.from(
        { length: Math.min(limit, count - from) },
        (_, n): AudienceMember => ({
          device: String(from + n).padStart(8, '0'),
          user: null,
          platform: 'ios',
          providers: [provider.name],
        }),
      );
    },
  } as Partial<DeviceStore> as DeviceStore; // nothing else of it is asked
  const plan = createPlanMessage({
    devices,
    chooseDevices: { ofAll: async (_app, _rule, members) => members },
    providers: {
      hasApp: () => true,
      apps: () => ['shop'],
      configured: () => [provider],
      channels: () => [],
      routes: () => [],
      open: () => undefined,
    },
    hasher: {} as TokenHasher, // no push token is named
    clock: { now: () => 5_000 },
    broadcastDevicesMax: 1_000_000,
  }).plan(draft);
  return plan.then((told) => ({ told, pages }));
}

describe('the plan of a message', () => {
  it('counts by provider as far as it looks', async () => {
    const { told } = await planOf(PLAN_MEMBERS_MAX, silent);
    assert.equal(told.providers[0]?.devices, PLAN_MEMBERS_MAX);
    assert.deepEqual([told.audience.state, told.audience.devices], ['resolved', PLAN_MEMBERS_MAX]);
  });

  it('of a larger audience tells the number and the payload, and looks no further', async () => {
    const preview = () => ({ shown: true });
    const { told, pages } = await planOf(200_000, { ...silent, preview });
    assert.deepEqual(told.audience, { state: 'resolving', devices: 200_000 });
    assert.deepEqual(told.providers, [{ provider: 'quiet', sampleDevice: null, payload: { shown: true } }]);
    assert.equal(told.noRegistration, undefined);
    assert.equal(pages, PLAN_MEMBERS_MAX / 1_000 + 1);
  });

  it('shows no payload of a provider whose kind cannot tell it', async () => {
    const { told } = await planOf(1, silent);
    assert.deepEqual(told.providers, [{ provider: 'quiet', devices: 1, sampleDevice: '00000000' }]);
  });

  it('asks for the payload as it would be sent now, to an alert registration', async () => {
    const asked: unknown[] = [];
    await planOf(1, {
      ...silent,
      preview: ({ ttlSeconds, priority }, purpose, now) => {
        asked.push([ttlSeconds, priority, purpose, now]);
        return undefined;
      },
    });
    assert.deepEqual(asked, [[86_400, 'normal', 'alert', 5_000]]);
  });
});
