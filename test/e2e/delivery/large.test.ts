import assert from 'node:assert/strict';
import { sized } from '../../support/full.js';
import { judge } from '../../support/verdict.js';
import { nameOf, ok, openScene, type Scene, total, VISIBLE } from './scene.js';

/** 16 windows of 50 targets: all that may be under way in one worker process. */
const UNDER_WAY_MAX = 800;

/** Sends that take a while, and what happens to them meanwhile. */
describe('delivery: large sends', function () {
  this.timeout(60_000);

  describe('to some thousand devices', () => {
    const DEVICES = sized(3_000, 1_600);
    let scene: Scene;
    let tokens: string[];
    before(async () => {
      scene = await openScene({ latencyMs: 20 });
      tokens = await scene.devices('e', DEVICES);
    });
    after(() => scene?.world.close());
    afterEach(() => scene.world.simulators.faults.clear());

    for (const [track, kept] of [
      ['all', DEVICES],
      ['failures', 30],
      ['none', 0],
    ] as const) {
      it(`count everyone exactly, and keep deliveries as asked (track ${track})`, async () => {
        const { ledger } = scene.world.simulators;
        ledger.clear();
        for (const token of tokens.slice(0, 30)) scene.fault(token, { kind: 'answer', status: 413 }, 1);
        const id = await scene.send({ everyone: true }, { ...VISIBLE, delivery: { track } });
        const ended = await scene.reaches(id);
        assert.deepEqual([ended.devices, total(ended.counts), ended.settled], [DEVICES, DEVICES, DEVICES]);
        assert.deepEqual([ended.counts.sent, ended.counts.failed], [DEVICES - 30, 30]);
        assert.deepEqual(ended.reasons, { payload_too_large: 30 });
        const deliveries = await scene.deliveries(id);
        assert.equal(deliveries.length, kept);
        assert.equal(new Set(deliveries.map(({ device }) => device)).size, kept);
        const { lost, repeated } = judge(scene.arrivals(), new Set(tokens.slice(30)));
        assert.deepEqual([lost, repeated], [0, 0]);
      });
    }

    it('with a TTL of zero reach everyone, once', async () => {
      const { ledger } = scene.world.simulators;
      ledger.clear();
      const id = await scene.send({ everyone: true }, { ...VISIBLE, delivery: { ttl: '0s' } });
      const ended = await scene.reaches(id);
      assert.deepEqual([ended.devices, ended.counts.sent], [DEVICES, DEVICES]);
      assert.equal(ledger.summary().lines, DEVICES);
    });

    it('send nothing more than what is under way once they are canceled, and tell what had left', async () => {
      const { ledger } = scene.world.simulators;
      ledger.clear();
      const id = await scene.send('everyone');
      await scene.reaches(id, () => ledger.summary().accepted.total >= 200);
      const answer = ok(await scene.call<{ status: string }>('POST', `/v1/messages/${id}/cancel`), 200);
      const atAnswer = ledger.summary().accepted.total;
      assert.equal(answer.status, 'canceled');
      const ended = await scene.reaches(id, (message) => message.completed_at !== null);
      const left = ledger.summary().accepted.total;
      assert.ok(left - atAnswer <= UNDER_WAY_MAX, `${left - atAnswer} left after the answer`);
      assert.ok(left < DEVICES, 'the send was over before it was canceled');
      assert.equal(ended.status, 'canceled');
      assert.deepEqual(
        [ended.counts.sent, ended.counts.canceled, ended.counts.queued],
        [left, ended.devices - left, 0],
      );
      assert.equal(ended.reasons.canceled ?? 0, ended.devices - left);
      // What had no chunk yet is not planned any more.
      assert.ok(ended.devices <= DEVICES);
      assert.equal((await scene.deliveries(id)).length, ended.devices);
    });

    for (const [name, inject, again] of [
      ['GOAWAY', { kind: 'goaway' }, UNDER_WAY_MAX * 4],
      ['streams that are reset', { kind: 'reset' }, 4],
      ['requests that are never answered', { kind: 'stall' }, 4],
      // The last: that connection stays as it is.
      ['a connection that allows one stream', { kind: 'max_streams', streams: 1 }, 0],
    ] as const) {
      it(`lose nobody over ${name}`, async () => {
        const { ledger } = scene.world.simulators;
        ledger.clear();
        const faulty = [0.03, 0.25, 0.5, 0.85].map((share) => tokens[Math.floor(share * DEVICES)] ?? '');
        for (const token of faulty) scene.fault(token, inject, 1);
        const id = await scene.send('everyone');
        const ended = await scene.reaches(id, undefined, 45_000);
        assert.equal(ended.counts.sent, DEVICES);
        const { lost, repeated, unexpected } = judge(scene.arrivals(), new Set(tokens));
        assert.deepEqual([lost, unexpected], [0, 0]);
        assert.equal(repeated, 0);
        // What got no answer is asked again, under the same id; nothing else is.
        // The second time may share a connection with the next of the four, and get none again.
        for (const token of faulty) {
          const tries = scene.arrivals(token);
          assert.deepEqual(
            tries.map(({ answer, accepted }) => [answer.status === null, accepted]),
            tries.map((_, n) => [n < tries.length - 1, n === tries.length - 1]),
          );
          assert.equal(new Set(tries.map(({ id }) => id)).size, 1);
        }
        assert.ok(ledger.summary().lines <= DEVICES + again, `${ledger.summary().lines} lines`);
      });
    }
  });

  it('retire at most the larger of 100 and 2 % when the vendor calls nearly everyone dead', async () => {
    const scene = await openScene();
    try {
      const tokens = await scene.devices('brake', 600);
      // Spread over both chunks, which end at about the same time.
      const dead = tokens.filter((_, n) => n % 6 > 0);
      for (const token of dead) scene.fault(token, { kind: 'answer', status: 410 });
      const ended = await scene.reaches(await scene.send('everyone'));
      assert.deepEqual(ended.reasons, { token_invalid: 500 });
      const retired = await countRetired(scene, 600);
      assert.equal(retired, 100);
      assert.ok(scene.log.some(({ event, level }) => event === 'registrations.retiring_braked' && level === 'error'));
      // The vendor is itself again: whoever was kept is reached.
      scene.world.simulators.faults.clear();
      const after = await scene.reaches(await scene.send('everyone'));
      assert.deepEqual([after.counts.sent, after.reasons], [500, { no_registration: 100 }]);
    } finally {
      await scene.world.close();
    }
  });

  it('do not keep an urgent message waiting', async () => {
    const scene = await openScene({ latencyMs: 100 });
    try {
      await scene.devices('campaign', 5_000);
      const urgent = await scene.device('urgent', { user: 'ulla' });
      const campaign = await scene.send({ everyone: true }, { ...VISIBLE, except: { devices: ['urgent'] } });
      const { ledger } = scene.world.simulators;
      await scene.reaches(campaign, () => ledger.summary().accepted.total >= 500);
      const sentAt = Date.now();
      const id = await scene.send({ users: ['ulla'] });
      await scene.reaches(id);
      const waited = (scene.arrivals(urgent)[0]?.at ?? 0) - sentAt;
      const beforeIt = ledger.summary().accepted.total;
      assert.ok(beforeIt < 5_000, 'the campaign was over before');
      assert.ok(waited < 1_500, `it waited ${waited} ms`);
      assert.equal((await scene.reaches(campaign, undefined, 40_000)).counts.sent, 5_000);
    } finally {
      await scene.world.close();
    }
  });
});

async function countRetired(scene: Scene, devices: number): Promise<number> {
  let retired = 0;
  for (let n = 0; n < devices; n++) retired += (await scene.show(nameOf('brake', n))).retired.length;
  return retired;
}
