import assert from 'node:assert/strict';
import type { Receipt } from '../../../src/ports/receipt-store.js';
import type { Store } from '../../../src/store/store.js';
import type { End } from '../store/scene.js';
import { firstDeath, NEXT_DEATH, openParties, type Parties } from './mortal-ground.js';
import { type SentScene, sendTo } from './sent-scene.js';

const TRACKS = ['all', 'failures', 'none'] as const;
const ENDS: readonly Omit<End, 'index'>[] = [{ state: 'sent' }, { state: 'failed', reason: 'timeout' }];

/** A receipt comes between any two commands of whoever records its delivery, and the other way round. */
describe('store/mongo: receipts and their chunk at once', function () {
  this.timeout(120_000);
  let parties: Parties;
  before(async function () {
    parties = await openParties(this);
  });
  after(() => parties?.close());

  const receiptOf = ({ app, id, now }: SentScene): Receipt => {
    return { app, message: id, key: 'd0', state: 'displayed', at: now + 1 };
  };
  const tell = async (store: Store, scene: SentScene) =>
    (await store.receipts.record([receiptOf(scene)], scene.now + 1))[0];

  /** In whatever order: what was sent was displayed, and what has failed has failed. */
  async function look(scene: SentScene, end: Omit<End, 'index'>, answer: string | undefined, at: string) {
    const isSent = end.state === 'sent';
    const { counts, reached } = await scene.counted();
    assert.deepEqual(counts, isSent ? { displayed: 1 } : { failed: 1 }, at);
    const { items } = await parties.party.messages.deliveries(scene.app, scene.id, { limit: 9 });
    if (answer === 'unknown') {
      assert.ok(!isSent, `${at}: not of what was sent`);
      assert.deepEqual(items, [], `${at}: nothing is left of it`);
      return;
    }
    assert.equal(answer, 'changed', at);
    const states = items.map(({ state, displayedAt }) => [state, displayedAt]);
    assert.deepEqual(states, [[isSent ? 'displayed' : 'failed', scene.now + 1]], at);
    if (isSent) assert.deepEqual(reached, { sent: 1, delivered: 1, displayed: 1 }, at);
    assert.equal(await tell(parties.party, scene), 'known', at);
  }

  for (const track of TRACKS) {
    it(`the chunk is recorded in the midst of a receipt (${track})`, async () => {
      for (const end of ENDS) {
        for (let n = firstDeath(), wasReached = true; wasReached; n += NEXT_DEATH) {
          const scene = await sendTo(parties, ['d0'], track);
          const teller = await parties.openInterrupted(n, () => scene.settle(parties.party, [end]));
          const answer = await tell(teller, scene);
          wasReached = teller.wasReached;
          if (!wasReached) await scene.settle(parties.party, [end]);
          await look(scene, end, answer, `${end.state}, before command ${n}`);
        }
      }
    });

    it(`a receipt comes in the midst of recording the chunk (${track})`, async () => {
      for (const end of ENDS) {
        for (let n = firstDeath(), wasReached = true; wasReached; n += NEXT_DEATH) {
          const scene = await sendTo(parties, ['d0'], track);
          let answer: string | undefined;
          const worker = await parties.openInterrupted(n, async () => {
            answer = await tell(parties.party, scene);
          });
          await scene.settle(worker, [end]);
          wasReached = worker.wasReached;
          if (!wasReached) answer = await tell(parties.party, scene);
          await look(scene, end, answer, `${end.state}, before command ${n}`);
        }
      }
    });
  }
});
