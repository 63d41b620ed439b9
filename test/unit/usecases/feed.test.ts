import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { makeDataKey, parseDataKey } from '../../../src/domain/data-key.js';
import type { Lane } from '../../../src/ports/work-queue.js';
import { AtRest } from '../../../src/store/at-rest.js';
import { openPostgresStore } from '../../../src/store/postgres/store.js';
import { createFeeder, type Feeder } from '../../../src/usecases/feed.js';
import { createHandOut } from '../../../src/usecases/hand-out.js';
import { openTestQueue, type TestQueue } from '../../support/open-queue.js';
import { migratedDataDirectory } from '../../support/pglite-template.js';
import { silentLog } from '../../support/world.js';

describe('the feeder', function () {
  this.timeout(60_000);
  let opened: TestQueue;
  let feeder: Feeder;

  before(async () => {
    opened = await openTestQueue(`pglite:${await migratedDataDirectory()}`);
    const store = await openPostgresStore(opened.sql, new AtRest(parseDataKey(makeDataKey(randomBytes))));
    feeder = createFeeder({
      chunks: store.chunks,
      queue: createHandOut({ queue: opened.queue, log: silentLog }),
      clock: { now: () => Date.now() },
    });
  });
  after(() => opened.close());
  afterEach(() => opened.queue.empty());

  async function fill(lane: Lane, jobs: number): Promise<void> {
    const job = { kind: 'canary.v1', token: 'x' } as const;
    await opened.queue.add(Array.from({ length: jobs }, (_, n) => ({ id: `fill.n${n}`, lane, job })));
  }

  it('lets an app add a few jobs directly while the lane is short, then no more until it looked again', async () => {
    await feeder.look('marketing');
    const allowed = Array.from({ length: 20 }, () => feeder.mayAddDirectly('marketing', 'loud')).filter(Boolean).length;
    assert.equal(allowed, 8);
    assert.equal(feeder.mayAddDirectly('marketing', 'quiet'), true);
    await feeder.look('marketing');
    assert.equal(feeder.mayAddDirectly('marketing', 'loud'), true);
  });

  it('lets nobody add directly to a lane that is half full', async () => {
    await fill('transactional', 16);
    await feeder.look('transactional');
    assert.equal(feeder.mayAddDirectly('transactional', 'any'), false);
    await opened.queue.empty();
    await feeder.feed('transactional');
    assert.equal(feeder.mayAddDirectly('transactional', 'any'), true);
  });
});
