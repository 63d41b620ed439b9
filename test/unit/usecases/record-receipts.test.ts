import assert from 'node:assert/strict';
import { createMemoryBus } from '../../../src/bus/memory.js';
import type { DeviceNotice, LiveBus } from '../../../src/ports/live-bus.js';
import type { WaitingClear, WaitingLetter } from '../../../src/ports/mailbox-store.js';
import type { Receipt } from '../../../src/ports/receipt-store.js';
import { createRecordReceipts } from '../../../src/usecases/record-receipts.js';
import { advanceOf, type ChunkDraft, Scene } from '../../contract/store/scene.js';
import { openTestStore, type TestStore } from '../../support/open-store.js';
import { silentLog } from '../../support/world.js';

describe('recording receipts', function () {
  this.timeout(60_000);
  let store: TestStore;
  let bus: LiveBus;
  const scene = new Scene();
  const told: [device: string, notice: DeviceNotice][] = [];

  before(async () => {
    store = await openTestStore();
    bus = createMemoryBus();
    const seat = await bus.join({
      offer: async ({ to }) => to.map(() => 'handed'),
      tell: (_app, devices, notice) =>
        void told.push(...devices.map((device): [string, DeviceNotice] => [device, notice])),
      clearAll: () => {},
      announce: () => {},
      replaced: () => {},
      missed: () => {},
    });
    for (const device of ['phone', 'tablet']) await seat.here(scene.app, device);
    const devices = { phone: 'ann', tablet: 'ann', browser: 'ann', other: 'bob' };
    await store.devices.change(
      Object.entries(devices).map(([id, user]) => ({
        app: scene.app,
        id,
        fields: { platform: 'web' as const, user },
        registrations: [],
        mode: 'upsert' as const,
      })),
      scene.now,
    );
    await store.mailboxes.open(
      Object.entries(devices).map(([device, user]) => ({ app: scene.app, device, user })),
      scene.now,
    );
  });
  after(async () => {
    await bus?.close();
    await store?.close();
  });

  /** A message that all four have. */
  async function sent(): Promise<string> {
    const users = { browser: 'ann', other: 'bob', phone: 'ann', tablet: 'ann' };
    const targets = Object.entries(users).map(([key, user]) => ({ key, user }));
    const message = scene.message({ chunks: [['realtime', targets] satisfies ChunkDraft] });
    await store.messages.accept([message], scene.now);
    const [chunk] = await store.chunks.claim([`${message.accepted.id}.0`], 'w', scene.now, scene.now + 9);
    assert.ok(chunk);
    const ends = targets.map((_, index) => ({ index, state: 'delivered' as const }));
    await store.chunks.advance([advanceOf(chunk, { ends, next: { kind: 'done' }, at: scene.now })], scene.now);
    return message.accepted.id;
  }

  const recorder = (clears: boolean) =>
    createRecordReceipts({
      receipts: store.receipts,
      mailboxes: store.mailboxes,
      bus,
      clearsOnOpen: () => clears,
      clock: { now: () => scene.now },
      log: silentLog,
    });
  const receipt = (message: string, key: string, state: Receipt['state']): Receipt => ({
    app: scene.app,
    message,
    key,
    state,
    at: scene.now,
  });
  async function waitingFor(device: string): Promise<readonly (WaitingLetter | WaitingClear)[]> {
    const [waiting] = await store.mailboxes.read([{ app: scene.app, device, except: [], limit: 10 }], scene.now);
    return waiting ?? [];
  }

  it('what is opened on one device goes from the same person’s others: at once, or when they come', async () => {
    const id = await sent();
    const record = recorder(true);
    assert.deepEqual(await record([receipt(id, 'phone', 'displayed')]), ['changed']);
    assert.deepEqual(told, [], 'seen is not read');
    assert.deepEqual(await record([receipt(id, 'phone', 'opened'), receipt('msg_none', 'phone', 'opened')]), [
      'changed',
      'unknown',
    ]);
    const clear = { messages: [id], tags: [id], reason: 'read_elsewhere' as const };
    assert.deepEqual(told.splice(0), [['tablet', { kind: 'clear', ...clear }]]);
    for (const device of ['tablet', 'browser']) {
      const [entry] = await waitingFor(device);
      assert.deepEqual(entry && 'clear' in entry ? entry.clear : entry, clear, device);
    }
    for (const device of ['phone', 'other']) assert.deepEqual(await waitingFor(device), [], device);
    assert.deepEqual(await record([receipt(id, 'phone', 'opened')]), ['known']);
    assert.deepEqual(told, [], 'and no screen is cleared again');
  });

  it('nothing is cleared where the app does not want it', async () => {
    const id = await sent();
    assert.deepEqual(await recorder(false)([receipt(id, 'phone', 'opened')]), ['changed']);
    assert.deepEqual(told, []);
    assert.deepEqual(await recorder(true)([]), []);
  });
});
