import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Track } from '../../../src/domain/accepted-message.js';
import { runs } from '../../support/full.js';
import { advanceOf, allPages, type ChunkDraft, type OpenedStore, Scene } from './scene.js';

/** Names that a careless look for a user would mix up. */
const USERS = [
  'alice',
  'alice"',
  '"alice',
  'al',
  'ALICE',
  'álice',
  '小明',
  'a\\b',
  'a%',
  "o'neil",
  ',"alice"',
  'alice ',
];

/** What becomes of one device of one message: nothing yet, tried and waiting, or ended. */
type Fate = 'untouched' | 'waits' | 'sent' | 'failed';
const FATES: readonly Fate[] = ['untouched', 'waits', 'sent', 'failed'];

const devices = fc.array(
  fc.record({ user: fc.constantFrom(null, ...USERS), fate: fc.constantFrom(...FATES), provider: fc.nat(2) }),
  { minLength: 1, maxLength: 12 },
);
const messages = fc.array(fc.record({ devices, track: fc.constantFrom<Track>('all', 'all', 'failures', 'none') }), {
  minLength: 1,
  maxLength: 5,
});

export function historySuite(get: () => OpenedStore): void {
  describe('histories', () => {
    /** Works on every chunk of a message: `settles` names the devices that end, the other ones stay as they are. */
    async function work(scene: Scene, ids: readonly string[], fateOf: (key: string) => Fate, track: Track) {
      const { chunks } = get();
      const claimed = await chunks.claim(ids, 'w', scene.now, scene.now + 10);
      const changes = claimed.map((chunk) => {
        const fates = chunk.targets.map(({ key }, index) => ({ index, fate: fateOf(key) }));
        const isOpen = fates.some(({ fate }) => fate === 'untouched' || fate === 'waits');
        return advanceOf(chunk, {
          ends: fates
            .filter(({ fate }) => fate === 'sent' || fate === 'failed')
            .map(({ index, fate }) =>
              fate === 'sent' ? { index, state: 'sent' } : { index, state: 'failed', reason: 'token_invalid' },
            ),
          waits: fates.filter(({ fate }) => fate === 'waits').map(({ index }) => ({ index, dueAt: scene.now + 100 })),
          next: isOpen ? { kind: 'release', dueAt: scene.now + 100, blocked: false } : { kind: 'done' },
          at: scene.now,
          track,
        });
      });
      assert.deepEqual(await chunks.advance(changes, scene.now), []);
    }

    it('of a user: everything that was meant for them, newest message first, whatever stands in rows or in chunks', async function () {
      this.timeout(60_000);
      await fc.assert(
        fc.asyncProperty(messages, async (drafts) => {
          const { messages: store, history } = get();
          const scene = new Scene();
          const expected: { user: string | null; place: string; state: string }[] = [];
          for (const [n, { devices: list, track }] of drafts.entries()) {
            const at = scene.now + n;
            const chunks: ChunkDraft[] = [0, 1, 2].map((provider) => [
              `provider${provider}`,
              list.flatMap((device, i) =>
                device.provider === provider ? [{ key: `d${String(i).padStart(2, '0')}`, user: device.user }] : [],
              ),
            ]);
            const message = scene.message({ at, track, chunks: chunks.filter(([, targets]) => targets.length > 0) });
            const { id } = message.accepted;
            await store.accept([message], at);
            const fateOf = (key: string) => list[Number(key.slice(1))]?.fate ?? 'untouched';
            await work(
              { ...scene, now: at } as Scene,
              message.chunks.map((chunk) => chunk.id),
              fateOf,
              track,
            );
            for (const [i, { user, fate }] of list.entries()) {
              const state = fate === 'untouched' || fate === 'waits' ? 'queued' : fate;
              if (track !== 'all' && (track === 'none' || state !== 'failed')) continue;
              expected.push({ user, place: `${id} d${String(i).padStart(2, '0')}`, state });
            }
          }
          for (const user of USERS) {
            const mine = expected.filter((entry) => entry.user === user);
            const ordered = mine.sort((a, b) => {
              const [one = '', other = ''] = [a.place.split(' ')[0], b.place.split(' ')[0]];
              return one === other ? (a.place < b.place ? -1 : 1) : one > other ? -1 : 1;
            });
            for (const limit of [1, 3, 1_000]) {
              const { items } = await allPages((page) => history.ofUser(scene.app, user, page), limit);
              assert.deepEqual(
                items.map(({ delivery: { message, key, state, user: whose }, message: view }) => {
                  assert.deepEqual([view.id, view.app, whose], [message, scene.app, user]);
                  return [`${message} ${key}`, state];
                }),
                ordered.map(({ place, state }) => [place, state]),
              );
            }
          }
        }),
        { numRuns: runs(6) },
      );
    });

    it('of a user: the app’s own, and nobody’s for an unknown one', async () => {
      const { messages: store, history } = get();
      const [one, other] = [new Scene(), new Scene()];
      for (const scene of [one, other]) {
        const targets = [{ key: 'phone', user: 'alice' }];
        await store.accept([scene.message({ chunks: [['apns', targets]] })], scene.now);
      }
      assert.equal((await history.ofUser(one.app, 'alice', { limit: 10 })).items.length, 1);
      assert.deepEqual(await history.ofUser(one.app, 'nobody', { limit: 10 }), { items: [] });
      const { nextCursor } = await history.ofUser(one.app, 'alice', { limit: 1 });
      assert.equal(nextCursor, undefined);
    });

    it('of a user: given once each while they settle between the pages and between the looks of a page', async () => {
      const opened = get();
      for (let access = 0; access < 6; access++) {
        for (const limit of [1, 2, 50]) {
          const scene = new Scene();
          const drafts = [0, 1, 2].map((n) =>
            scene.message({
              at: scene.now + n,
              chunks: [
                ['apns', [{ key: 'a', user: 'alice' }, { key: 'c', user: 'alice' }, 'z']],
                ['fcm', [{ key: 'b', user: 'alice' }]],
              ],
            }),
          );
          await opened.messages.accept(drafts, scene.now);
          const ids = drafts.flatMap((message) => message.chunks.map((chunk) => chunk.id));
          const door = opened.interrupted(access, () =>
            work({ ...scene, now: scene.now + 5 } as Scene, ids, () => 'sent', 'all'),
          );
          const { items } = await allPages((page) => door.history.ofUser(scene.app, 'alice', page), limit);
          const newestFirst = drafts.map(({ accepted }) => accepted.id).reverse();
          assert.deepEqual(
            items.map(({ delivery }) => `${delivery.message} ${delivery.key}`),
            newestFirst.flatMap((id) => ['a', 'b', 'c'].map((key) => `${id} ${key}`)),
            `limit ${limit}, settled before access ${access}`,
          );
        }
      }
    });

    it('of a user: behind more open chunks than one call looks into, the page ends early and goes on', async function () {
      this.timeout(60_000);
      const { messages: store, history } = get();
      const scene = new Scene();
      const oldest = scene.message({ chunks: [['apns', [{ key: 'phone', user: 'alice' }]]] });
      await store.accept([oldest], scene.now);
      const newer = Array.from({ length: 2_200 }, (_, n) =>
        scene.message({ at: scene.now + 1 + n, chunks: [['apns', ['other']]] }),
      );
      await store.accept(newer, scene.now);
      const first = await history.ofUser(scene.app, 'alice', { limit: 10 });
      assert.deepEqual(first.items, []);
      assert.ok(first.nextCursor !== undefined);
      const { items, pages } = await allPages((page) => history.ofUser(scene.app, 'alice', page), 10);
      assert.deepEqual(
        items.map(({ delivery }) => delivery.message),
        [oldest.accepted.id],
      );
      assert.equal(pages, 2, 'for 2,201 open chunks');
    });

    it('of a user: refuse a cursor of another list or of another user', async () => {
      const { messages: store, history } = get();
      const scene = new Scene();
      const targets = [
        { key: 'a', user: 'alice' },
        { key: 'b', user: 'alice' },
      ];
      const message = scene.message({ chunks: [['apns', targets]] });
      await store.accept([message], scene.now);
      const { nextCursor = '' } = await history.ofUser(scene.app, 'alice', { limit: 1 });
      await assert.rejects(history.ofUser(scene.app, 'bob', { limit: 1, cursor: nextCursor }), /cursor/);
      const other = await store.deliveries(scene.app, message.accepted.id, { limit: 1 });
      await assert.rejects(history.ofUser(scene.app, 'alice', { limit: 1, cursor: other.nextCursor ?? '' }), /cursor/);
    });

    it('of a message: the next behind a key, and the one of a key, as the list of deliveries has them', async () => {
      const { messages: store, history } = get();
      const scene = new Scene();
      const message = scene.message({
        chunks: [
          ['apns', ['a', 'c', 'e']],
          ['fcm', ['b', 'd']],
        ],
      });
      const { id } = message.accepted;
      await store.accept([message], scene.now);
      const fates: Readonly<Record<string, Fate>> = { a: 'sent', b: 'waits', c: 'untouched', d: 'failed' };
      await work(
        scene,
        message.chunks.map((chunk) => chunk.id),
        (key) => fates[key] ?? 'untouched',
        'all',
      );
      const { items } = await store.deliveries(scene.app, id, { limit: 10 });
      assert.equal(items.length, 5);
      for (const after of ['', 'a', 'bb', 'd', 'e']) {
        for (const limit of [1, 2, 10]) {
          const expected = items.filter(({ key }) => key > after).slice(0, limit);
          assert.deepEqual(await history.after(scene.app, id, after, limit), expected, `${limit} after '${after}'`);
        }
      }
      for (const item of items) assert.deepEqual(await history.delivery(scene.app, id, item.key), item);
      assert.equal(await history.delivery(scene.app, id, 'nobody'), undefined);
      assert.equal(await history.delivery(new Scene().app, id, 'a'), undefined);
      assert.deepEqual(await history.after(new Scene().app, id, '', 10), []);
    });
  });
}
