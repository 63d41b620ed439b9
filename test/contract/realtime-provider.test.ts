/** The realtime road is its own other side: real mailboxes and a real bus, with devices that this test plays. */
import type { Provider } from '../../providers/contract.js';
import { realtimeKind } from '../../providers/realtime/kind.js';
import { createMemoryBus } from '../../src/bus/memory.js';
import { GatewayError } from '../../src/domain/errors.js';
import { createLiveRoads } from '../../src/usecases/live-road.js';
import { openTestStore, type TestStore } from '../support/open-store.js';
import { type ProviderWorld, providerSuite } from './provider.suite.js';

const DEVICES = 501;
const clock = { now: () => Date.now() };
const nameOf = (at: number) => `phone${at}`;

describe('the realtime road', function () {
  this.timeout(30_000);
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
      announce() {},
      replaced() {},
    });
    for (let at = 0; at < DEVICES; at++) await seat.here('shop', nameOf(at));
    const roads = createLiveRoads({
      mailboxes: {
        put: async (...asked) => {
          if (isAway) throw new GatewayError('store_unavailable', 'the store is away');
          return store.mailboxes.put(...asked);
        },
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
});
