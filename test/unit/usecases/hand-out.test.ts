import assert from 'node:assert/strict';
import type { Job, NewJob, Verdict } from '../../../src/ports/work-queue.js';
import { createHandOut, type HandOut } from '../../../src/usecases/hand-out.js';
import { openTestQueue, type TestQueue } from '../../support/open-queue.js';
import { freshDataDirectory } from '../../support/pglite-template.js';
import { silentLog, until } from '../../support/world.js';

describe('handing jobs out', function () {
  this.timeout(30_000);
  let opened: TestQueue;
  let handOut: HandOut;
  let stop: AbortController;
  let lent: Promise<void>;
  let handed: Job[];
  /** What each job waits for. */
  let verdict: (job: Job) => Promise<Verdict>;
  let letGo: () => void;

  before(async () => {
    opened = await openTestQueue(`pglite:${await freshDataDirectory()}`);
  });
  after(() => opened.close());
  beforeEach(() => {
    handed = [];
    stop = new AbortController();
    const released = new Promise<Verdict>((resolve) => {
      letGo = () => resolve({ kind: 'done' });
    });
    verdict = () => released;
    handOut = createHandOut({ queue: opened.queue, log: silentLog });
    lent = handOut.lend(
      'transactional',
      (job) => {
        handed.push(job);
        return verdict(job);
      },
      stop.signal,
    );
  });
  afterEach(async () => {
    letGo();
    stop.abort();
    await lent;
    await opened.queue.empty();
  });

  const delivery = (n: number): NewJob => ({
    id: `msg_x.${n}.f0`,
    lane: 'transactional',
    job: { kind: 'deliver.v1', chunks: [{ id: `msg_x.${n}`, fence: 0 }] },
  });
  const waiting = () => opened.queue.depth('transactional');

  it('gives deliveries to free hands, and what is more to the queue', async () => {
    assert.equal(handOut.hasFreeHand('transactional'), true);
    await handOut.add([0, 1, 2, 3, 4, 5].map(delivery));
    assert.deepEqual(
      handed,
      [0, 1, 2, 3].map((n) => delivery(n).job),
    );
    assert.equal(await waiting(), 2);
    assert.equal(handOut.hasFreeHand('transactional'), false);
    letGo();
    await until(async () => handOut.hasFreeHand('transactional'), Boolean, 5_000);
    await handOut.add([delivery(6)]);
    assert.equal(handed.length, 5);
  });

  it('leaves a job as it is that is held already', async () => {
    await handOut.add([delivery(0), delivery(0)]);
    await handOut.add([delivery(0)]);
    assert.deepEqual([handed.length, await waiting()], [1, 0]);
  });

  it('gives to the queue what is for later, what plans, and what is of a lane whose hands nobody lends', async () => {
    await handOut.add([
      { ...delivery(0), delayMs: 60_000 },
      { id: 'msg_x.plan', lane: 'transactional', job: { kind: 'plan.v1', message: 'msg_x' } },
      { ...delivery(1), lane: 'marketing' },
    ]);
    assert.deepEqual([handed, await waiting(), await opened.queue.depth('marketing')], [[], 2, 1]);
    assert.equal(handOut.hasFreeHand('marketing'), false);
  });

  for (const [what, answer] of [
    ['throws', () => Promise.reject(new Error('the store is away'))],
    ['asks for it again', async () => ({ kind: 'again', delayMs: 60_000 }) as const],
  ] as const) {
    it(`gives a job to the queue whose hand ${what}`, async () => {
      verdict = answer;
      await handOut.add([delivery(0)]);
      await until(waiting, (depth) => depth === 1, 5_000);
    });
  }

  it('takes nothing more once stopped, and waits for what its hands hold', async () => {
    await handOut.add([delivery(0)]);
    let isOver = false;
    const ended = lent.then(() => {
      isOver = true;
    });
    stop.abort();
    await handOut.add([delivery(1)]);
    assert.deepEqual([handed.length, await waiting(), isOver], [1, 1, false]);
    letGo();
    await ended;
  });
});
