import assert from 'node:assert/strict';
import type { NewMessage } from '../../../src/ports/message-store.js';
import type { Lane } from '../../../src/ports/work-queue.js';
import { createCarryOut } from '../../../src/usecases/carry-out.js';
import { ChunkWork } from '../../../src/usecases/chunk-work.js';
import { createRetire } from '../../../src/usecases/retire.js';
import { silentLog } from '../../support/open-queue.js';
import { openTestStore, type TestStore } from '../../support/open-store.js';

const NOW = Date.UTC(2030, 0, 1);
const LEASE_MS = 10_000;

/** What becomes of targets between two roads when a worker dies at any point, over a real store. */
describe('what chunks owe', function () {
  this.timeout(60_000);
  let store: TestStore;
  before(async () => {
    store = await openTestStore();
  });
  after(() => store?.close());

  let n = 0;
  async function movedOn() {
    const id = `msg_${String(n++).padStart(26, '0')}`;
    const message: NewMessage = {
      accepted: { id, app: 'shop', status: 'queued', createdAt: NOW, audience: { state: 'resolved' }, warnings: [] },
      fingerprint: '',
      class: 'marketing',
      terms: { priority: 'high', ttlSeconds: 60, onUncertain: 'resend', track: 'all' },
      content: { overrides: {} },
      expiresAt: NOW + 60_000,
      planned: true,
      chunks: [{ id: `${id}.0`, provider: 'apns', targets: ['d1', 'd2', 'd3'].map((key) => ({ key, user: null })) }],
    };
    await store.messages.accept([message], NOW);
    const [chunk] = await store.chunks.claim([`${id}.0`], 'w', NOW, NOW + LEASE_MS);
    const sendable = (await store.messages.sendable([id])).get(id);
    assert.ok(chunk && sendable);
    const work = new ChunkWork(chunk, sendable, NOW + LEASE_MS);
    work.settle(0, { state: 'sent' }, NOW);
    for (const index of [1, 2]) {
      work.moveOn(index, { step: 1, provider: 'fcm' }, { provider: 'apns', at: NOW, outcome: 'unregistered' });
    }
    return { id, work };
  }

  function carryOut(change: Partial<TestStore['chunks']> = {}, woken: Lane[] = []) {
    const clock = { now: () => NOW + LEASE_MS };
    const observe = () => undefined;
    const brake = { windowMs: 1, share: 1, floor: 1 };
    const retire = createRetire({ devices: store.devices, clock, log: silentLog, brake, observe });
    return createCarryOut({
      chunks: { ...store.chunks, ...change },
      mailboxes: store.mailboxes,
      retire,
      clock,
      wake: (lane) => void woken.push(lane),
    });
  }

  async function stands(id: string) {
    const view = await store.messages.view('shop', id);
    const open = await store.messages.complete([id], NOW);
    return [view?.devices, view?.counts.sent, view?.counts.queued, open];
  }

  const dieAt = () => Promise.reject(new Error('killed'));
  for (const [where, change] of [
    ['before the next chunk is written', { addNext: dieAt }],
    ['before it is marked as done', { effectsDone: dieAt }],
  ] as const) {
    it(`is repeated by whoever comes next after a death ${where}`, async () => {
      const { id, work } = await movedOn();
      work.letGo(NOW, false);
      await store.chunks.advance([work.snapshot()], NOW);
      const { chunk, effects } = work;
      const owing = { id: chunk.id, fence: chunk.fence, app: 'shop', effects };
      await assert.rejects(carryOut(change).run([owing]), /killed/);
      assert.deepEqual(await stands(id), [3, 1, 2, []]);
      const owed = (await store.chunks.owedEffects(100)).filter((found) => found.id === chunk.id);
      assert.equal(owed.length, 1);
      for (let times = 0; times < 2; times++) await carryOut().run(owed);
      assert.deepEqual(await stands(id), [3, 1, 2, []], 'two of them wait in one chunk');
      const step = effects.find((effect) => effect.kind === 'step');
      const [next] = await store.chunks.claim([step?.chunk ?? ''], 'w', NOW + LEASE_MS, NOW + 2 * LEASE_MS);
      assert.deepEqual(
        next?.targets.map(({ key }) => key),
        ['d2', 'd3'],
      );
    });
  }

  it('is left alone while a holder whose lease has ended may still add to it', async () => {
    const { id, work } = await movedOn();
    await store.chunks.advance([work.snapshot()], NOW);
    const owed = async () => (await store.chunks.owedEffects(100)).filter((found) => found.id === `${id}.0`);
    assert.deepEqual(await owed(), []);
    await store.chunks.reclaim(NOW + LEASE_MS, 100);
    assert.equal((await owed()).length, 1);
    work.letGo(NOW, false);
    assert.deepEqual(await store.chunks.advance([work.snapshot()], NOW), [`${id}.0`], 'its word comes too late');
  });

  it('silences copies in mailboxes before a vendor can be asked, and lets them be shown where none took it', async () => {
    const device = { app: 'shop', id: 'hushed', fields: { platform: 'ios', user: 'u' }, registrations: [] } as const;
    await store.devices.change([{ ...device, mode: 'upsert' }], NOW);
    await store.mailboxes.open([{ app: 'shop', device: 'hushed', user: 'u' }], NOW);
    const message = 'msg_hushed';
    const letter = { app: 'shop', message, body: '{}', expiresAt: NOW + 60_000, show: true };
    await store.mailboxes.put([{ ...letter, to: [{ device: 'hushed' }] }], NOW);
    const shown = async () => {
      const [[item] = []] = await store.mailboxes.read([{ app: 'shop', device: 'hushed', except: [], limit: 1 }], NOW);
      return item !== undefined && 'show' in item ? item.show : undefined;
    };
    const moved = [{ key: 'hushed', user: 'u', attempts: [] }];
    const step = {
      kind: 'step',
      chunk: 'msg_hushed.s1',
      provider: 'apns',
      step: 1,
      targets: moved,
      hushes: message,
    } as const;
    const seen: (boolean | undefined)[] = [];
    const addNext = async () => void seen.push(await shown());
    await carryOut({ addNext }).run([{ id: 'msg_hushed.0', fence: 1, app: 'shop', effects: [step] }]);
    assert.deepEqual(seen, [false]);
    const show = { kind: 'show', message, devices: ['hushed'] } as const;
    for (let times = 0; times < 2; times++) {
      await carryOut().run([{ id: 'msg_hushed.s1', fence: 1, app: 'shop', effects: [show] }]);
      assert.equal(await shown(), true);
    }
  });

  it('wakes the lanes for who goes on, and nobody where nobody does', async () => {
    const woken: Lane[] = [];
    await carryOut({}, woken).run([]);
    assert.deepEqual(woken, []);
    const { work } = await movedOn();
    work.letGo(NOW, false);
    await store.chunks.advance([work.snapshot()], NOW);
    const { chunk, effects } = work;
    await carryOut({}, woken).run([{ id: chunk.id, fence: chunk.fence, app: 'shop', effects }]);
    assert.deepEqual(woken.sort(), ['marketing', 'transactional']);
  });
});
