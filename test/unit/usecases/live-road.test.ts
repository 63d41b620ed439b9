import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import { createMemoryBus } from '../../../src/bus/memory.js';
import type { LetterOffer, LetterState } from '../../../src/ports/live-bus.js';
import { createLiveRoads } from '../../../src/usecases/live-road.js';
import { openTestStore, type TestStore } from '../../support/open-store.js';

const NOW = Date.UTC(2031, 0, 1);
const never = new AbortController().signal;
setMaxListeners(0, never); // each hand under way listens

describe('handing letters to mailboxes and connections', function () {
  this.timeout(60_000);
  let store: TestStore;
  before(async () => {
    store = await openTestStore();
    await register({ a: 'ann', b: 'bob', c: null });
  });
  after(() => store?.close());

  async function register(users: Readonly<Record<string, string | null>>) {
    await store.devices.change(
      Object.entries(users).map(([id, user]) => ({
        ...{ app: 'shop', id, fields: { platform: 'ios', user }, registrations: [], mode: 'upsert' as const },
      })),
      NOW,
    );
    await store.mailboxes.open(
      Object.entries(users).map(([device, user]) => ({ app: 'shop', device, user })),
      NOW,
    );
  }

  /** With these devices connected, who answer so. */
  async function open(states: Readonly<Record<string, LetterState>>) {
    const bus = createMemoryBus();
    const offers: LetterOffer[] = [];
    const puts: number[] = [];
    const seat = await bus.join({
      async offer(offer) {
        offers.push(offer);
        return offer.to.map(({ device }) => states[device] ?? 'offline');
      },
      tell() {},
      clearAll() {},
      announce() {},
      replaced() {},
      missed() {},
    });
    for (const device of Object.keys(states)) await seat.here('shop', device);
    const mailboxes = {
      ...store.mailboxes,
      put: (...asked: Parameters<typeof store.mailboxes.put>) => {
        puts.push(asked[0].length);
        return store.mailboxes.put(...asked);
      },
    };
    return {
      road: createLiveRoads({ ...store, mailboxes, bus, clock: { now: () => NOW } })('shop'),
      offers,
      puts,
      bus,
    };
  }
  const letter = (message: string, more: object = {}) => ({
    ...{ message, body: JSON.stringify({ id: message }), expiresAt: NOW + 60_000, keep: true },
    ...more,
  });
  const waiting = async (device: string) => {
    const [found = []] = await store.mailboxes.read([{ app: 'shop', device, except: [], limit: 100 }], NOW);
    return found.flatMap((item) => ('message' in item ? item.message : []));
  };
  const ann = { device: 'a', user: 'ann' };
  const bob = { device: 'b', user: 'bob' };

  it('puts first, then offers to who is there, and tells each device’s state in order', async () => {
    const { road, offers } = await open({ a: 'done', c: 'got' });
    const to = [ann, bob, { device: 'c', user: null }, { device: 'zz', user: null }];
    assert.deepEqual(await road.hand(letter('m1'), to, 10, never), ['done', 'offline', 'got', 'no_mailbox']);
    assert.deepEqual(
      offers.map((offer) => offer.to.map(({ device, user }) => [device, user])),
      [
        [
          ['a', 'ann'],
          ['c', null],
        ],
      ],
    );
    assert.deepEqual([await waiting('b'), await waiting('c')], [['m1'], ['m1']]);
  });

  it('puts nothing into the mailbox of another user, and offers nothing there', async () => {
    const { road, offers } = await open({ a: 'done' });
    assert.deepEqual(await road.hand(letter('m2'), [{ device: 'a', user: 'mallory' }], 10, never), ['not_theirs']);
    assert.deepEqual([offers, (await waiting('a')).includes('m2')], [[], false]);
  });

  it('keeps nothing for who is offline where the letter is for now or never', async () => {
    const { road } = await open({ a: 'handed' });
    assert.deepEqual(await road.hand(letter('m3', { keep: false }), [bob, ann], 10, never), ['offline', 'handed']);
    assert.deepEqual([(await waiting('a')).includes('m3'), (await waiting('b')).includes('m3')], [true, false]);
  });

  it('handed again is put once, and tells how far it has come', async () => {
    const { road } = await open({ a: 'got' });
    for (const waitMs of [10, 0]) assert.deepEqual(await road.hand(letter('m4'), [ann], waitMs, never), ['got']);
    assert.equal((await waiting('a')).filter((message) => message === 'm4').length, 1);
  });

  it('puts what several messages hand over at the same time in one call', async () => {
    const { road, puts } = await open({});
    await Promise.all(Array.from({ length: 20 }, (_, n) => road.hand(letter(`together${n}`), [ann, bob], 0, never)));
    assert.equal(
      puts.reduce((sum, count) => sum + count, 0),
      20,
    );
    assert.ok(puts.length <= 3, `${puts.length} calls`);
  });

  it('stops waiting when it is given up: what was offered is under way', async () => {
    const { road, bus } = await open({});
    const seat = await bus.join({
      offer: () => new Promise(() => undefined),
      tell() {},
      clearAll() {},
      announce() {},
      replaced() {},
      missed() {},
    });
    await seat.here('shop', 'a');
    const given = new AbortController();
    const handing = road.hand(letter('m6'), [ann], 60_000, given.signal);
    setTimeout(() => given.abort(), 20);
    assert.deepEqual(await handing, ['handed']);
  });

  it('fails where the mailboxes cannot be reached', async () => {
    const mailboxes = { ...store.mailboxes, put: () => Promise.reject(new Error('the store is away')) };
    const road = createLiveRoads({ ...store, mailboxes, bus: createMemoryBus(), clock: { now: () => NOW } })('shop');
    await assert.rejects(road.hand(letter('m7'), [ann], 0, never), /away/);
  });
});
