import assert from 'node:assert/strict';
import { emptyStats, HOUR_MS, type StatCounts, sumStats } from '../../../src/domain/stats.js';
import { STATS } from '../../../src/store/mongo/documents/counts.js';
import { type CountStep, createCountWriter } from '../../../src/store/mongo/messages/count-writes.js';
import { createStatsStore } from '../../../src/store/mongo/stats/stats-store.js';
import { openParties, type Parties, type Party } from './mortal-ground.js';

const LATE = 10 * HOUR_MS;

describe('store/mongo: hours that are brought together', function () {
  this.timeout(60_000);
  let parties: Parties;
  let apps = 0;
  before(async function () {
    parties = await openParties(this);
  });
  after(() => parties?.close());

  const freshApp = () => `app${apps++}`;
  const step = (app: string, name: string, n: number): CountStep => ({
    ...{ app, message: 'msg', class: 'marketing', acceptedAt: HOUR_MS, provider: 'apns', platform: 'ios' },
    ...{ kind: 'hour', name, n },
  });

  async function read(app: string): Promise<StatCounts> {
    const rows = await parties.party.stats.read({ app, from: 0, to: LATE, by: 'hour' });
    return sumStats(rows.map(({ counts }) => counts));
  }

  const mergeAll = async ({ ground }: Party) => {
    while ((await createStatsStore(ground, 0).merge(LATE, 2)) > 0);
  };

  it('become one for each, and are read as before', async () => {
    const app = freshApp();
    const { db } = parties.party.ground;
    for (let part = 0; part < 5; part++) {
      const counts = createCountWriter(db);
      await counts.add({ part: `p${part}`, o: `p${part}.1` }, [step(app, 'sent', 2), step(app, 'failed', 1)]);
    }
    const before = await read(app);
    assert.deepEqual(before, { ...emptyStats(), sent: 10, failed: 5 });
    assert.equal(await parties.party.stats.merge(LATE, 100), 0, 'what was just counted may still be repeated');
    assert.deepEqual(await read(app), before);
    await mergeAll(parties.party);
    assert.deepEqual(await read(app), before);
    assert.equal(await db.run(() => db.of(STATS).countDocuments({ app })), 1);
  });

  it('never show less or more than was counted, while processes count and bring together at once', async () => {
    const app = freshApp();
    const processes = [parties.party, await parties.open(), await parties.open()];
    let [begun, done] = [0, 0];
    let isOver = false;
    const counting = Promise.all(
      processes.map(async ({ ground }, p) => {
        const counts = createCountWriter(ground.db);
        for (let n = 0; n < 60; n++) {
          begun++;
          await counts.add({ part: `q${p}`, o: `q${p}.${n}` }, [step(app, 'sent', 1)]);
          done++;
        }
      }),
    ).finally(() => {
      isOver = true;
    });
    const merging = processes.slice(0, 2).map(async (each) => {
      while (!isOver) await createStatsStore(each.ground, 0).merge(LATE, 2);
    });
    let reads = 0;
    while (!isOver) {
      const least = done;
      const { sent } = await read(app);
      assert.ok(sent >= least && sent <= begun, `${sent} of ${least} to ${begun}`);
      reads++;
    }
    await Promise.all([counting, ...merging]);
    assert.ok(reads > 3);
    assert.equal((await read(app)).sent, 180);
    await mergeAll(parties.party);
    assert.equal((await read(app)).sent, 180);
  });

  it('are read the same whenever a process dies that brings them together, also when it was counted on meanwhile', async () => {
    let deaths = 0;
    for (let n = 0; ; n++) {
      const app = freshApp();
      const counts = createCountWriter(parties.party.ground.db);
      for (const o of ['r.1', 'r.2']) await counts.add({ part: 'r', o }, [step(app, 'opened', 3)]);
      const mortal = await parties.openMortal(n);
      await createStatsStore(mortal.ground, 0)
        .merge(LATE, 100)
        .catch(() => undefined);
      assert.equal((await read(app)).opened, 6);
      await counts.add({ part: 'r', o: 'r.3' }, [step(app, 'opened', 4)]);
      assert.equal((await read(app)).opened, 10);
      await mergeAll(parties.party);
      assert.equal((await read(app)).opened, 10);
      await mortal.ground.db.close();
      if (!mortal.isDead) break;
      deaths++;
    }
    assert.ok(deaths >= 3, `${deaths} deaths`);
  });
});
