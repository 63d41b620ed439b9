/** The realtime road is its own other side: real mailboxes and a real bus, with devices that this test plays. */
import assert from 'node:assert/strict';
import { isAnnouncing, type Message, type Provider } from '../../providers/contract.js';
import { realtimeKind } from '../../providers/realtime/kind.js';
import { createMemoryBus } from '../../src/bus/memory.js';
import { GatewayError } from '../../src/domain/errors.js';
import type { LogAnnouncement } from '../../src/ports/live-bus.js';
import { createLiveRoads } from '../../src/usecases/live-road.js';
import { openTestStore, type TestStore } from '../support/open-store.js';
import { type ProviderWorld, providerSuite } from './provider.suite.js';

const DEVICES = 501;
const clock = { now: () => Date.now() };
const nameOf = (at: number) => `phone${at}`;

describe('the realtime road', function () {
  this.timeout(60_000);
  let store: TestStore;
  before(async () => {
    store = await openTestStore();
    const ids = Array.from({ length: DEVICES }, (_, at) => nameOf(at));
    await store.devices.change(
      ids.map((id) => ({ app: 'shop', id, fields: { platform: 'ios' }, registrations: [], mode: 'upsert' })),
      clock.now(),
    );
    await store.mailboxes.open(
      ids.map((device) => ({ app: 'shop', device, user: null })),
      clock.now(),
    );
  });
  after(() => store?.close());

  providerSuite('realtime', async (): Promise<ProviderWorld> => {
    const bus = createMemoryBus();
    const taken: string[] = [];
    let isAway = false;
    let held: (() => void)[] | undefined;
    let tellHeld = () => {};
    const isHeld = new Promise<void>((resolve) => {
      tellHeld = resolve;
    });
    const seat = await bus.join({
      async offer({ to }, waitMs) {
        for (const { device } of to) taken.push(device);
        const letGo = held;
        if (letGo === undefined) return to.map(() => 'done');
        tellHeld();
        const wasReleased = await new Promise<boolean>((resolve) => {
          const timer = setTimeout(() => resolve(false), waitMs);
          letGo.push(() => {
            clearTimeout(timer);
            resolve(true);
          });
        });
        return to.map(() => (wasReleased ? 'done' : 'handed'));
      },
      tell() {},
      clearAll() {},
      announce() {},
      replaced() {},
      missed() {},
    });
    for (let at = 0; at < DEVICES; at++) await seat.here('shop', nameOf(at));
    const roads = createLiveRoads({
      messages: store.messages,
      mailboxes: {
        put: async (...asked) => {
          if (isAway) throw new GatewayError('store_unavailable', 'the store is away');
          return store.mailboxes.put(...asked);
        },
        append: (...asked) => store.mailboxes.append(...asked),
      },
      bus,
      clock,
    });
    return {
      kind: realtimeKind,
      open: (env): Promise<Provider> => realtimeKind.open({}, { ...env, live: roads('shop') }),
      goodToken: nameOf,
      deadToken: () => 'never-connected',
      badTokens: ['a b', 'ä', 'x'.repeat(129), { device: 'phone1' }],
      hold() {
        held ??= [];
      },
      held: () => isHeld,
      release() {
        for (const letGo of held ?? []) letGo();
        held = undefined;
      },
      async vanish() {
        isAway = true;
      },
      taken: () => taken,
      close: () => bus.close(),
    };
  });

  it('announces a message to everybody once, however often it is asked, and keeps nothing that is now or never', async () => {
    const bus = createMemoryBus();
    const heard: LogAnnouncement[] = [];
    await bus.join({
      offer: async ({ to }) => to.map(() => 'offline'),
      tell() {},
      clearAll() {},
      announce: (entry) => void heard.push(entry),
      replaced() {},
      missed() {},
    });
    const live = createLiveRoads({ ...store, bus, clock })('shop');
    const egress = { checkUrl() {}, lookup() {} };
    const log = { info() {}, warn() {}, error() {} };
    const env = { name: 'realtime', app: 'shop', now: clock.now, log, observe() {}, egress, live };
    const provider = await realtimeKind.open({}, env);
    assert.ok(isAnnouncing(provider));
    const message: Message = {
      id: 'msg_all',
      app: 'shop',
      notification: { title: 'Hello, all' },
      ttlSeconds: 60,
      expiresAt: clock.now() + 60_000,
      priority: 'high',
    };
    assert.equal(await provider.announce(message), DEVICES);
    assert.equal(await provider.announce(message), DEVICES);
    const entries = await store.mailboxes.readLog('shop', 0, 10, clock.now());
    assert.deepEqual(
      entries.map(({ message: id, body }) => [id, (JSON.parse(body) as { tag: string }).tag]),
      [['msg_all', 'msg_all']],
    );
    const positions = entries.map(({ position }) => position);
    assert.deepEqual(
      heard.map(({ app, message: id, position }) => [app, id, position]),
      [0, 0].map(() => ['shop', 'msg_all', positions[0]]),
    );
    assert.equal(await provider.announce({ ...message, id: 'msg_now', ttlSeconds: 0 }), undefined);
    assert.equal((await store.mailboxes.readLog('shop', 0, 10, clock.now())).length, 1);
    await provider.close();
    await bus.close();
  });
});
