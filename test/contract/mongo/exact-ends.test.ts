import assert from 'node:assert/strict';
import type { Store } from '../../../src/store/store.js';
import { MESSAGE_EVENTS, statesTold } from '../store/told-deliveries.js';
import { firstDeath, NEXT_DEATH, openParties, type Parties } from './mortal-ground.js';
import { type SentScene, sendTo } from './sent-scene.js';

const SENT = { state: 'sent' } as const;

/** The log says the same in its events one by one and in the sums of `message.completed`, wherever that stands in it. */
describe('store/mongo: the end of a message', function () {
  this.timeout(120_000);
  let parties: Parties;
  before(async function () {
    parties = await openParties(this);
  });
  after(() => parties?.close());

  async function sent(): Promise<SentScene> {
    const scene = await sendTo(parties, ['d0', 'd1'], 'all');
    await parties.wantEvents(scene.app, MESSAGE_EVENTS);
    await scene.settle(parties.party, [SENT, SENT]);
    return scene;
  }

  const tell = (store: Store, { app, id, now }: SentScene) =>
    store.receipts.record([{ app, message: id, key: 'd0', state: 'delivered', at: now + 1 }], now + 1);

  async function assertExact({ app, id }: SentScene, at: string): Promise<void> {
    const told = await parties.told(app);
    const place = told.findIndex(({ type }) => type === 'message.completed');
    assert.equal(told.filter(({ type }) => type === 'message.completed').length, 1, at);
    const counts: Record<string, number> = {};
    for (const states of statesTold(told.slice(0, place), id).values()) {
      const last = states.at(-1) ?? '';
      counts[last] = (counts[last] ?? 0) + 1;
    }
    const said = Object.entries(told[place]?.data.counts ?? {}).filter(([, n]) => n !== 0);
    assert.deepEqual(Object.fromEntries(said), counts, at);
    assert.equal(told.filter(({ type }) => type === 'delivery.delivered').length, 1, at);
  }

  it('is exact whenever a receipt comes while it is told', async () => {
    for (let n = firstDeath(), wasReached = true; wasReached; n += NEXT_DEATH) {
      const scene = await sent();
      const ending = await parties.openInterrupted(n, () => tell(parties.party, scene));
      assert.deepEqual(await ending.messages.complete([scene.id], scene.now), [scene.id]);
      wasReached = ending.wasReached;
      if (!wasReached) await tell(parties.party, scene);
      await assertExact(scene, `a receipt before command ${n}`);
    }
  });

  it('is exact whenever it is told while a receipt is recorded', async () => {
    for (let n = firstDeath(), wasReached = true; wasReached; n += NEXT_DEATH) {
      const scene = await sent();
      let completed: Promise<unknown> | undefined;
      const teller = await parties.openInterrupted(n, async () => {
        completed = parties.party.messages.complete([scene.id], scene.now);
        // It may wait for the receipt, and that goes on.
        await Promise.race([completed, new Promise((resolve) => setTimeout(resolve, 20))]);
      });
      await tell(teller, scene);
      wasReached = teller.wasReached;
      await (completed ?? parties.party.messages.complete([scene.id], scene.now));
      await assertExact(scene, `completed before command ${n}`);
    }
  });

  it('is exact when somebody stands in for a process that died while it recorded a receipt', async () => {
    let left = 0;
    for (let n = 1, isDead = true; isDead; n += NEXT_DEATH) {
      const scene = await sent();
      const mortal = await parties.openMortal(n);
      await tell(mortal, scene).catch((error: unknown) => assert.match(String(error), /killed/));
      isDead = mortal.isDead;
      await parties.party.messages.complete([scene.id], scene.now);
      const isTold = (await parties.told(scene.app)).some(({ type }) => type === 'message.completed');
      if (!isTold) left++;
      await parties.party.ground.outbox.recover(100, 0);
      await tell(parties.party, scene);
      await assertExact(scene, `killed before command ${n}`);
    }
    assert.ok(left > 0, 'one at least had to wait for who stands in');
  });
});
