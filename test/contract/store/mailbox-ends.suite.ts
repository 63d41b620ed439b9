import assert from 'node:assert/strict';
import { MailScene } from './mailbox-scene.js';
import { advanceOf, type OpenedStore } from './scene.js';

const DAY_MS = 86_400_000;

/** `MailboxStore`: how letters go without their device's word, clears, and the log for everyone. */
export function mailboxEndsSuite(get: () => OpenedStore): void {
  describe('mailboxes: ends', () => {
    boundsSuite(get);
    withdrawingSuite(get);
    logSuite(get);
    sweepingSuite(get);
  });
}

function boundsSuite(get: () => OpenedStore): void {
  it('loses the oldest letters of a mailbox that holds too many or too much, and counts them until they are told', async () => {
    const opened = get();
    const scene = new MailScene(opened, opened.boundedMailboxes({ letters: 3, bytes: 100 }));
    await scene.connected({ a: 'ann', b: 'bob' });
    for (const id of ['m1', 'm2', 'm3']) await scene.put(id, ['a', 'b']);
    await scene.store.putClear(scene.app, { messages: [], tags: ['x'], reason: 'recalled' }, ['b'], scene.now);
    await scene.put('m4', ['a']);
    assert.deepEqual(await scene.waiting('a'), ['m2', 'm3', 'm4']);
    await scene.put('wide', ['a'], { body: 'w'.repeat(80) });
    assert.deepEqual(await scene.waiting('a'), ['m4', 'wide']);
    const lost = async (device: string, user: string) => {
      const opening = await scene.open(device, user);
      return opening.kind === 'open' ? opening.lost : undefined;
    };
    assert.equal(await lost('a', 'ann'), 3);
    await scene.store.gapTold([{ app: scene.app, device: 'a', lost: 2 }]);
    assert.equal(await lost('a', 'ann'), 1, 'one more was lost since');
    await scene.store.gapTold([{ app: scene.app, device: 'a', lost: 5 }]);
    assert.equal(await lost('a', 'ann'), 0);
    assert.equal(await lost('b', 'bob'), 1, 'it was cut back when it was opened');
    assert.deepEqual(await scene.waiting('b'), ['m2', 'm3', '!recalled']);
    for (const id of ['m6', 'm7', 'm8']) await scene.put(id, ['b']);
    assert.equal(await lost('b', 'bob'), 3, 'nobody misses a clear');
  });

  it('does not count what has expired or was withdrawn', async () => {
    const opened = get();
    const scene = new MailScene(opened, opened.boundedMailboxes({ letters: 3, bytes: 1_000 }));
    await scene.connected({ a: 'ann' });
    await scene.put('m1', ['a']);
    await scene.put('short', ['a'], { expiresAt: scene.now + 5 });
    await scene.put('wrong', ['a']);
    await scene.store.withdraw(scene.app, 'wrong', undefined, scene.now);
    await scene.put('m2', ['a'], { at: scene.now + 5 });
    await scene.put('m3', ['a'], { at: scene.now + 5 });
    assert.deepEqual(await scene.waiting('a', scene.now + 5), ['m1', 'm2', 'm3']);
  });
}

function withdrawingSuite(get: () => OpenedStore): void {
  it('withdraws a letter from some mailboxes or from all, tells whose had it, and lets nobody put it again', async () => {
    const { messages } = get();
    const scene = new MailScene(get());
    await scene.connected({ a: 'ann', b: 'bob', c: 'cid', d: 'dan' });
    const message = scene.message({ chunks: [['realtime', ['a', 'b', 'c', 'd']]] });
    const { id } = message.accepted;
    await messages.accept([message], scene.now);
    await scene.put(id, ['a', 'b', 'c']);
    await scene.put('other', ['a']);
    await scene.done('c', [id]);
    assert.deepEqual(await scene.store.withdraw(scene.app, id, ['a', 'c', 'zz'], scene.now), ['a']);
    assert.deepEqual(await scene.waiting('a'), ['other']);
    assert.deepEqual(await scene.waiting('b'), [id]);
    assert.deepEqual(await scene.put(id, ['a']), [{ kind: 'gone', why: 'withdrawn' }]);
    assert.deepEqual(await scene.store.withdraw(scene.app, id, undefined, scene.now), ['b']);
    assert.deepEqual(await scene.store.withdraw(scene.app, id, undefined, scene.now), []);
    assert.deepEqual(await scene.waiting('b'), []);
    const again = await scene.put(id, ['a', 'b', 'c', 'd']);
    assert.deepEqual(
      again.map((answer) => ('why' in answer ? answer.why : answer.kind)),
      ['withdrawn', 'withdrawn', 'done', 'withdrawn'],
    );
    assert.deepEqual(await scene.store.withdraw('another app', 'other', undefined, scene.now), []);
    assert.deepEqual(await scene.waiting('a'), ['other']);
  });

  it('keeps a clear until it was sent, and takes the letters of its messages out', async () => {
    const scene = new MailScene(get());
    await scene.connected({ a: 'ann', b: 'bob' });
    await scene.put('m1', ['a', 'b']);
    await scene.put('m2', ['a']);
    const clear = { messages: ['m1', 'gone'], tags: ['news'], reason: 'recalled' as const };
    await scene.store.putClear(scene.app, clear, ['a', 'zz'], scene.now);
    assert.deepEqual(await scene.waiting('a'), ['m2', '!recalled']);
    assert.deepEqual(await scene.waiting('b'), ['m1']);
    const [m2, entry] = await scene.read('a');
    assert.ok(m2 && entry && 'clear' in entry);
    assert.deepEqual(entry.clear, clear);
    await scene.store.cleared([{ app: scene.app, device: 'a', positions: [m2.position, entry.position] }]);
    assert.deepEqual(await scene.waiting('a'), ['m2'], 'a letter goes by `done` only');
    await scene.store.cleared([]);
  });

  it('leaves what was read elsewhere in the mailbox, for its data alone', async () => {
    const scene = new MailScene(get());
    await scene.connected({ a: 'ann' });
    await scene.put('m1', ['a']);
    const clear = { messages: ['m1'], tags: ['m1'], reason: 'read_elsewhere' as const };
    for (let n = 0; n < 2; n++) await scene.store.putClear(scene.app, clear, ['a'], scene.now);
    assert.deepEqual(await scene.waiting('a'), ['-m1', '!read_elsewhere'], 'hushed; repeating it is harmless');
  });
}

function logSuite(get: () => OpenedStore): void {
  it('keeps one entry per letter for everyone of the app, in order, as long as it lives', async () => {
    const scene = new MailScene(get());
    const { store, app, now } = scene;
    const append = async (message: string, expiresAt = now + 1_000) =>
      (await store.append({ app, message, body: `{"id":"${message}"}`, expiresAt }, now)).position;
    const first = await append('m1');
    const second = await append('m2', now + 10);
    const third = await append('m3');
    assert.ok(0 < first && first < second && second < third);
    assert.equal(await append('m1'), first, 'repeating is harmless');
    const ids = async (after: number, limit = 10, at = now) =>
      (await store.readLog(app, after, limit, at)).map(({ message }) => message);
    assert.deepEqual(await ids(0), ['m1', 'm2', 'm3']);
    assert.deepEqual(await ids(first, 1), ['m2']);
    assert.deepEqual(await ids(first, 10, now + 10), ['m3']);
    await store.withdraw(app, 'm3', undefined, now);
    assert.deepEqual(await ids(0), ['m1', 'm2']);
    assert.deepEqual(await store.readLog('another app', 0, 10, now), []);
    assert.deepEqual(await store.readLog(app, 0, 1, now), [
      { position: first, message: 'm1', body: '{"id":"m1"}', show: true, expiresAt: now + 1_000 },
    ]);
  });

  it('lets entries of many writers appear in the order of their positions', async () => {
    const scene = new MailScene(get());
    const { store, app, now } = scene;
    let isOver = false;
    const writing = Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        store.append({ app, message: `m${n % 25}`, body: '{}', expiresAt: now + 1_000 }, now),
      ),
    ).finally(() => {
      isOver = true;
    });
    const seen: number[] = [];
    const look = async () => {
      for (const { position } of await store.readLog(app, seen.at(-1) ?? 0, 100, now)) seen.push(position);
    };
    while (!isOver) await look();
    const positions = (await writing).map(({ position }) => position);
    await look();
    assert.deepEqual(
      seen,
      [...new Set(positions)].sort((a, b) => a - b),
      'a reader that goes on from the last misses none',
    );
    assert.equal(seen.length, 25);
  });

  it('appends by the same few writes whatever the number of mailboxes, and tells that number', async () => {
    const opened = get();
    const grown: number[] = [];
    for (const count of [2, 150]) {
      const scene = new MailScene(opened);
      await scene.connected(Object.fromEntries(Array.from({ length: count }, (_, n) => [`d${n}`, null])));
      const size = async () => (await opened.everythingStored()).length;
      const before = await size();
      const appended = await scene.store.append(scene.letter('m1'), scene.now);
      assert.equal(appended.mailboxes, count);
      grown.push((await size()) - before);
      await scene.connected({ late: 'ann' });
      assert.deepEqual(await scene.store.append(scene.letter('m1'), scene.now), appended, 'as it was counted first');
    }
    const [few = 0, many = 0] = grown;
    assert.ok(Math.abs(many - few) < 20, `${few} and ${many} characters: only numbers are longer`);
  });

  it('begins a mailbox at the end of the log, and remembers how far its device has come', async () => {
    const { devices } = get();
    const scene = new MailScene(get());
    const { store, app, now } = scene;
    const append = async (message: string) =>
      (await store.append({ app, message, body: '{}', expiresAt: now + 1_000 }, now)).position;
    const first = await append('m1');
    await scene.connected({ a: 'ann', b: null });
    const at = async (user = 'ann') => {
      const opening = await scene.open('a', user);
      return opening.kind === 'open' ? [opening.logPosition, opening.logEnd] : undefined;
    };
    assert.deepEqual(await at(), [first, first]);
    const second = await append('m2');
    const third = await append('m3');
    assert.deepEqual(await at(), [first, third]);
    await store.done([{ app, device: 'a', messages: [], logPosition: second }], now);
    await store.done([{ app, device: 'a', messages: [], logPosition: first }], now);
    assert.deepEqual(await at(), [second, third], 'it never goes back');
    await devices.change([{ app, id: 'a', fields: { user: 'bob' }, registrations: [], mode: 'update' }], now);
    assert.deepEqual(await at('bob'), [third, third]);
  });
}

function sweepingSuite(get: () => OpenedStore): void {
  it('removes what has expired, in bounded steps, and what it says', async () => {
    const opened = get();
    const scene = new MailScene(opened);
    await scene.connected({ a: 'ann', b: 'bob', c: 'cid' });
    await scene.put('short', ['a', 'b', 'c'], { expiresAt: scene.now + 10 });
    await scene.put('long', ['a'], { expiresAt: scene.now + DAY_MS });
    const { position } = await scene.store.append(scene.letter('all', { expiresAt: scene.now + 10 }), scene.now);
    const end = scene.now + 10 + 60_000;
    await drain(scene, scene.now + 9);
    assert.deepEqual(await scene.waiting('a'), ['short', 'long']);
    let removed = 0;
    for (let step = await scene.store.sweep(end, 2); step > 0; step = await scene.store.sweep(end, 2)) {
      assert.ok(step <= 10);
      removed += step;
    }
    assert.ok(removed >= 5, 'three copies and two letters');
    assert.deepEqual(await scene.waiting('a'), ['long']);
    assert.deepEqual(await scene.store.readLog(scene.app, position - 1, 10, scene.now), []);
  });

  it('forgets who was done once the message has completed', async () => {
    const { messages, chunks } = get();
    const scene = new MailScene(get());
    await scene.connected({ a: 'ann', b: 'bob' });
    const message = scene.message({ chunks: [['realtime', ['a', 'b']]] });
    const { id } = message.accepted;
    await messages.accept([message], scene.now);
    await scene.put(id, ['a', 'b']);
    await scene.done('a', [id]);
    const finished = async () => {
      const [who] = await scene.store.finished([{ app: scene.app, message: id, devices: ['a', 'b'] }]);
      return [...(who ?? [])];
    };
    await drain(scene);
    assert.deepEqual(await finished(), ['a']);
    const [chunk] = await chunks.claim([`${id}.0`], 'w', scene.now, scene.now + 100);
    assert.ok(chunk);
    const ends = [0, 1].map((index) => ({ index, state: 'sent' as const }));
    await chunks.advance([advanceOf(chunk, { ends, next: { kind: 'done' }, at: scene.now })], scene.now);
    await messages.complete([id], scene.now);
    await drain(scene);
    assert.deepEqual(await finished(), []);
    assert.deepEqual(await scene.waiting('b'), [id], 'what waits goes on waiting');
  });

  it('takes the mailbox and the registration of a device that stays away for 30 days, unless something waits for it', async () => {
    const { devices } = get();
    const scene = new MailScene(get());
    await scene.connected({ a: 'ann', b: 'bob', c: 'cid' });
    await scene.put('m1', ['b'], { expiresAt: scene.now + 40 * DAY_MS });
    await scene.open('c', 'cid', scene.now + 10 * DAY_MS);
    await drain(scene, scene.now + 30 * DAY_MS);
    const found = await devices.addresses(['a', 'b', 'c'].map((device) => ({ app: scene.app, device })));
    assert.deepEqual(
      ['a', 'b', 'c'].map((device) => found.get(`${scene.app}|${device}`)?.registrations.length),
      [0, 1, 1],
    );
    const posted = await scene.put('m2', ['a', 'b', 'c'], { expiresAt: scene.now + 40 * DAY_MS });
    assert.deepEqual(
      posted.map(({ kind }) => kind),
      ['no_mailbox', 'put', 'put'],
    );
    assert.equal((await scene.open('a', 'ann', scene.now + 31 * DAY_MS)).kind, 'open');
  });
}

/** Sweeps until nothing is left to do. */
async function drain(scene: MailScene, at = scene.now): Promise<void> {
  while ((await scene.store.sweep(at, 1_000)) > 0);
}
