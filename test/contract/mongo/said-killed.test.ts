import assert from 'node:assert/strict';
import { EVENT_TYPES } from '../../../src/domain/event.js';
import type { Reaction } from '../../../src/ports/reaction-store.js';
import { Scene } from '../store/scene.js';
import { BOTH_ORDERS, dyingAmong } from './at-each-command.js';
import { openParties, type Parties } from './mortal-ground.js';
import { sendTo } from './sent-scene.js';

/** What devices say beside receipts, told to a process that dies: each is taken, counted and told once. */
describe('store/mongo: reactions and upstream messages whose process dies', function () {
  this.timeout(120_000);
  let parties: Parties;
  before(async function () {
    parties = await openParties(this);
  });
  after(() => parties?.close());

  const atEachCommand = dyingAmong(() => parties);

  const told = async (app: string, prefix: string) =>
    (await parties.told(app)).filter(({ type }) => type.startsWith(prefix));

  it('reactions', async () => {
    await atEachCommand(
      async () => {
        const scene = await sendTo(parties, ['d0'], 'all');
        await parties.wantEvents(scene.app, EVENT_TYPES);
        await scene.settle(parties.party, [{ state: 'sent' }]);
        return scene;
      },
      (store, { app, id: message, now }) => {
        const base = { app, device: 'd0', at: now };
        const under = (id: string) => ({ told: { app, teller: 'device|d0', id } });
        const all: Reaction[] = [
          { ...base, kind: 'dismissed', message, ...under('1') },
          { ...base, kind: 'converted', message, name: 'purchase', ...under('2') },
          { ...base, kind: 'feedback', message, data: { stars: 5 }, ...under('3') },
        ];
        return store.reactions.record(all, now);
      },
      async ({ app, id }, at) => {
        const { reactions, events } = parties.party;
        const counts = (await reactions.counts([id])).get(id);
        assert.deepEqual({ ...counts }, { dismissed: 1, converted: 1, feedback: 1 }, at);
        const types = (await told(app, 'receipt.')).map(({ type }) => type);
        assert.deepEqual(types.sort(), ['receipt.converted', 'receipt.dismissed', 'receipt.feedback'], at);
        const read = await events.read(app, { after: 0 }, ['receipt.feedback'], 10);
        assert.deepEqual(
          read.events.map(({ data }) => data.data),
          [{ stars: 5 }],
          at,
        );
        const ids = ['1', '2', '3'].map((name) => ({ app, teller: 'device|d0', id: name }));
        assert.deepEqual(await reactions.known(ids), [true, true, true], at);
        assert.equal(await reactions.erase(app, 'user of d0', 10), 1, at);
      },
      BOTH_ORDERS,
    );
  });

  it('upstream messages', async () => {
    await atEachCommand(
      async () => {
        const { app, now } = new Scene();
        await parties.wantEvents(app, EVENT_TYPES);
        return { app, now };
      },
      async ({ upstream }, { app, now }) => {
        const item = (n: number) => ({ n, topic: 'chat', data: { n }, at: now });
        const from = (device: string, ns: readonly number[]) => {
          return { app, device, user: 'ann', stream: 's', items: ns.map(item) };
        };
        const added = await upstream.add([from('a', [1, 2]), from('b', [1])], now);
        assert.deepEqual(
          added.map(({ safe, full }) => [safe, full]),
          [
            [2, []],
            [1, []],
          ],
        );
      },
      async ({ app }, at) => {
        const { items } = await parties.party.upstream.list(app, { limit: 10 });
        const said = items.map(({ device, data }) => `${device}${data.n}`);
        assert.deepEqual(said.toSorted(), ['a1', 'a2', 'b1'], at);
        assert.ok(said.indexOf('a1') < said.indexOf('a2'), `${at}: in the order of the stream`);
        const names = (await told(app, 'client.upstream')).map(({ entry }) => (entry as { id: string }).id);
        assert.deepEqual(
          names,
          items.map(({ id }) => id),
          `${at}: told in the order of the list`,
        );
      },
      BOTH_ORDERS,
    );
  });

  it('upstream messages of many processes are told in the order of the list', async () => {
    const { app, now } = new Scene();
    await parties.wantEvents(app, EVENT_TYPES);
    const processes = [parties.party, await parties.open(), await parties.open()];
    await Promise.all(
      processes.map(async ({ upstream }, p) => {
        for (let n = 1; n <= 6; n++) {
          const items = [{ n, topic: 'chat', data: { n }, at: now }];
          await upstream.add([{ app, device: `d${p}`, user: null, stream: 's', items }], now);
        }
      }),
    );
    const { items } = await parties.party.upstream.list(app, { limit: 100 });
    assert.equal(items.length, 18);
    const names = (await told(app, 'client.upstream')).map(({ entry }) => (entry as { id: string }).id);
    assert.deepEqual(
      names,
      items.map(({ id }) => id),
    );
  });
});
