import assert from 'node:assert/strict';
import type { Batch, Provider, PushToken, Recalling, RecallOutcome } from '../../../providers/contract.js';
import type { DeviceAddresses } from '../../../src/ports/device-store.js';
import type { SendableMessage } from '../../../src/ports/message-store.js';
import type { ShownOn } from '../../../src/ports/recall-store.js';
import { createRecallAtVendors } from '../../../src/usecases/recall-at-vendors.js';
import { keptLog } from '../http/serve.js';

const MESSAGE = {
  ...{ id: 'msg_1', app: 'shop', class: 'marketing', createdAt: 1, expiresAt: 9_000, canceled: false },
  terms: { priority: 'high', ttlSeconds: 9, onUncertain: 'resend', track: 'all' },
  content: { notification: { title: 'Hi' }, overrides: {} },
} as unknown as SendableMessage; // what is rendered of it

function deviceOn(provider: string, platform: DeviceAddresses['platform'], token: string): DeviceAddresses {
  const address = { provider, token: token as PushToken, environment: 'production', purpose: 'alert' } as const;
  return {
    user: null,
    platform,
    registrations: [{ ...address, tokenHash: `#${token}`, registeredAt: 1, confirmedAt: 1 }],
  };
}

/** `huawei` takes back, two targets at a time; `apns` cannot. */
function scene(answer: (token: string) => RecallOutcome['kind'] | Error) {
  const batches: Batch[] = [];
  const deaf: Provider = {
    ...{ name: 'apns', limits: { batchTargetsMax: 2, payloadBytesMax: 1, ttlSecondsMax: 1 } },
    send: async () => [],
    close: async () => undefined,
  };
  const able: Provider & Recalling = {
    ...deaf,
    async recall(batch) {
      batches.push(batch);
      return batch.targets.map(({ pushToken }) => {
        const kind = answer(pushToken);
        if (kind instanceof Error) throw kind;
        return { kind };
      });
    },
  };
  const taken: unknown[] = [];
  const log = keptLog();
  const addresses = new Map([
    ...['a', 'b', 'c'].map((id) => [`shop|${id}`, deviceOn('huawei', 'android', id)] as const),
    ['shop|h', deviceOn('huawei', 'harmonyos', 'h')],
    ['shop|elsewhere', deviceOn('fcm', 'android', 'e')],
  ]);
  const recall = createRecallAtVendors({
    messages: { sendable: async () => new Map([['msg_1', MESSAGE]]) },
    devices: { addresses: async () => addresses },
    recalls: { takenBack: async (...args) => void taken.push(args) },
    providers: {
      open: (_app, name) => (name === 'huawei' ? able : name === 'apns' ? deaf : undefined),
      configured: () => [],
      channels: () => [],
    },
    clock: { now: () => 7 },
    log,
  });
  return { recall, batches, taken, log };
}

const shown = (device: string, state: ShownOn['state'] = 'sent', provider = 'huawei'): ShownOn => ({
  ...{ device, provider, state },
});
const never = new AbortController().signal;

describe('recalling at vendors', () => {
  it('asks those that can, in their batches, about what is out, and records what they took back', async () => {
    const { recall, batches, taken } = scene((token) => (token === 'b' ? 'impossible' : 'recalled'));
    const tallies = await recall(
      'shop',
      'msg_1',
      [
        ...['a', 'b', 'h', 'elsewhere', 'gone'].map((device) => shown(device)),
        { ...shown('c', 'delivered'), vendorId: 'v-c' },
        shown('seen', 'displayed'),
        shown('before', 'recalled'),
        shown('x', 'sent', 'apns'),
        shown('y', 'sent', 'realtime'),
      ],
      never,
    );
    assert.deepEqual([...tallies], [['huawei', { recalled: 4, impossible: 3, failed: 0 }]]);
    assert.deepEqual(
      batches.map(({ platform, targets }) => [platform, targets.map(({ pushToken }) => pushToken)]),
      [
        ['android', ['a', 'b']],
        ['android', ['c']],
        ['harmonyos', ['h']],
      ],
    );
    assert.deepEqual([batches[0]?.targets[0]?.vendorId, batches[1]?.targets[0]?.vendorId], [undefined, 'v-c']);
    assert.deepEqual([batches[0]?.message.id, batches[0]?.message.notification], ['msg_1', { title: 'Hi' }]);
    assert.deepEqual(taken, [['shop', 'msg_1', 'huawei', ['a', 'h', 'c'], 7]]);
  });

  it('says of how many a vendor failed, whatever it did', async () => {
    for (const what of ['failed', new Error('not in the contract')] as const) {
      const { recall, log, taken } = scene(() => what);
      const tallies = await recall('shop', 'msg_1', [shown('a'), shown('b'), shown('c')], never);
      assert.deepEqual(tallies.get('huawei'), { recalled: 0, impossible: 0, failed: 3 });
      assert.equal(log.lines.at(-1)?.event, 'recall.vendor_failed');
      assert.deepEqual(taken, [['shop', 'msg_1', 'huawei', [], 7]]);
    }
  });

  it('asks nobody once its time is over, and nothing where no vendor can', async () => {
    const { recall, batches } = scene(() => 'recalled');
    const late = await recall('shop', 'msg_1', [shown('a')], AbortSignal.abort());
    assert.deepEqual([late.get('huawei')?.failed, batches.length], [1, 0]);
    assert.equal((await recall('shop', 'msg_1', [shown('x', 'sent', 'apns')], never)).size, 0);
  });
});
