/** A message goes to everyone at once while it is canceled or called back: in every order of their steps, over real stores. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Message } from '../../../providers/contract.js';
import { realtimeKind } from '../../../providers/realtime/kind.js';
import { createMemoryBus } from '../../../src/bus/memory.js';
import { newId } from '../../../src/domain/ids.js';
import { HOUR_MS, sumStats } from '../../../src/domain/stats.js';
import type { LiveBus } from '../../../src/ports/live-bus.js';
import type { Store } from '../../../src/store/store.js';
import { createFanOut, type FanOut } from '../../../src/usecases/fan-out.js';
import { createLiveRoads } from '../../../src/usecases/live-road.js';
import { createRecallMessage, type RecallMessage } from '../../../src/usecases/recall-message.js';
import { openTestStore, type TestStore } from '../../support/open-store.js';

const APP = 'shop';
const NOW = Date.UTC(2031, 0, 1);
const AUDIENCE = { users: [], devices: [], pushTokens: [], everyone: true, exceptUsers: [], exceptDevices: [] };
const DEVICES = ['a', 'b', 'c'];
type Ends = Readonly<Record<'delivered' | 'failed' | 'canceled', number>>;
const clock = { now: () => NOW };
const never = new AbortController().signal;

describe('a message that goes to everyone at once', function () {
  this.timeout(60_000);
  let store: TestStore;
  let bus: LiveBus;
  /** What became visible on screens, in order. */
  let screens: string[];
  let made = 0;
  before(async () => {
    store = await openTestStore();
    const drafts = DEVICES.map((id) => ({ app: APP, id, fields: { platform: 'ios' as const }, registrations: [] }));
    await store.devices.change(
      drafts.map((draft) => ({ ...draft, mode: 'upsert' })),
      NOW,
    );
    const [a = '', b = ''] = DEVICES;
    await store.mailboxes.open(
      [a, b].map((device) => ({ app: APP, device, user: null })),
      NOW,
    );
    bus = createMemoryBus();
    await bus.join({
      offer: async ({ to }) => to.map(() => 'offline'),
      tell() {},
      clearAll: (_, clear) => void screens.push(...clear.messages.map((id) => `cleared ${id}`)),
      announce: ({ message }) => void screens.push(`shown ${message}`),
      replaced() {},
      missed() {},
    });
  });
  after(() => store?.close());
  beforeEach(() => {
    screens = [];
  });

  /** @param before awaited before each access to the stores and the bus */
  function house(before: () => Promise<void> = async () => undefined): { planner: FanOut; recaller: RecallMessage } {
    const ports: Store & { bus: LiveBus } = {
      ...store,
      messages: stepped(store.messages, before),
      mailboxes: stepped(store.mailboxes, before),
      recalls: stepped(store.recalls, before),
      devices: stepped(store.devices, before),
      bus: stepped(bus, before),
    };
    const live = createLiveRoads({ ...ports, clock })(APP);
    const log = { info() {}, warn() {}, error() {} };
    const egress = { checkUrl() {}, lookup() {} };
    const opened = realtimeKind.open(
      {},
      { name: 'realtime', app: APP, now: clock.now, log, observe() {}, egress, live },
    );
    const road = {
      name: 'realtime',
      limits: { batchTargetsMax: 1, payloadBytesMax: 4_096, ttlSecondsMax: 3_600 },
      send: async () => [],
      close: async () => undefined,
      announce: async (message: Message) => {
        const provider = await opened;
        assert.ok('announce' in provider && typeof provider.announce === 'function');
        return provider.announce(message) as Promise<number | undefined>;
      },
    };
    const providers = {
      hasApp: () => true,
      apps: () => [APP],
      configured: () => [],
      channels: () => [],
      routes: () => [],
      open: () => road,
    };
    const chooseDevices = { ofPage: () => assert.fail('it needs no chunks') };
    return {
      planner: createFanOut({ ...ports, chooseDevices, providers, clock, wake() {} }),
      recaller: createRecallMessage({ ...ports, recallAtVendors: async () => new Map(), clock }),
    };
  }

  /** Each is counted in an hour of its own. */
  async function accepted(): Promise<string> {
    const createdAt = NOW - ++made * HOUR_MS;
    const id = newId('msg', NOW, randomBytes);
    const resolved = { state: 'resolving' as const };
    const route = { steps: [{ via: 'realtime' }] };
    const terms = {
      priority: 'high' as const,
      ttlSeconds: 3_600,
      onUncertain: 'resend' as const,
      track: 'all' as const,
    };
    await store.messages.accept(
      [
        {
          accepted: { id, app: APP, status: 'queued', createdAt, audience: resolved, warnings: [] },
          fingerprint: id,
          class: 'transactional',
          terms: { ...terms, route },
          content: { notification: { title: 'Hi' }, overrides: {}, audience: AUDIENCE },
          expiresAt: NOW + 3_600_000,
          planned: false,
          chunks: [],
        },
      ],
      NOW,
    );
    return id;
  }

  /** What a worker does all the time: it goes on with whatever somebody has left. */
  async function settle(): Promise<void> {
    const { planner, recaller } = house();
    for (const { id } of await store.messages.unplanned(NOW + 1, 100)) await planner.fanOut(id, never);
    await store.messages.complete(undefined, NOW);
    await recaller.carryOn(never);
  }

  const isDone = (device: string, id: string) => store.mailboxes.done([{ app: APP, device, messages: [id] }], NOW);

  /** @param isRecalled whether screens are to be cleared of what was shown, or never */
  async function check(id: string, isRecalled: boolean, when: string): Promise<void> {
    const view = await store.messages.view(APP, id);
    assert.ok(view?.completedAt, when);
    const sum = Object.values(view.counts).reduce((all, n) => all + n, 0);
    assert.deepEqual([view.devices, view.counts.queued], [sum, 0], when);
    const wasShown = screens.includes(`shown ${id}`);
    assert.ok(view.devices === DEVICES.length || (view.devices === 0 && !wasShown), `${when}: ${view.devices} devices`);
    if (isRecalled) assertCleared(id, when);
    else assert.ok(!screens.includes(`cleared ${id}`), when);
    const told = ({ delivered, failed, canceled }: Ends) => ({ delivered, failed, canceled });
    assert.deepEqual(told(sumStats(await hourOf(view.createdAt))), told(view.counts), when);
    assert.deepEqual(await store.mailboxes.readLog(APP, 0, 100, NOW), [], when);
    assert.deepEqual(await store.recalls.owed(100), [], when);
  }

  function assertCleared(id: string, when: string): void {
    if (screens.includes(`shown ${id}`)) assert.equal(screens.at(-1), `cleared ${id}`, when);
  }

  async function hourOf(at: number) {
    const rows = await store.stats.read({ app: APP, from: at, to: at + HOUR_MS, by: 'hour' });
    return rows.map(({ counts }) => counts);
  }

  /** Begins a story for each access there is, until one is over before its access. */
  async function eachAccess(
    story: (id: string, house: (step: () => Promise<void>) => ReturnType<typeof all>, when: string) => Promise<void>,
  ): Promise<number> {
    for (let n = 0; ; n++) {
      let left = n;
      const interrupted = (step: () => Promise<void>) => all(async () => (left-- === 0 ? step() : undefined));
      await story(await accepted(), interrupted, `before access ${n}`);
      if (left >= 0) return n;
      screens = [];
    }
  }
  const all = house;

  it('is off all screens when it is called back in the middle, and counted', async () => {
    const accesses = await eachAccess(async (id, interrupted, when) => {
      const { planner } = interrupted(async () => {
        await isDone('a', id);
        assert.ok(await house().recaller.recall(APP, id));
        assertCleared(id, `${when}, at once`);
      });
      await planner.fanOut(id, never);
      await house().recaller.recall(APP, id); // where there was no such access
      await settle();
      await check(id, true, when);
    });
    assert.ok(accesses > 6, `${accesses} accesses`);
  });

  it('is off all screens also where its planner dies then, and another one goes on', async () => {
    await eachAccess(async (id, interrupted, when) => {
      let isDead = false;
      let atDeath: readonly string[] = [];
      const { planner } = interrupted(async () => {
        await isDone('a', id);
        assert.ok(await house().recaller.recall(APP, id));
        isDead = true;
        atDeath = [...screens];
        throw new Error('killed');
      });
      await planner.fanOut(id, never).catch((error: unknown) => assert.match(String(error), /killed/));
      if (!isDead) await house().recaller.recall(APP, id);
      await settle();
      await check(id, true, when);
      if (isDead)
        assert.ok(atDeath.includes(`shown ${id}`) || !screens.includes(`shown ${id}`), `${when}: shown since`);
    });
  });

  it('is off all screens when it goes out in the middle of its recall, which may die then', async () => {
    for (const dies of [false, true]) {
      const accesses = await eachAccess(async (id, interrupted, when) => {
        const { recaller } = interrupted(async () => {
          await house().planner.fanOut(id, never);
          await isDone('a', id);
          if (dies) throw new Error('killed');
        });
        const isAnswered = await recaller.recall(APP, id).catch(() => undefined);
        // Whoever gets no answer asks again.
        if (isAnswered === undefined) assert.ok(await house().recaller.recall(APP, id));
        await house().planner.fanOut(id, never);
        await settle();
        await check(id, true, `${when}, ${dies ? 'dies' : 'lives'}`);
      });
      assert.ok(accesses > 4, `${accesses} accesses`);
    }
  });

  it('stays on screens where it was shown when it is canceled in the middle, until it is called back', async () => {
    await eachAccess(async (id, interrupted, when) => {
      const { planner } = interrupted(async () => {
        await isDone('a', id);
        await store.messages.cancel(APP, id, NOW);
      });
      await planner.fanOut(id, never);
      await store.messages.cancel(APP, id, NOW);
      await settle();
      await check(id, false, when);
      assert.ok(await house().recaller.recall(APP, id));
      await settle();
      await check(id, true, when);
    });
  });
});

/** The same port; `before` is awaited before each call. */
function stepped<T extends object>(port: T, before: () => Promise<void>): T {
  return new Proxy(port, {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== 'function') return method;
      return async (...given: unknown[]) => {
        await before();
        return method.apply(target, given) as unknown;
      };
    },
  });
}
