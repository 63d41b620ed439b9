import assert from 'node:assert/strict';
import { heldBy, LEASE_MS, WebhookScene } from '../store/webhook-scene.js';
import { openParties, type Parties } from './mortal-ground.js';

describe('store/mongo: processes that work for endpoints', function () {
  this.timeout(60_000);
  let parties: Parties;
  before(async function () {
    parties = await openParties(this);
  });
  after(() => parties?.close());

  it('never hold the same one, and leave none', async () => {
    const scene = new WebhookScene(parties.party);
    const processes = [parties.party, await parties.open(), await parties.open()];
    const ids: string[] = [];
    for (let n = 0; n < 24; n++) ids.push((await scene.endpoint()).id);
    await scene.happen('device.updated');
    const fences = new Map<string, number>();
    for (let round = 0; round < 4; round++) {
      // Their leases end, or they are given back.
      const at = scene.now + round * LEASE_MS;
      const claims = processes.flatMap((each, p) =>
        [0, 1].map((n) => each.webhooks.claim(`${p}.${n}`, at, at + LEASE_MS, 7)),
      );
      const slots = (await Promise.all(claims)).flat();
      const rest = await parties.party.webhooks.claim('rest', at, at + LEASE_MS, 100);
      const all = [...slots, ...rest];
      assert.deepEqual(all.map(({ endpoint }) => endpoint.id).sort(), ids.toSorted(), `round ${round}`);
      for (const { endpoint, fence } of all) {
        assert.equal(fence, (fences.get(endpoint.id) ?? 0) + 1, 'each claim raises the fence by one');
        fences.set(endpoint.id, fence);
      }
      if (round % 2 === 0) await parties.party.webhooks.release(all.map(heldBy));
    }
  });

  it('find what was written behind the end that they have seen, and what is left after a sweep', async () => {
    const scene = new WebhookScene(parties.party);
    const other = await parties.open();
    const { id } = await scene.endpoint();
    const claimed = async (at: number) => {
      const slots = await other.webhooks.claim('other', at, at + 1, 100);
      return slots.filter(({ endpoint }) => endpoint.id === id);
    };
    assert.deepEqual(await claimed(scene.now), []);
    assert.deepEqual(await claimed(scene.now), [], 'its end is known by now');
    await scene.happen('device.updated', 3);
    const [slot] = await claimed(scene.now);
    assert.ok(slot);
    // It stops in the midst of what was written together.
    await other.webhooks.addCalls(heldBy(slot), [], 1, scene.now);
    assert.equal((await claimed(scene.now + 1)).length, 1);
    await other.events.sweep(scene.now + 1, 100, scene.now + 1);
    assert.equal((await claimed(scene.now + 2)).length, 1, 'what was removed is to be passed over');
  });
});
