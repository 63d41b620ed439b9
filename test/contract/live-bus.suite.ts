import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import {
  type ConnectorNode,
  type DeviceNotice,
  type LetterOffer,
  type LetterState,
  type LiveBus,
  type LiveClear,
  type LogAnnouncement,
  NODE_ANSWER_MARGIN_MS,
} from '../../src/ports/live-bus.js';

export interface OpenedBus {
  /** A process's own end of the bus. Ends of one bus see the same devices; each is closed by whoever asked for it. */
  end(): Promise<LiveBus>;
  /** Closes what is left. */
  close(): Promise<void>;
}

export const offerTo = (devices: readonly string[], over: Partial<LetterOffer> = {}): LetterOffer => ({
  app: 'shop',
  message: 'msg_1',
  body: '{"id":"msg_1"}',
  expiresAt: 1_900_000_000_000,
  show: true,
  to: devices.map((device, i) => ({ device, user: null, position: i + 1 })),
  ...over,
});

/** A place for devices that keeps what it was asked, and answers as the test says. */
export function createPlace(
  answer: (device: string, waitMs: number) => LetterState | Promise<LetterState> = () => 'handed',
) {
  const asked: { readonly offer: LetterOffer; readonly waitMs: number }[] = [];
  const told: { readonly app: string; readonly device: string; readonly notice: DeviceNotice }[] = [];
  const cleared: { readonly app: string; readonly clear: LiveClear }[] = [];
  const announced: LogAnnouncement[] = [];
  const replaced: string[] = [];
  let missed = 0;
  const node: ConnectorNode = {
    offer(offer, waitMs) {
      asked.push({ offer, waitMs });
      return Promise.all(offer.to.map(({ device }) => answer(device, waitMs)));
    },
    tell(app, devices, notice) {
      for (const device of devices) told.push({ app, device, notice });
    },
    clearAll: (app, clear) => void cleared.push({ app, clear }),
    announce: (entry) => void announced.push(entry),
    replaced: (app, device) => void replaced.push(`${app}/${device}`),
    missed: () => void missed++,
  };
  return { node, asked, told, cleared, announced, replaced, missed: () => missed };
}

/** A notice may be on its way for a while. @throws where it does not come */
export async function until(condition: () => boolean): Promise<void> {
  for (let waitedMs = 0; !condition(); waitedMs += 5) {
    if (waitedMs > 5_000) throw new Error(`never came: ${condition}`);
    await pause(5);
  }
}

/** The promises of `src/ports/live-bus.ts`. A bus passes or is not a bus. */
export function liveBusSuite(name: string, open: (context: Mocha.Context) => Promise<OpenedBus>): void {
  describe(`live bus: ${name}`, function () {
    this.timeout(20_000);
    let opened: OpenedBus;
    /** Where messages come from: a process without connections. */
    let bus: LiveBus;

    beforeEach(async function () {
      opened = await open(this);
      bus = await opened.end();
    });
    afterEach(() => opened.close());

    async function join(place: { readonly node: ConnectorNode }) {
      const end = await opened.end();
      return { end, seat: await end.join(place.node) };
    }

    it('knows who is connected, wherever that is, and keeps apps apart', async () => {
      const one = await join(createPlace());
      const two = await join(createPlace());
      await one.seat.here('shop', 'a');
      await two.seat.here('shop', 'b');
      await two.seat.here('news', 'c');
      assert.deepEqual([...(await bus.online('shop', ['a', 'b', 'c', 'd']))].sort(), ['a', 'b']);
      assert.deepEqual([...(await bus.online('news', ['a', 'c']))], ['c']);
      assert.deepEqual([...(await bus.online('shop', []))], []);
    });

    it('has names of apps and devices mean what they say, whatever is in them', async () => {
      const { seat } = await join(createPlace());
      await seat.here('shop', 'a:b');
      await seat.here('shop:a', 'c');
      await seat.here('__proto__', 'constructor');
      assert.deepEqual([...(await bus.online('shop:a', ['b', 'c']))], ['c']);
      assert.deepEqual([...(await bus.online('shop', ['a:b', 'a:c', 'constructor']))], ['a:b']);
      assert.deepEqual([...(await bus.online('__proto__', ['constructor', 'toString']))], ['constructor']);
    });

    it('offers a letter to the node of each device as it is, and answers in the order of the devices', async () => {
      const states: Record<string, LetterState> = { a: 'done', b: 'got', c: 'handed', d: 'done' };
      const one = createPlace((device) => states[device] ?? 'offline');
      const two = createPlace((device) => states[device] ?? 'offline');
      const seats = [await join(one), await join(two)];
      for (const device of ['a', 'c']) await seats[0]?.seat.here('shop', device);
      for (const device of ['b', 'd']) await seats[1]?.seat.here('shop', device);

      const offer = offerTo(['d', 'nobody', 'a', 'b', 'c'], { show: false, body: '{"title":"Grüße \\"Ärger\\""}' });
      assert.deepEqual(await bus.offer(offer, 20), ['done', 'offline', 'done', 'got', 'handed']);
      const parts = [...one.asked, ...two.asked];
      assert.equal(parts.length, 2);
      for (const part of parts) {
        assert.equal(part.waitMs, 20);
        assert.deepEqual({ ...part.offer, to: [] }, { ...offer, to: [] });
      }
      assert.deepEqual(one.asked[0]?.offer.to, [offer.to[2], offer.to[4]]);
      assert.deepEqual(two.asked[0]?.offer.to, [offer.to[0], offer.to[3]]);
    });

    it('says offline at once where nobody is connected', async () => {
      assert.deepEqual(await bus.offer(offerTo(['a', 'b']), 10_000), ['offline', 'offline']);
      assert.deepEqual(await bus.offer(offerTo([]), 10_000), []);
    });

    it('resolves before the time is up once every node has answered', async () => {
      const place = createPlace();
      const { seat } = await join(place);
      await seat.here('shop', 'a');
      const started = performance.now();
      assert.deepEqual(await bus.offer(offerTo(['a', 'away']), 15_000), ['handed', 'offline']);
      assert.ok(performance.now() - started < 5_000);
    });

    it('waits for a node that waits for the device', async () => {
      let release: (state: LetterState) => void = () => undefined;
      const place = createPlace(() => new Promise((resolve) => (release = resolve)));
      const { seat } = await join(place);
      await seat.here('shop', 'a');
      let answer: readonly LetterState[] | undefined;
      const offering = bus.offer(offerTo(['a']), 10_000).then((states) => (answer = states));
      await until(() => place.asked.length === 1);
      assert.equal(answer, undefined);
      release('done');
      assert.deepEqual(await offering, ['done']);
    });

    it('takes the devices of a node that does not answer for offline, and waits no longer than it must', async () => {
      const silent = createPlace(() => new Promise(() => undefined));
      const lively = createPlace(() => 'got');
      await (await join(silent)).seat.here('shop', 'a');
      await (await join(lively)).seat.here('shop', 'b');
      const started = performance.now();
      assert.deepEqual(await bus.offer(offerTo(['a', 'b']), 50), ['offline', 'got']);
      const took = performance.now() - started;
      assert.ok(took >= 45 && took < NODE_ANSWER_MARGIN_MS + 5_000, `${took}`);
    });

    it('takes the devices of a node that fails for offline', async () => {
      const broken = createPlace(() => Promise.reject(new Error('broken')));
      await (await join(broken)).seat.here('shop', 'a');
      assert.deepEqual(await bus.offer(offerTo(['a']), 50), ['offline']);
    });

    it('hands letters to a device in the order in which they were offered', async () => {
      const place = createPlace();
      const { seat } = await join(place);
      await seat.here('shop', 'a');
      const messages = Array.from({ length: 50 }, (_, i) => `msg_${i}`);
      await Promise.all(messages.map((message) => bus.offer(offerTo(['a'], { message }), 0)));
      assert.deepEqual(
        place.asked.map(({ offer }) => offer.message),
        messages,
      );
    });

    it('has the newest connection win over nodes, and tells the one before, once', async () => {
      const old = createPlace();
      const young = createPlace();
      const at = { old: await join(old), young: await join(young) };
      await at.old.seat.here('shop', 'a');
      await at.young.seat.here('shop', 'a');
      await until(() => old.replaced.length > 0);
      await bus.offer(offerTo(['a']), 0);
      assert.equal(old.asked.length, 0);
      assert.equal(young.asked.length, 1);
      assert.deepEqual([old.replaced, young.replaced], [['shop/a'], []]);
    });

    it('has the newest of many claims that come at once win', async () => {
      const places = [createPlace(), createPlace(), createPlace()];
      const seats = await Promise.all(places.map(join));
      await Promise.all(Array.from({ length: 30 }, (_, n) => seats[n % 3]?.seat.here('shop', 'a')));
      await seats[1]?.seat.here('shop', 'a');
      // Whatever came before it, the last one has the device, and was not told to go after that.
      await bus.tell('shop', ['a'], { kind: 'mail' });
      await until(() => places[1]?.told.length === 1);
      const before = places[1]?.replaced.length;
      assert.deepEqual(await bus.offer(offerTo(['a']), 0), ['handed']);
      assert.equal(places[1]?.asked.length, 1);
      assert.equal(places[1]?.replaced.length, before);
    });

    it('does not tell a node that it was replaced by itself', async () => {
      const place = createPlace();
      const other = createPlace();
      const { seat } = await join(place);
      const away = await join(other);
      await seat.here('shop', 'a');
      await seat.here('shop', 'a');
      await away.seat.here('shop', 'b');
      await seat.here('shop', 'b');
      await until(() => other.replaced.length === 1);
      assert.deepEqual(place.replaced, []);
    });

    it('passes over the going of a connection that was replaced', async () => {
      const old = await join(createPlace());
      const young = await join(createPlace());
      await old.seat.here('shop', 'a');
      await young.seat.here('shop', 'a');
      await old.seat.gone('shop', 'a');
      assert.deepEqual([...(await bus.online('shop', ['a']))], ['a']);
      await young.seat.gone('shop', 'a');
      assert.deepEqual([...(await bus.online('shop', ['a']))], []);
      await young.seat.gone('shop', 'a');
    });

    it('tells devices where they are, in order, and passes over the others', async () => {
      const one = createPlace();
      const two = createPlace();
      await (await join(one)).seat.here('shop', 'a');
      await (await join(two)).seat.here('shop', 'b');
      const clear: DeviceNotice = { kind: 'clear', messages: ['msg_1'], tags: ['t'], reason: 'recalled' };
      const end: DeviceNotice = { kind: 'end', why: 'user_changed' };
      await bus.tell('shop', ['a', 'b', 'nobody'], clear);
      await bus.tell('shop', ['a'], { kind: 'mail' });
      await bus.tell('shop', ['a'], end);
      await bus.tell('news', ['a', 'b'], end);
      await until(() => one.told.length >= 3 && two.told.length >= 1);
      assert.deepEqual(one.told, [
        { app: 'shop', device: 'a', notice: clear },
        { app: 'shop', device: 'a', notice: { kind: 'mail' } },
        { app: 'shop', device: 'a', notice: end },
      ]);
      assert.deepEqual(two.told, [{ app: 'shop', device: 'b', notice: clear }]);
    });

    it('has every node take something off all its screens of an app', async () => {
      const places = [createPlace(), createPlace()];
      for (const place of places) await join(place);
      const clear: LiveClear = { messages: ['msg_1'], tags: ['t'], reason: 'recalled' };
      await bus.clearAll('shop', clear);
      await until(() => places.every(({ cleared }) => cleared.length === 1));
      for (const { cleared } of places) assert.deepEqual(cleared, [{ app: 'shop', clear }]);
    });

    it('announces entries of the log to every node, in order', async () => {
      const places = [createPlace(), createPlace()];
      for (const place of places) await join(place);
      const entry = { app: 'shop', message: 'msg_1', body: '{}', expiresAt: 1_900_000_000_000, position: 7 };
      await bus.announce(entry);
      await bus.announce({ ...entry, message: 'msg_2', position: 8 });
      await until(() => places.every(({ announced }) => announced.length === 2));
      for (const { announced } of places)
        assert.deepEqual(announced, [entry, { ...entry, message: 'msg_2', position: 8 }]);
    });

    it('forgets a node that leaves, and asks nothing of it any more', async () => {
      const place = createPlace();
      const { seat } = await join(place);
      await seat.here('shop', 'a');
      await seat.leave();
      await seat.leave();
      assert.deepEqual([...(await bus.online('shop', ['a']))], []);
      assert.deepEqual(await bus.offer(offerTo(['a']), 1_000), ['offline']);
      await bus.announce({ app: 'shop', message: 'msg_1', body: '{}', expiresAt: 1, position: 1 });
      await seat.here('shop', 'a');
      assert.deepEqual([...(await bus.online('shop', ['a']))], []);
      assert.deepEqual([place.asked, place.announced], [[], []]);
    });

    it('forgets the nodes of an end that is closed', async () => {
      const { end, seat } = await join(createPlace());
      await seat.here('shop', 'a');
      await end.close();
      await end.close();
      assert.deepEqual([...(await bus.online('shop', ['a']))], []);
      assert.deepEqual(await bus.offer(offerTo(['a']), 1_000), ['offline']);
    });
  });
}
