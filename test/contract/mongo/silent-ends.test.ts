import assert from 'node:assert/strict';
import { HOUR_MS } from '../../../src/domain/stats.js';
import { type CountStep, createCountWriter } from '../../../src/store/mongo/messages/count-writes.js';
import { Scene } from '../store/scene.js';
import { openParties, type Parties } from './mortal-ground.js';

describe('store/mongo: the end of a message that went to everyone', function () {
  this.timeout(60_000);
  let parties: Parties;
  before(async function () {
    parties = await openParties(this);
  });
  after(() => parties?.close());

  for (const state of ['expired', 'canceled'] as const) {
    it(`counts in its hour as ${state} nobody who was counted while it ended`, async () => {
      const { messages, stats, ground } = parties.party;
      const scene = new Scene();
      const message = scene.message({ planned: false });
      const { id } = message.accepted;
      await messages.accept([message], scene.now);
      await messages.announced(id, { reached: 5, unreached: 0 });
      if (state === 'canceled') await messages.cancel(scene.app, id, scene.now + 1);
      else await messages.complete([id], message.expiresAt);
      const silent = async () => {
        const from = scene.now - (scene.now % HOUR_MS);
        const rows = await stats.read({ app: scene.app, from, to: from + HOUR_MS, by: 'hour' });
        return rows.reduce((sum, { counts }) => sum + counts[state], 0);
      };
      assert.equal(await silent(), 5);

      // Somebody who found the message open just before.
      const step = (kind: CountStep['kind'], name: string, n: number): CountStep => ({
        ...{ app: scene.app, message: id, class: 'transactional', acceptedAt: scene.now },
        ...{ provider: 'realtime', platform: 'ios', kind, name, n },
      });
      const told = [step('state', 'queued', -1), step('state', 'delivered', 1), step('reached', 'delivered', 1)];
      await createCountWriter(ground.db).add({ part: 'late', o: `late.${state}` }, told);

      const processes = [parties.party, await parties.open()];
      for (let n = 0; n < 2; n++) await Promise.all(processes.map((each) => each.ground.outbox.recover(100, 0)));
      assert.equal(await silent(), 4);
      assert.equal((await messages.view(scene.app, id))?.counts[state], 4, 'as its own numbers say');
    });
  }
});
