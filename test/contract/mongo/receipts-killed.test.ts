import assert from 'node:assert/strict';
import type { Track } from '../../../src/domain/accepted-message.js';
import type { GivenUp, Receipt } from '../../../src/ports/receipt-store.js';
import { MESSAGE_EVENTS } from '../store/told-deliveries.js';
import { dyingAmong } from './at-each-command.js';
import { openParties, type Parties } from './mortal-ground.js';
import { type SentScene, sendTo } from './sent-scene.js';

const SENT = { state: 'sent' } as const;

/** A process that dies anywhere: whoever repeats its call, or stands in, leaves nothing out and counts nothing twice. */
describe('store/mongo: receipts whose process dies', function () {
  this.timeout(120_000);
  let parties: Parties;
  before(async function () {
    parties = await openParties(this);
  });
  after(() => parties?.close());

  const atEachCommand = dyingAmong(() => parties);

  async function sending(keys: readonly string[], track: Track): Promise<SentScene> {
    const scene = await sendTo(parties, keys, track);
    await parties.wantEvents(scene.app, MESSAGE_EVENTS);
    return scene;
  }

  async function toldOf({ app }: SentScene) {
    const types = (await parties.told(app)).map(({ type }) => type).filter((type) => type.startsWith('delivery.'));
    return types.filter((type) => type !== 'delivery.sent').sort();
  }

  const receipts = ({ app, id, now }: SentScene): Receipt[] => [
    { app, message: id, key: 'd0', state: 'delivered', at: now + 1 },
    { app, message: id, key: 'd1', state: 'opened', at: now + 1 },
  ];

  for (const track of ['all', 'none'] as const) {
    it(`are counted and told once of what was sent (${track})`, async () => {
      const begin = async () => {
        const scene = await sending(['d0', 'd1', 'd2'], track);
        await scene.settle(parties.party, [SENT, SENT, SENT]);
        return scene;
      };
      await atEachCommand(
        begin,
        (store, scene) => store.receipts.record(receipts(scene), scene.now),
        async (scene, at) => {
          const counts = { sent: 1, delivered: 1, opened: 1 };
          const reached = { sent: 3, delivered: 2, displayed: 1, opened: 1 };
          assert.deepEqual(await scene.counted(), { counts, reached, hour: reached }, at);
          assert.deepEqual(await toldOf(scene), ['delivery.delivered', 'delivery.opened'], at);
        },
      );
    });

    it(`are kept of what is under way, and counted when it is recorded (${track})`, async () => {
      await atEachCommand(
        () => sending(['d0', 'd1'], track),
        (store, scene) => store.receipts.record(receipts(scene), scene.now),
        async (scene, at) => {
          await scene.settle(parties.party, [SENT, SENT]);
          const reached = { sent: 2, delivered: 2, displayed: 1, opened: 1 };
          assert.deepEqual(await scene.counted(), { counts: { delivered: 1, opened: 1 }, reached, hour: reached }, at);
        },
      );
    });

    it(`that nobody will come are counted once (${track})`, async () => {
      const begin = async () => {
        const scene = await sending(['d0', 'd1'], track);
        await scene.settle(parties.party, [SENT, SENT]);
        return scene;
      };
      const word = { provider: 'apns', reason: 'quota_exceeded' } as const;
      await atEachCommand(
        begin,
        (store, { app, id, now }) => {
          const these: GivenUp[] = [{ app, message: id, key: 'd0', at: now + 1, ...word }];
          return store.receipts.giveUp(these, now + 1);
        },
        async (scene, at) => {
          const { counts, reached, hour } = await scene.counted();
          assert.deepEqual([counts, reached], [{ sent: 1, failed: 1 }, { sent: 2 }], at);
          assert.deepEqual(hour, { sent: 2, failed: 1 }, at);
          assert.deepEqual(await toldOf(scene), ['delivery.failed'], at);
        },
      );
    });
  }

  it('that come while the chunk of their deliveries is written are counted once, whoever dies', async () => {
    for (const track of ['all', 'failures', 'none'] as const) {
      await atEachCommand(
        async () => {
          const scene = await sending(['d0', 'd1'], track);
          await parties.party.receipts.record(receipts(scene), scene.now);
          return scene;
        },
        (store, scene) =>
          scene.settle(store, [SENT, SENT]).catch((error: unknown) => {
            // Whoever died held the chunk, or had ended it.
            if (store !== parties.party || !/to be had/.test(String(error))) throw error;
          }),
        async (scene, at) => {
          await parties.party.chunks.reclaim(scene.now + 51, 100);
          await scene.settle(parties.party, [SENT, SENT]).catch(() => undefined);
          const reached = { sent: 2, delivered: 2, displayed: 1, opened: 1 };
          const counted = await scene.counted();
          assert.deepEqual(counted, { counts: { delivered: 1, opened: 1 }, reached, hour: reached }, `${track}: ${at}`);
        },
      );
    }
  });
});
