import assert from 'node:assert/strict';
import type { Track } from '../../../src/domain/accepted-message.js';
import type { ChunkStore } from '../../../src/ports/chunk-store.js';
import type { LiveBus } from '../../../src/ports/live-bus.js';
import type { MailboxStore } from '../../../src/ports/mailbox-store.js';
import { until } from '../../support/world.js';
import { openRealtimeScene, type RealtimeScene } from './scene.js';

/** The sweep, which puts right what nobody saw, comes a minute after the start. */
const LONG_BEFORE_THE_SWEEP_MS = 5_000;

/** A device that was away finds the message in its mailbox at the moment in which its chunk settles. */
describe('a done that comes while its chunk settles as sent', function () {
  this.timeout(60_000);
  let scene: RealtimeScene;
  let mailboxes: MailboxStore;
  let bus: LiveBus;
  let settling: (ids: readonly string[], settle: () => Promise<readonly string[]>) => Promise<readonly string[]>;

  before(async () => {
    settling = (_, settle) => settle();
    scene = await openRealtimeScene({
      variations: {
        observeParts({ store, bus: opened }) {
          bus = opened;
          mailboxes = store.mailboxes;
          const chunks: { -readonly [Name in keyof ChunkStore]: ChunkStore[Name] } = store.chunks;
          const { advance } = chunks;
          chunks.advance = (changes, now) => {
            const sent = changes.filter(({ progress }) => progress.counts.sent === 1).map(({ id }) => id);
            return sent.length === 0 ? advance(changes, now) : settling(sent, () => advance(changes, now));
          };
        },
      },
    });
    await scene.register(['away']);
    const client = await scene.connect('away');
    client.cut();
    await until(
      () => bus.online('demo', ['away']),
      (online) => online.size === 0,
      5_000,
    );
  });
  after(() => scene?.close());

  for (const track of ['all', 'none'] satisfies Track[]) {
    it(`counts as delivered when it comes before its chunk is recorded (track ${track})`, () =>
      countsAsDelivered(track, async (done, settle) => {
        await done();
        return settle();
      }));

    it(`counts as delivered when it comes after that, before its worker looks once more (track ${track})`, () =>
      countsAsDelivered(track, async (done, settle) => {
        const refused = await settle();
        await done();
        return refused;
      }));
  }

  async function countsAsDelivered(
    track: Track,
    meet: (done: () => Promise<void>, settle: () => Promise<readonly string[]>) => Promise<readonly string[]>,
  ): Promise<void> {
    let settled = 0;
    settling = async (ids, settle) => {
      settled++;
      const done = async () => {
        const finished = ids.map((id) => ({
          app: 'demo',
          device: 'away',
          messages: [id.slice(0, id.lastIndexOf('.'))],
        }));
        const known = await mailboxes.done(finished, Date.now());
        assert.deepEqual(
          known,
          finished.map(({ messages }) => messages),
        );
      };
      return meet(done, settle);
    };
    const id = await scene.send('away', 'hello', { delivery: { route: 'online_only', track } });
    const counts = async () => (await scene.call<{ counts: Counts }>('GET', `/v1/messages/${id}`)).body.counts;
    const now = await until(counts, ({ delivered }) => delivered === 1, LONG_BEFORE_THE_SWEEP_MS);
    assert.deepEqual([now.sent, now.queued, settled], [0, 0, 1]);
  }
});

interface Counts {
  readonly sent: number;
  readonly delivered: number;
  readonly queued: number;
}
