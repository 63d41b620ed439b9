import assert from 'node:assert/strict';
import { HOUR_MS } from '../../../src/domain/stats.js';
import { CHUNKS } from '../../../src/store/mongo/documents/chunks.js';
import { MESSAGES } from '../../../src/store/mongo/documents/messages.js';
import { advanceOf, chunksOf, Scene } from '../store/scene.js';
import { MESSAGE_EVENTS } from '../store/told-deliveries.js';
import { firstDeath, NEXT_DEATH, openParties, type Parties, type Party } from './mortal-ground.js';

/** A change that a process makes, which dies before one of its commands; the next time before the one after it. */
interface Story {
  readonly scene: Scene;
  /** Made by the process that dies; and again by another one, as whoever asked for it would. */
  change(by: Party): Promise<unknown>;
  /** What is to be there in the end. */
  check(): Promise<void>;
}

describe('store/mongo: a process that dies', function () {
  this.timeout(120_000);
  let parties: Parties;
  before(async function () {
    parties = await openParties(this);
  });
  after(() => parties?.close());

  for (const isRepeated of [false, true]) {
    const title = isRepeated ? 'and the call is repeated at once' : 'and somebody stands in';
    for (const [name, begin] of Object.entries(stories(() => parties))) {
      it(`${name}: leaves all of it or nothing, whenever it dies, ${title}`, async () => {
        let deaths = 0;
        for (let n = firstDeath(); ; n += NEXT_DEATH) {
          const story = await begin();
          const mortal = await parties.openMortal(n);
          await story.change(mortal).catch(() => undefined);
          if (isRepeated) await story.change(parties.party);
          await recoverAll();
          if (!isRepeated) await story.change(parties.party);
          await recoverAll();
          await story.check();
          assert.equal(await owing(story.scene.app), 0, `nothing is owed after a death before command ${n}`);
          await mortal.ground.db.close();
          if (!mortal.isDead) break;
          deaths++;
        }
        assert.ok(deaths >= 1, `${deaths} deaths`);
      });
    }
  }

  async function recoverAll(): Promise<void> {
    // As many as there are processes, at the same moment.
    const other = await parties.open();
    await Promise.all([parties.party, other].map(({ ground }) => ground.outbox.recover(1_000, 0)));
    await other.ground.db.close();
  }

  async function owing(app: string): Promise<number> {
    const { db } = parties.party.ground;
    const counts = [MESSAGES, CHUNKS].map(async (spec) => {
      const found = await db.run(() => db.of<{ app: string; out?: readonly object[] }>(spec).find({ app }).lean());
      return found.filter(({ out = [] }) => out.length > 0).length;
    });
    return (await Promise.all(counts)).reduce((sum, each) => sum + each, 0);
  }
});

function stories(get: () => Parties): Readonly<Record<string, () => Promise<Story>>> {
  async function wanting(): Promise<Scene> {
    const scene = new Scene();
    await get().wantEvents(scene.app, MESSAGE_EVENTS);
    return scene;
  }

  async function assertTold(scene: Scene, expected: readonly (readonly [type: string, message: string])[]) {
    const told = await get().told(scene.app);
    const said = told
      .filter(({ type }) => type.startsWith('message.'))
      .map(({ type, entry }) => `${type} ${(entry as { message: string }).message}`);
    assert.deepEqual(said.sort(), expected.map(([type, message]) => `${type} ${message}`).sort());
    assert.deepEqual(
      told.map(({ seq }) => seq),
      told.map((_, i) => i + 1),
    );
  }

  async function hourOf(scene: Scene) {
    const from = scene.now - (scene.now % HOUR_MS);
    const found = await get().party.stats.read({ app: scene.app, from, to: from + HOUR_MS, by: 'hour' });
    return found.map(({ provider, counts }) => [provider, counts.failed, counts.canceled, counts.expired]);
  }

  const drafts = [
    ['apns', ['d1', 'd2']],
    ['fcm', ['d3']],
  ] as const;

  return {
    async accept() {
      const scene = await wanting();
      const old = scene.message({ key: 'old', until: scene.now - 1, at: scene.now - 9 });
      await get().party.messages.accept([old], scene.now - 9);
      const batch = [
        scene.message({ key: 'k', chunks: drafts }),
        scene.message(),
        scene.message({ key: 'old', planned: false, chunks: [['apns', ['d9']]] }),
      ];
      const [first, empty, taker] = batch.map(({ accepted }) => accepted.id);
      assert.ok(first && empty && taker);
      return {
        scene,
        change: (by) => by.messages.accept(batch, scene.now),
        async check() {
          const views = await Promise.all([first, empty, taker].map((id) => get().party.messages.view(scene.app, id)));
          assert.deepEqual(
            views.map((view) => [view?.devices, view?.counts.queued, view?.status]),
            [
              [3, 3, 'queued'],
              [0, 0, 'completed'],
              [1, 1, 'queued'],
            ],
          );
          const ids = [`${first}.0`, `${first}.1`, `${taker}.0`];
          assert.equal((await get().party.chunks.claim(ids, 'w', scene.now, scene.now + 1)).length, 3);
          await assertTold(scene, [
            ['message.queued', old.accepted.id],
            ['message.completed', old.accepted.id],
            ['message.queued', first],
            ['message.queued', empty],
            ['message.completed', empty],
            ['message.queued', taker],
          ]);
        },
      };
    },

    async 'extend a plan'() {
      const scene = await wanting();
      const message = scene.message({ planned: false });
      const { id } = message.accepted;
      await get().party.messages.accept([message], scene.now);
      const step = { chunks: chunksOf(id, drafts), cursor: 'd3', planned: true };
      return {
        scene,
        change: (by) => by.messages.extendPlan(id, { cursor: '', nextChunk: 0 }, step, scene.now),
        async check() {
          const view = await get().party.messages.view(scene.app, id);
          assert.deepEqual([view?.devices, view?.counts.queued, view?.planned], [3, 3, true]);
          assert.deepEqual(await get().party.messages.complete([id], scene.now), [], 'its chunks are open');
          const ids = step.chunks.map((chunk) => chunk.id);
          assert.equal((await get().party.chunks.claim(ids, 'w', scene.now, scene.now + 1)).length, 2);
        },
      };
    },

    async announce() {
      const scene = await wanting();
      const message = scene.message({ planned: false });
      const { id } = message.accepted;
      await get().party.messages.accept([message], scene.now);
      return {
        scene,
        change: (by) => by.messages.announced(id, { reached: 5, unreached: 2 }),
        async check() {
          const view = await get().party.messages.view(scene.app, id);
          assert.deepEqual([view?.devices, view?.counts.queued, view?.counts.failed], [7, 5, 2]);
          assert.deepEqual(await hourOf(scene), [[null, 2, 0, 0]]);
        },
      };
    },

    async 'announce what is canceled meanwhile'() {
      const scene = await wanting();
      const message = scene.message({ planned: false });
      const { id } = message.accepted;
      const { messages } = get().party;
      await messages.accept([message], scene.now);
      await messages.announcing(id);
      await messages.cancel(scene.app, id, scene.now + 1);
      return {
        scene,
        change: (by) => by.messages.announced(id, { reached: 5, unreached: 2 }),
        async check() {
          const view = await messages.view(scene.app, id);
          assert.deepEqual([view?.devices, view?.counts.canceled, view?.counts.failed], [7, 5, 2]);
          assert.deepEqual(await hourOf(scene), [
            [null, 2, 0, 0],
            ['realtime', 0, 5, 0],
          ]);
        },
      };
    },

    async cancel() {
      const scene = await wanting();
      const message = scene.message({ chunks: drafts });
      const { id } = message.accepted;
      await get().party.messages.accept([message], scene.now);
      return {
        scene,
        change: (by) => by.messages.cancel(scene.app, id, scene.now + 1),
        async check() {
          const { db } = get().party.ground;
          const chunks = await db.run(() => db.of(CHUNKS).find({ message: id }).lean());
          assert.deepEqual(
            chunks.map(({ isCanceled, dueAt }) => [isCanceled, dueAt]),
            [
              [true, 0],
              [true, 0],
            ],
          );
          await assertTold(scene, [
            ['message.queued', id],
            ['message.canceled', id],
          ]);
        },
      };
    },

    async 'cancel what went to everyone'() {
      const scene = await wanting();
      const message = scene.message({ planned: false });
      const { id } = message.accepted;
      await get().party.messages.accept([message], scene.now);
      await get().party.messages.announced(id, { reached: 5, unreached: 0 });
      return {
        scene,
        change: (by) => by.messages.cancel(scene.app, id, scene.now + 1),
        async check() {
          assert.deepEqual(await hourOf(scene), [['realtime', 0, 5, 0]]);
          await assertTold(scene, [
            ['message.queued', id],
            ['message.canceled', id],
          ]);
        },
      };
    },

    async complete() {
      const scene = await wanting();
      const message = scene.message({ chunks: [['apns', ['d1']]] });
      const { id } = message.accepted;
      const { messages, chunks } = get().party;
      await messages.accept([message], scene.now);
      const held = await chunks.claim([`${id}.0`], 'w', scene.now, scene.now + 9);
      const ends = [{ index: 0, state: 'sent' as const }];
      await chunks.advance(
        held.map((chunk) => advanceOf(chunk, { ends, next: { kind: 'done' }, at: scene.now })),
        scene.now,
      );
      const everyone = scene.message({ planned: false, expiresAt: scene.now + 5 });
      await messages.accept([everyone], scene.now);
      await messages.announced(everyone.accepted.id, { reached: 4, unreached: 0 });
      return {
        scene,
        change: (by) => by.messages.complete([id, everyone.accepted.id], scene.now + 5),
        async check() {
          assert.equal((await messages.view(scene.app, id))?.completedAt, scene.now + 5);
          assert.deepEqual(await hourOf(scene), [
            ['apns', 0, 0, 0],
            ['realtime', 0, 0, 4],
          ]);
          await assertTold(scene, [
            ['message.queued', id],
            ['message.completed', id],
            ['message.queued', everyone.accepted.id],
            ['message.completed', everyone.accepted.id],
          ]);
        },
      };
    },
  };
}
