import assert from 'node:assert/strict';
import type { Track } from '../../../src/domain/accepted-message.js';
import type { Chunk } from '../../../src/domain/chunk.js';
import { EVENT_TYPES } from '../../../src/domain/event.js';
import type { ChunkAdvance } from '../../../src/ports/chunk-store.js';
import { STATS } from '../../../src/store/mongo/documents/counts.js';
import { advanceOf, type End, Scene } from '../store/scene.js';
import { firstDeath, NEXT_DEATH, openParties, type Parties, type Party } from './mortal-ground.js';

/** How each target ends; of the first one a receipt has come before. The last is tried, and waits. */
const ENDS: readonly Omit<End, 'index'>[] = [
  { state: 'sent' },
  { state: 'sent' },
  { state: 'failed', reason: 'token_invalid' },
  { state: 'sent' },
];
const KEYS = ENDS.map((_, index) => `d${index}`);
const LEASE_MS = 10;

describe('store/mongo: an advance whose process dies', function () {
  this.timeout(120_000);
  let parties: Parties;
  before(async function () {
    parties = await openParties(this);
  });
  after(() => parties?.close());

  const recover = () => parties.party.ground.outbox.recover(100, 0);

  async function held(track: Track) {
    const scene = new Scene();
    const { app, now } = scene;
    const { party } = parties;
    await parties.wantEvents(
      app,
      EVENT_TYPES.filter((type) => type.startsWith('delivery.') || type === 'message.blocked'),
    );
    const message = scene.message({ track, chunks: [['apns', KEYS]] });
    const { id } = message.accepted;
    await party.messages.accept([message], now);
    const early = { app, message: id, key: 'd0', state: 'delivered', at: now + 1 } as const;
    assert.deepEqual(await party.receipts.record([early], now + 1), ['changed']);
    const [chunk] = await party.chunks.claim([`${id}.0`], 'first', now, now + LEASE_MS);
    assert.ok(chunk);
    return { scene, id, chunk, track };
  }
  type Held = Awaited<ReturnType<typeof held>>;

  /** Those among the first `count` targets end that have not yet. */
  function ending({ scene, track }: Held, chunk: Chunk, count: number, next: ChunkAdvance['next']): ChunkAdvance {
    const ends = ENDS.slice(0, count).flatMap((end, index) =>
      chunk.progress.marks[index] === 'x' ? [] : [{ ...end, index }],
    );
    const waits = count < ENDS.length ? [{ index: count, dueAt: scene.now + 5 }] : [];
    return advanceOf(chunk, { ends, waits, next, at: scene.now, track });
  }

  /** Who takes the chunk when the lease has ended finds what was recorded, and does the rest. */
  async function finish(of: Held, party: Party): Promise<void> {
    const at = of.scene.now + LEASE_MS;
    const [chunk] = await party.chunks.claim([of.chunk.id], 'second', at, at + LEASE_MS);
    assert.ok(chunk);
    assert.deepEqual(await party.chunks.advance([ending(of, chunk, ENDS.length, { kind: 'done' })], at), []);
  }

  /** Of all hours, providers and processes together. */
  async function countedIn(app: string): Promise<Record<string, number>> {
    const { db } = parties.party.ground;
    const sums: Record<string, number> = {};
    for (const { n } of await db.run(() => db.of(STATS).find({ app }).lean())) {
      // One that only remembers calls has none.
      for (const [name, count] of Object.entries((n as typeof n | undefined) ?? {}))
        sums[name] = (sums[name] ?? 0) + count;
    }
    return sums;
  }

  async function assertExact({ scene: { app }, id, track }: Held, when: string): Promise<void> {
    const { messages, history } = parties.party;
    const view = await messages.view(app, id);
    const { sent, delivered, failed, queued } = view?.counts ?? {};
    assert.deepEqual([sent, delivered, failed, queued], [2, 1, 1, 0], when);
    const listed = (await history.after(app, id, '', 10)).map(({ key, state }) => `${key} ${state}`);
    const all = ['d0 delivered', 'd1 sent', 'd2 failed', 'd3 sent'];
    // Of what is not kept a receipt has made a record.
    assert.deepEqual(listed, track === 'all' ? all : ['d0 delivered'], when);
    assert.deepEqual(await countedIn(app), { sent: 3, delivered: 1, failed: 1 }, when);
    const told = (await parties.told(app)).map(({ type, entry }) => `${type} ${(entry as { device: string }).device}`);
    const events = ['delivered d0', 'failed d2', 'sent d0', 'sent d1', 'sent d3'].map((each) => `delivery.${each}`);
    assert.deepEqual(told.sort(), events, when);
    assert.equal(await recover(), 0, `${when}: nothing is owed`);
  }

  for (const track of ['all', 'none'] as const) {
    for (const order of ['recovered first', 'taken first'] as const) {
      it(`records, counts and tells each delivery once: track ${track}, ${order}`, async () => {
        for (let n = firstDeath(), wasReached = true; wasReached; n += NEXT_DEATH) {
          const of = await held(track);
          const mortal = await parties.openMortal(n);
          const next = { kind: 'hold', leaseUntil: of.scene.now + LEASE_MS } as const;
          await mortal.chunks
            .advance([ending(of, of.chunk, ENDS.length - 1, next)], of.scene.now)
            .catch((error: unknown) => assert.match(String(error), /killed/));
          wasReached = mortal.isDead;
          if (order === 'recovered first') await recover();
          await finish(of, parties.party);
          if (order === 'taken first') await recover();
          await assertExact(of, `killed at ${n}`);
        }
      });
    }
  }

  it('is whole when its own holder says it again, dying again', async () => {
    for (let n = firstDeath(), wasReached = true; wasReached; n += NEXT_DEATH) {
      const of = await held('all');
      const next = { kind: 'hold', leaseUntil: of.scene.now + LEASE_MS } as const;
      const change = ending(of, of.chunk, ENDS.length - 1, next);
      for (const until of [n, n + 1]) {
        const mortal = await parties.openMortal(until);
        await mortal.chunks
          .advance([change], of.scene.now)
          .catch((error: unknown) => assert.match(String(error), /killed/));
        wasReached = mortal.isDead;
      }
      assert.deepEqual(await parties.party.chunks.advance([change], of.scene.now), []);
      await finish(of, parties.party);
      await recover();
      await assertExact(of, `killed at ${n}`);
    }
  });

  it('shows each delivery at every moment between the chunk and its records', async () => {
    for (let n = firstDeath(), wasReached = true; wasReached; n += NEXT_DEATH) {
      const of = await held('all');
      const mortal = await parties.openMortal(n);
      await mortal.chunks
        .advance([ending(of, of.chunk, ENDS.length, { kind: 'done' })], of.scene.now)
        .catch((error: unknown) => assert.match(String(error), /killed/));
      wasReached = mortal.isDead;
      const { app } = of.scene;
      const { messages, history } = parties.party;
      const { items } = await messages.deliveries(app, of.id, { limit: 10 });
      assert.deepEqual(
        items.map(({ key }) => key),
        KEYS,
        `killed at ${n}`,
      );
      for (const [i, key] of KEYS.entries()) {
        assert.deepEqual(await history.delivery(app, of.id, key), items[i], `killed at ${n}`);
        const theirs = (await history.ofUser(app, `user of ${key}`, { limit: 2 })).items;
        assert.deepEqual(
          theirs.map(({ delivery }) => delivery),
          [items[i]],
          `killed at ${n}`,
        );
      }
      await recover();
    }
  });

  it('shows of those who waited with a record how they ended, as soon as the chunk counts it', async () => {
    for (let n = 0, wasReached = true; wasReached; n++) {
      const of = await held('all');
      const { app, now } = of.scene;
      const { chunks, messages, history } = parties.party;
      const next = { kind: 'hold', leaseUntil: now + LEASE_MS } as const;
      assert.deepEqual(await chunks.advance([ending(of, of.chunk, ENDS.length - 1, next)], now), []);
      const last = advanceOf(of.chunk, {
        ends: ENDS.map((end, index) => ({ ...end, index })),
        next: { kind: 'done' },
        at: now,
      });
      const deliveries = last.deliveries.filter(({ key }) => key === KEYS.at(-1));
      const mortal = await parties.openMortal(n);
      await mortal.chunks
        .advance([{ ...last, deliveries }], now)
        .catch((error: unknown) => assert.match(String(error), /killed/));
      wasReached = mortal.isDead;
      const counted = (await messages.view(app, of.id))?.counts.queued === 0 ? 'sent' : 'queued';
      const key = KEYS.at(-1) ?? '';
      const { items } = await messages.deliveries(app, of.id, { limit: 10 });
      const theirs = (await history.ofUser(app, `user of ${key}`, { limit: 2 })).items.map(({ delivery }) => delivery);
      const one = await history.delivery(app, of.id, key);
      const states = [items.at(-1), one, ...theirs].map((delivery) => delivery?.state);
      assert.deepEqual(states, [counted, counted, counted], `killed at ${n}`);
      await recover();
    }
  });

  it('tells once that a message waits for a stopped account', async () => {
    for (let n = firstDeath(), wasReached = true; wasReached; n += NEXT_DEATH) {
      const of = await held('none');
      const change = advanceOf(of.chunk, {
        next: { kind: 'release', dueAt: of.scene.now + 5, blocked: true },
        at: of.scene.now,
      });
      const mortal = await parties.openMortal(n);
      await mortal.chunks
        .advance([change], of.scene.now)
        .catch((error: unknown) => assert.match(String(error), /killed/));
      wasReached = mortal.isDead;
      await recover();
      await parties.party.chunks.advance(
        [{ ...change, next: { ...change.next, dueAt: of.scene.now + 6 } } as ChunkAdvance],
        of.scene.now,
      );
      assert.deepEqual(
        (await parties.told(of.scene.app)).map(({ type }) => type),
        ['message.blocked'],
        `killed at ${n}`,
      );
    }
  });

  it('leaves nothing of a user who is erased while it records', async () => {
    for (let n = firstDeath(), wasReached = true; wasReached; n += NEXT_DEATH) {
      const of = await held('all');
      const { app, now } = of.scene;
      const user = 'user of d1';
      let left = n;
      let removal: Promise<number> | undefined;
      const { party } = parties;
      const watched = await parties.open(async () => {
        if (left-- !== 0) return;
        await party.erasure.forget(app, user, now);
        // It waits for what is owed by records, and we are about to write them.
        removal = party.erasure.removeDeliveries(app, user, 10);
      });
      await watched.chunks.advance([ending(of, of.chunk, ENDS.length, { kind: 'done' })], now);
      wasReached = left < 0;
      if (!wasReached) break;
      await removal;
      const { items } = await party.messages.deliveries(app, of.id, { limit: 10 });
      // Whoever was recorded whole before is removed; nobody is recorded afterwards.
      assert.ok(!items.some(({ user: whose }) => whose === user), `erased before access ${n}`);
      assert.equal((await party.messages.view(app, of.id))?.counts.sent, 2);
    }
  });
});
