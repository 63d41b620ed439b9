import assert from 'node:assert/strict';
import { MailScene } from './mailbox-scene.js';
import { advanceOf, type OpenedStore } from './scene.js';

/** `MailboxStore`: what waits for devices, and whose it is. */
export function mailboxSuite(get: () => OpenedStore): void {
  describe('mailboxes', () => {
    openingSuite(get);
    puttingSuite(get);
    readingSuite(get);
    finishingSuite(get);
  });
}

function openingSuite(get: () => OpenedStore): void {
  it('opens for the device and its user only', async () => {
    const scene = new MailScene(get());
    await scene.registered({ phone: 'ann', desk: null });
    const openings = await scene.store.open(
      [
        { app: scene.app, device: 'phone', user: 'bob' },
        { app: scene.app, device: 'nowhere', user: 'ann' },
        { app: scene.app, device: 'phone', user: 'ann' },
        { app: scene.app, device: 'desk', user: null },
        { app: scene.app, device: 'phone', user: null },
        { app: scene.app, device: 'desk', user: 'ann' },
        { app: scene.app, device: 'phone', user: 'ann' },
      ],
      scene.now,
    );
    assert.deepEqual(
      openings.map(({ kind }) => kind),
      ['not_theirs', 'unknown_device', 'open', 'open', 'not_theirs', 'not_theirs', 'open'],
    );
    assert.deepEqual(openings[2], openings[6]);
    assert.deepEqual(await scene.store.open([], scene.now), []);
  });

  it('registers a device for realtime when it first connects, under its own id, and says so again once a day', async () => {
    const { devices } = get();
    const scene = new MailScene(get());
    await scene.registered({ phone: 'ann' });
    const at = async () => {
      const found = await devices.addresses([{ app: scene.app, device: 'phone' }]);
      return found
        .get(`${scene.app}|phone`)
        ?.registrations.map((r) => [
          r.provider,
          r.token,
          r.purpose,
          r.environment,
          r.registeredAt - scene.now,
          r.confirmedAt - scene.now,
        ]);
    };
    assert.deepEqual(await at(), []);
    await scene.open('phone', 'ann');
    assert.deepEqual(await at(), [['realtime', 'phone', 'alert', 'production', 0, 0]]);
    await scene.open('phone', 'ann', scene.now + 3_600_000);
    assert.deepEqual(await at(), [['realtime', 'phone', 'alert', 'production', 0, 0]]);
    await scene.open('phone', 'ann', scene.now + 86_400_000);
    assert.deepEqual(await at(), [['realtime', 'phone', 'alert', 'production', 0, 86_400_000]]);
  });

  it('keeps its epoch and all that waits over connections, and begins anew when the user changes', async () => {
    const { devices } = get();
    const scene = new MailScene(get());
    await scene.connected({ phone: 'ann' });
    await scene.put('m1', ['phone']);
    const before = await scene.open('phone', 'ann');
    const again = await scene.open('phone', 'ann', scene.now + 5 * 86_400_000);
    assert.ok(before.kind === 'open' && again.kind === 'open');
    assert.equal(again.epoch, before.epoch);
    assert.deepEqual(await scene.waiting('phone'), ['m1']);

    const change = (user: string | null) =>
      devices.change([{ app: scene.app, id: 'phone', fields: { user }, registrations: [], mode: 'update' }], scene.now);
    await change('ann');
    assert.deepEqual(await scene.waiting('phone'), ['m1'], 'the same user is no change');
    await change('bob');
    assert.deepEqual(await scene.waiting('phone'), []);
    const bobs = await scene.open('phone', 'bob');
    assert.ok(bobs.kind === 'open');
    assert.notEqual(bobs.epoch, before.epoch);
    await change(null);
    await change('ann');
    const anew = await scene.open('phone', 'ann');
    assert.ok(anew.kind === 'open');
    assert.notEqual(anew.epoch, before.epoch);
    assert.deepEqual(await scene.waiting('phone'), []);
  });

  it('names no position above `newest`', async () => {
    const scene = new MailScene(get());
    await scene.connected({ phone: 'ann' });
    const [posted] = await scene.put('m1', ['phone']);
    const opening = await scene.open('phone', 'ann');
    assert.ok(posted?.kind === 'put' && opening.kind === 'open');
    assert.ok(posted.position <= opening.newest);
  });

  it('is gone with its device', async () => {
    const { devices } = get();
    const scene = new MailScene(get());
    await scene.connected({ phone: 'ann' });
    await scene.put('m1', ['phone']);
    await devices.remove(scene.app, 'phone', scene.now);
    assert.deepEqual(await scene.waiting('phone'), []);
    assert.deepEqual(await scene.put('m2', ['phone']), [{ kind: 'no_mailbox' }]);
    assert.deepEqual(await scene.open('phone', 'ann'), { kind: 'unknown_device' });
    await scene.registered({ phone: 'ann' });
    await scene.open('phone', 'ann');
    assert.deepEqual(await scene.waiting('phone'), []);
  });
}

function puttingSuite(get: () => OpenedStore): void {
  it('puts letters of several postings into many mailboxes, and answers in their order', async () => {
    const scene = new MailScene(get());
    await scene.connected({ a: 'ann', b: 'bob', c: null });
    const posted = await scene.store.put(
      [
        { ...scene.letter('m1'), to: [{ device: 'c', user: null }, { device: 'a', user: 'ann' }, { device: 'zz' }] },
        {
          ...scene.letter('m2', { show: false }),
          to: [{ device: 'a' }, { device: 'b', user: 'ann' }, { device: 'b', user: 'bob' }],
        },
        { ...scene.letter('m3'), to: [] },
      ],
      scene.now,
    );
    assert.deepEqual(
      posted.map((answers) =>
        answers.map((answer) => ('user' in answer ? `${answer.kind} ${answer.user}` : answer.kind)),
      ),
      [['put null', 'put ann', 'no_mailbox'], ['put ann', 'not_theirs', 'put bob'], []],
    );
    assert.deepEqual(await scene.waiting('a'), ['m1', '-m2']);
    assert.deepEqual(await scene.waiting('b'), ['-m2']);
    assert.deepEqual(await scene.waiting('c'), ['m1']);
    assert.deepEqual(await scene.store.put([], scene.now), []);
  });

  it('reads for a user only what is that user’s', async () => {
    const scene = new MailScene(get());
    await scene.connected({ a: 'ann', b: null });
    await scene.put('m1', ['a', 'b']);
    const ask = (device: string, user: string | null) => ({ app: scene.app, device, user, except: [], limit: 9 });
    const found = await scene.store.read(
      [ask('a', 'ann'), ask('a', 'bob'), ask('a', null), ask('b', null), ask('b', 'ann')],
      scene.now,
    );
    assert.deepEqual(
      found.map(({ length }) => length),
      [1, 0, 0, 1, 0],
    );
  });

  it('puts nothing twice: a repetition tells where it is, or that it is done', async () => {
    const { messages } = get();
    const scene = new MailScene(get());
    await scene.connected({ a: 'ann', b: 'bob' });
    const message = scene.message({ chunks: [['realtime', ['a', 'b']]] });
    const { id } = message.accepted;
    await messages.accept([message], scene.now);
    const first = await scene.put(id, ['a', 'a', 'b']);
    const [firstA] = first;
    assert.ok(firstA?.kind === 'put');
    assert.deepEqual(first[1], firstA);
    assert.deepEqual(await scene.put(id, ['a']), [{ ...firstA, kind: 'there' }]);
    await scene.done('a', [id]);
    assert.deepEqual(
      (await scene.put(id, ['a', 'b'])).map(({ kind }) => kind),
      ['done', 'there'],
    );
    assert.deepEqual(await scene.waiting('a'), []);
  });

  it('lets a newer letter take the place of an older one with its collapse key, which does not come back', async () => {
    const { messages } = get();
    const scene = new MailScene(get());
    await scene.connected({ a: 'ann', b: 'bob' });
    const old = scene.message({ chunks: [['realtime', ['a', 'b']]] });
    await messages.accept([old], scene.now);
    await scene.put(old.accepted.id, ['a', 'b'], { collapseKey: 'score' });
    await scene.put('other', ['a'], { collapseKey: 'weather' });
    await scene.put('plain', ['a']);
    await scene.put('new', ['a'], { collapseKey: 'score' });
    assert.deepEqual(await scene.waiting('a'), ['other', 'plain', 'new']);
    assert.deepEqual(await scene.waiting('b'), [old.accepted.id]);
    const repeated = await scene.put(old.accepted.id, ['a', 'b'], { collapseKey: 'score' });
    assert.deepEqual(repeated[0], { kind: 'gone', why: 'replaced' });
    assert.equal(repeated[1]?.kind, 'there');
    assert.deepEqual(await scene.waiting('a'), ['other', 'plain', 'new']);
    const both = ['x', 'y'].map((id) => ({ ...scene.letter(id, { collapseKey: 'k' }), to: [{ device: 'b' }] }));
    const [x, y] = await scene.store.put(both, scene.now);
    assert.deepEqual([x?.[0]?.kind, y?.[0]?.kind], ['gone', 'put'], 'also within a call');
    assert.deepEqual(await scene.waiting('b'), [old.accepted.id, 'y']);
  });
}

function readingSuite(get: () => OpenedStore): void {
  it('reads oldest first, up to the limit, without exceptions and what has expired', async () => {
    const scene = new MailScene(get());
    await scene.connected({ a: 'ann', b: 'bob' });
    const positions: number[] = [];
    for (const id of ['m1', 'm2', 'm3', 'm4']) {
      const [posted] = await scene.put(id, ['a', 'b'], id === 'm3' ? { expiresAt: scene.now + 10 } : {});
      assert.ok(posted?.kind === 'put');
      positions.push(posted.position);
    }
    const ids = async (...change: Parameters<MailScene['read']>) =>
      (await scene.read(...change)).map((item) => ('message' in item ? item.message : ''));
    assert.deepEqual(await ids('a', { limit: 2 }), ['m1', 'm2']);
    assert.deepEqual(await ids('a', { except: positions.slice(1, 2) }), ['m1', 'm3', 'm4']);
    assert.deepEqual(await ids('a', { at: scene.now + 10 }), ['m1', 'm2', 'm4']);
    const [letter] = await scene.read('b', { limit: 1 });
    assert.deepEqual(
      { ...letter, position: 0 },
      { position: 0, message: 'm1', body: '{"id":"m1"}', show: true, expiresAt: scene.now + 3_600_000 },
    );
    const many = await scene.store.read(
      ['b', 'zz', 'a'].map((device) => ({ app: scene.app, device, except: [], limit: 1 })),
      scene.now,
    );
    assert.deepEqual(
      many.map((items) => items.length),
      [1, 0, 1],
    );
    assert.deepEqual(await scene.store.read([], scene.now), []);
  });

  it('reads the words that each device was given, and keeps none of them in the open', async () => {
    const opened = get();
    const scene = new MailScene(opened);
    await scene.connected({ a: 'ann', b: 'bob' });
    await scene.put('m1', ['a'], { body: '{"title":"Good morning, dear Ann"}' });
    await scene.put('m1', ['b'], { body: '{"title":"Guten Morgen, lieber Bob"}' });
    const [a] = await scene.read('a');
    const [b] = await scene.read('b');
    assert.ok(a && 'body' in a && b && 'body' in b);
    assert.deepEqual([a.body, b.body], ['{"title":"Good morning, dear Ann"}', '{"title":"Guten Morgen, lieber Bob"}']);
    const stored = await opened.everythingStored();
    assert.ok(!stored.includes('dear Ann') && !stored.includes('lieber Bob'));
  });

  it('hushes copies: they stay, without being shown', async () => {
    const scene = new MailScene(get());
    await scene.connected({ a: 'ann', b: 'bob' });
    await scene.put('m1', ['a', 'b']);
    await scene.put('m2', ['a']);
    const hush = () => scene.store.hush([{ app: scene.app, message: 'm1', devices: ['a', 'zz'] }]);
    await hush();
    await hush();
    assert.deepEqual(await scene.waiting('a'), ['-m1', 'm2']);
    assert.deepEqual(await scene.waiting('b'), ['m1']);
    assert.equal((await scene.put('m1', ['a']))[0]?.kind, 'there');
    assert.deepEqual(await scene.waiting('a'), ['-m1', 'm2'], 'a put does not make it loud again');
  });

  it('shows hushed copies again, and none that is done', async () => {
    const scene = new MailScene(get());
    await scene.connected({ a: 'ann', b: 'bob' });
    await scene.put('m1', ['a', 'b']);
    const entries = [{ app: scene.app, message: 'm1', devices: ['a', 'b', 'zz'] }];
    await scene.store.hush(entries);
    await scene.done('b', ['m1']);
    await scene.store.unhush(entries);
    await scene.store.unhush(entries);
    assert.deepEqual([await scene.waiting('a'), await scene.waiting('b')], [['m1'], []]);
  });
}

function finishingSuite(get: () => OpenedStore): void {
  it('takes out what is done, and tells which of the messages were for the device', async () => {
    const scene = new MailScene(get());
    await scene.connected({ a: 'ann', b: 'bob' });
    await scene.put('m1', ['a', 'b']);
    await scene.put('m2', ['a']);
    await scene.put('m3', ['b']);
    const known = await scene.store.done(
      [
        { app: scene.app, device: 'a', messages: ['m2', 'm3', 'm1', 'never'] },
        { app: scene.app, device: 'b', messages: ['m3'] },
        { app: scene.app, device: 'zz', messages: ['m1'] },
      ],
      scene.now,
    );
    assert.deepEqual(known, [['m2', 'm1'], ['m3'], []]);
    assert.deepEqual(await scene.waiting('a'), []);
    assert.deepEqual(await scene.waiting('b'), ['m1']);
    assert.deepEqual(await scene.store.done([], scene.now), []);
  });

  it('remembers who is done while the message is open', async () => {
    const { messages } = get();
    const scene = new MailScene(get());
    await scene.connected({ a: 'ann', b: 'bob' });
    const message = scene.message({ chunks: [['realtime', ['a', 'b']]] });
    const { id } = message.accepted;
    await messages.accept([message], scene.now);
    await scene.put(id, ['a', 'b']);
    const finished = async () => {
      const { app, store } = scene;
      const answers = await store.finished([
        { app, message: 'never', devices: ['a', 'b'] },
        { app, message: id, devices: ['a', 'b', 'zz'] },
        { app: 'another', message: id, devices: ['a', 'b'] },
      ]);
      assert.deepEqual([answers.length, answers[0]?.size, answers[2]?.size], [3, 0, 0]);
      return [...(answers[1] ?? [])];
    };
    assert.deepEqual(await finished(), []);
    assert.deepEqual(await scene.done('b', [id]), [id]);
    assert.deepEqual(await scene.done('b', [id]), [id], 'repeating is harmless');
    assert.deepEqual(await finished(), ['b']);
  });

  it('makes the chunks due that wait for a device that is done or was cut off, unless somebody holds them', async () => {
    const { messages, chunks } = get();
    const scene = new MailScene(get());
    await scene.connected({ a: 'ann', d: 'dan', k: 'kim' });
    const message = scene.message({
      chunks: [
        ['realtime', ['a', 'c', 'e']],
        ['realtime', ['k', 'm']],
      ],
    });
    const { id } = message.accepted;
    await messages.accept([message], scene.now);
    await scene.put(id, ['a', 'k']);
    const ids = [`${id}.0`, `${id}.1`];
    const dueAt = scene.now + 8_000;
    const waitAgain = async (at: number) => {
      const claimed = await chunks.claim(ids, 'w', at, at + 100);
      await chunks.advance(
        claimed.map((chunk) => advanceOf(chunk, { next: { kind: 'release', dueAt, blocked: false }, at })),
        at,
      );
      return claimed.map((chunk) => chunk.id);
    };
    assert.deepEqual(await waitAgain(scene.now), ids);
    const at = scene.now + 1_000;
    assert.deepEqual(await waitAgain(at), [], 'they wait for their device');
    await scene.done('k', [id], at);
    assert.deepEqual(await waitAgain(at), [`${id}.1`]);
    await scene.store.dropped([{ app: scene.app, device: 'a', messages: [id, 'other'] }], at);
    const [held] = await chunks.claim([`${id}.0`], 'w', at, at + 100);
    assert.equal(held?.id, `${id}.0`);
    await scene.done('a', [id], at);
    await chunks.advance([advanceOf(held, { next: { kind: 'release', dueAt, blocked: false }, at })], at);
    assert.deepEqual(await waitAgain(at + 50), [], 'whoever held it looks by itself');
  });
}
