import assert from 'node:assert/strict';
import type { LiveBus } from '../../src/ports/live-bus.js';
import { createPlace, type OpenedBus, offerTo, until } from './live-bus.suite.js';

/** A bus whose processes and whose server can fail. */
export interface FragileBus extends OpenedBus {
  /** The process of this end cannot be reached, and reaches nobody, until it is `on` again. */
  off(end: LiveBus): void;
  on(end: LiveBus): void;
  /** The server ends; `start` brings it back with nothing in it. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** The server forgets everything, without a word. */
  empty(): Promise<void>;
}

/** What a bus between processes promises where something fails. */
export function liveBusFaultsSuite(
  name: string,
  open: (context: Mocha.Context) => Promise<FragileBus>,
  leaseMs: number,
): void {
  describe(`live bus where something fails: ${name}`, function () {
    this.timeout(30_000);
    let opened: FragileBus;
    let bus: LiveBus;

    beforeEach(async function () {
      opened = await open(this);
      bus = await opened.end();
    });
    afterEach(() => opened?.close());

    async function join(place = createPlace()) {
      const end = await opened.end();
      return { ...place, end, seat: await end.join(place.node) };
    }

    async function untilOnline(devices: readonly string[], ask: readonly string[] = devices): Promise<void> {
      for (let left = 500; left > 0; left--) {
        const online = await bus.online('shop', ask);
        if (online.size === devices.length && devices.every((device) => online.has(device))) return;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      assert.deepEqual([...(await bus.online('shop', ask))].sort(), [...devices].sort());
    }

    it('takes the devices of a node that died for offline once its lease ends, and the others for what they are', async () => {
      const doomed = await join();
      const other = await join();
      await doomed.seat.here('shop', 'a');
      await other.seat.here('shop', 'b');
      opened.off(doomed.end);
      // Before the bus has noticed: nobody listens there.
      assert.deepEqual(await bus.offer(offerTo(['a', 'b']), 5_000), ['offline', 'handed']);
      await untilOnline(['b'], ['a', 'b']);
      assert.deepEqual(await bus.offer(offerTo(['a', 'b']), 5_000), ['offline', 'handed']);
    });

    it('waits for a node that died while it was asked no longer than its lease', async () => {
      const doomed = await join(createPlace(() => new Promise(() => undefined)));
      await doomed.seat.here('shop', 'a');
      const started = performance.now();
      const offering = bus.offer(offerTo(['a']), 60_000);
      await until(() => doomed.asked.length === 1);
      opened.off(doomed.end);
      assert.deepEqual(await offering, ['offline']);
      assert.ok(performance.now() - started < leaseMs + 10_000);
    });

    it('gives a device of a node that died to the node where it comes back', async () => {
      const doomed = await join();
      const other = await join();
      await doomed.seat.here('shop', 'a');
      opened.off(doomed.end);
      await other.seat.here('shop', 'a');
      assert.deepEqual(await bus.offer(offerTo(['a']), 0), ['handed']);
      assert.equal(other.asked.length, 1);
    });

    it('has a node that was away say again who is there, lose what went elsewhere, and look for what it missed', async () => {
      const away = await join();
      const other = await join();
      for (const device of ['a', 'b', 'c']) await away.seat.here('shop', device);
      opened.off(away.end);
      await other.seat.here('shop', 'b');
      await away.seat.gone('shop', 'c');
      await bus.tell('shop', ['a'], { kind: 'mail' });
      await untilOnline(['b'], ['a', 'b', 'c']);
      opened.on(away.end);
      await untilOnline(['a', 'b'], ['a', 'b', 'c']);
      await until(() => away.missed() > 0 && away.replaced.length > 0);
      assert.deepEqual([away.replaced, other.replaced], [['shop/b'], []]);
      assert.deepEqual(await bus.offer(offerTo(['a', 'b', 'c']), 0), ['handed', 'handed', 'offline']);
      assert.deepEqual([away.asked.length, other.asked.length], [1, 1]);
      assert.equal(other.missed(), 0);
    });

    it('knows again who is there after the server has forgotten everything', async () => {
      const one = await join();
      const two = await join();
      await one.seat.here('shop', 'moved');
      await two.seat.here('shop', 'moved');
      await until(() => one.replaced.length === 1);
      const devices = Array.from({ length: 1_200 }, (_, n) => `d${n}`);
      await Promise.all(devices.map((device, n) => (n % 2 === 0 ? one : two).seat.here('shop', device)));
      await opened.empty();
      await untilOnline([...devices, 'moved']);
      assert.ok((await bus.offer(offerTo([...devices, 'moved']), 0)).every((state) => state === 'handed'));
      await until(() => one.missed() === 1 && two.missed() === 1);
      assert.deepEqual([one.replaced, two.replaced], [['shop/moved'], []]);
    });

    it('has whoever came last keep a device that two nodes claim of a server that has forgotten', async () => {
      const old = await join();
      const young = await join();
      await old.seat.here('shop', 'a');
      opened.off(old.end);
      await young.seat.here('shop', 'a');
      await opened.empty();
      opened.on(old.end);
      await until(() => old.replaced.length === 1);
      await untilOnline(['a']);
      assert.deepEqual(await bus.offer(offerTo(['a']), 0), ['handed']);
      assert.deepEqual([old.asked.length, young.asked.length, young.replaced.length], [0, 1, 0]);
    });

    it('answers that nobody is there while the server is away, and mends itself when it is back, empty', async () => {
      const place = await join();
      await place.seat.here('shop', 'a');
      await opened.stop();
      assert.deepEqual([...(await bus.online('shop', ['a']))], []);
      assert.deepEqual(await bus.offer(offerTo(['a']), 60_000), ['offline']);
      await bus.tell('shop', ['a'], { kind: 'mail' });
      await bus.clearAll('shop', { messages: ['msg_1'], tags: [], reason: 'recalled' });
      await bus.announce({ app: 'shop', message: 'msg_1', body: '{}', expiresAt: 1, position: 1 });
      await assert.rejects(place.seat.here('shop', 'b'));
      await place.seat.gone('shop', 'b');
      await opened.start();
      await untilOnline(['a'], ['a', 'b']);
      await until(() => place.missed() > 0);
      assert.deepEqual(await bus.offer(offerTo(['a']), 1_000), ['handed']);
      await place.seat.here('shop', 'b');
      assert.deepEqual(await bus.offer(offerTo(['b']), 1_000), ['handed']);
    });

    it('forgets a device whose going could not be told', async () => {
      const place = await join();
      for (const device of ['a', 'b']) await place.seat.here('shop', device);
      opened.off(place.end);
      await place.seat.gone('shop', 'a');
      opened.on(place.end);
      await untilOnline(['b'], ['a', 'b']);
    });

    it('closes while the server is away', async () => {
      const place = await join();
      await place.seat.here('shop', 'a');
      await opened.stop();
      await place.end.close();
      await bus.close();
    });
  });
}
