import assert from 'node:assert/strict';
import { judge, readLedger, type Verdict } from '../support/verdict.js';
import { createCaller, importDevices, openWorld, pushTokenOf, until } from '../support/world.js';

/** More chunks than hands and the consumer take at once: some wait in the queue. */
const DEVICES = 10_000;
/** Longer than a job may wait before the store is asked again (15 s). */
const HAND_OVER_ENDED_MS = 16_000;

/** Nothing settles for so long: nothing is under way any more, however busy the machine. */
const STILL_MS = 2_000;

/** Sends, empties the queue while jobs wait in it, lets the hand-over end, and judges what arrived. */
async function emptyQueueInMidSend(reconciler: boolean): Promise<{ status: string; waited: number; verdict: Verdict }> {
  const world = await openWorld({ latencyMs: 150 });
  let offsetMs = 0;
  try {
    const gateway = await world.open({ variations: { reconciler, clock: { now: () => Date.now() + offsetMs } } });
    const key = await world.key(gateway);
    const call = createCaller(gateway.api?.url ?? '', key);
    await importDevices(gateway.api?.url ?? '', key, DEVICES);
    const sent = await call<{ id: string }>('POST', '/v1/messages', {
      to: 'everyone',
      notification: { title: 'Empty' },
    });
    const look = async () =>
      (await call<{ status: string; settled: number }>('GET', `/v1/messages/${sent.body.id}`)).body;

    const waited = await until(
      () => gateway.queue.depth('marketing'),
      (depth) => depth >= 3,
    );
    await gateway.queue.empty();
    // What runs is finished first: the clock's jump must not look like a dead worker's lease.
    let settled = -1;
    let stillSince = Date.now();
    await until(
      async () => (await look()).settled,
      (now) => {
        if (now !== settled) stillSince = Date.now();
        settled = now;
        return now > 0 && Date.now() - stillSince > STILL_MS;
      },
    );
    offsetMs = HAND_OVER_ENDED_MS;
    const last = await until(look, (message) => message.status === 'completed').catch(look);
    const wanted = new Set(Array.from({ length: DEVICES }, (_, n) => pushTokenOf(n)));
    return { status: last.status, waited, verdict: judge(readLedger(world.simulators.ledger), wanted) };
  } finally {
    await world.close();
  }
}

describe('the queue emptied in the middle of a send', function () {
  this.timeout(120_000);

  it('loses nothing: the store re-creates the jobs', async () => {
    const { status, verdict } = await emptyQueueInMidSend(true);
    assert.equal(status, 'completed');
    assert.equal(verdict.lost, 0);
    assert.equal(verdict.repeated, 0);
  });

  it('would lose what waited, were it not for the reconciler', async () => {
    const { status, verdict } = await emptyQueueInMidSend(false);
    assert.notEqual(status, 'completed');
    assert.ok(verdict.lost > 0, 'nothing was missing, so this test proves nothing');
  });
});
