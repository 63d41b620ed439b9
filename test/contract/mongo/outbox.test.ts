import assert from 'node:assert/strict';
import { MESSAGES, type MessageDoc } from '../../../src/store/mongo/documents/messages.js';
import { changeEach } from '../../../src/store/mongo/writing/change.js';
import type { Owed } from '../../../src/store/mongo/writing/outbox.js';
import { Scene } from '../store/scene.js';
import { openParties, type Parties } from './mortal-ground.js';

describe('store/mongo: what a newer program owes', function () {
  this.timeout(60_000);
  let parties: Parties;
  before(async function () {
    parties = await openParties(this);
  });
  after(() => parties?.close());

  it('is left to it, counted and told by nobody else, and is not taken for done', async () => {
    const { ground, messages } = parties.party;
    const { db, outbox } = ground;
    const scene = new Scene();
    const message = scene.message();
    const { id } = message.accepted;
    await messages.accept([message], scene.now);
    const call = outbox.begin();
    const about = { app: scene.app, message: id, class: 'transactional', acceptedAt: scene.now } as const;
    const step = { ...about, provider: null, platform: null, kind: 'state', name: 'failed', n: 1 } as const;
    const owed: Owed = { steps: [step], work: { kind: 'of a newer program', what: 7 } };
    await changeEach<MessageDoc>(db, db.of(MESSAGES), [id], call, () => () => ({
      out: outbox.pending(call, owed, scene.now),
    }));
    const failed = async () => (await messages.view(scene.app, id))?.counts.failed;

    for (let n = 0; n < 2; n++) assert.equal(await outbox.recover(100, 0), 0);
    assert.equal(await failed(), 0);

    const newer = await parties.open();
    const carried: unknown[] = [];
    newer.ground.outbox.carries('of a newer program', async ({ _id }, what) => void carried.push([_id, what]));
    assert.equal(await newer.ground.outbox.recover(100, 0), 1);
    assert.deepEqual([carried, await failed()], [[[id, 7]], 1]);
    for (const each of [outbox, newer.ground.outbox]) assert.equal(await each.recover(100, 0), 0);
  });
});
