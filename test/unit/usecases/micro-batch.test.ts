import assert from 'node:assert/strict';
import { MicroBatch } from '../../../src/usecases/micro-batch.js';

/** A batch function whose runs end when the test says so. */
function manual(options: { windowMs?: number; itemsMax?: number; runningMax?: number }) {
  const runs: { items: readonly number[]; resolve: (results: number[]) => void; reject: (error: Error) => void }[] = [];
  let onRun = () => {};
  const batch = new MicroBatch<number, number>(
    (items) =>
      new Promise((resolve, reject) => {
        runs.push({ items, resolve, reject });
        onRun();
      }),
    { windowMs: 1, itemsMax: 10, runningMax: 1, ...options },
  );
  return {
    batch,
    runs,
    /** Resolves when the run of that number (from 1) has begun. */
    async begun(n: number) {
      while (runs.length < n) await new Promise<void>((resolve) => (onRun = resolve));
      const run = runs[n - 1];
      assert.ok(run);
      return run;
    },
  };
}

describe('micro-batch', () => {
  it('makes one call of what arrives within the window, and gives each caller its own result', async () => {
    const { batch, begun, runs } = manual({});
    const answers = Promise.all([3, 1, 2].map((item) => batch.add(item)));
    const run = await begun(1);
    assert.deepEqual(run.items, [3, 1, 2]);
    run.resolve(run.items.map((item) => item * 10));
    assert.deepEqual(await answers, [30, 10, 20]);
    assert.equal(runs.length, 1);
  });

  it('leaves at once when it is full, and never with more', async () => {
    // The window is longer than any test: only a full batch leaves.
    const { batch, begun } = manual({ itemsMax: 3, runningMax: 5, windowMs: 2 ** 30 });
    const answers = Promise.all(Array.from({ length: 6 }, (_, i) => batch.add(i)));
    const [first, second] = [await begun(1), await begun(2)];
    assert.deepEqual(
      [first.items, second.items],
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
    );
    for (const run of [first, second]) run.resolve([...run.items]);
    assert.deepEqual(await answers, [0, 1, 2, 3, 4, 5]);
  });

  it('runs no more batches at once than allowed; what waits leaves together when one ends', async () => {
    const { batch, begun, runs } = manual({ itemsMax: 2, runningMax: 2, windowMs: 1 });
    const answers = Promise.all(Array.from({ length: 7 }, (_, i) => batch.add(i)));
    const [first, second] = [await begun(1), await begun(2)];
    // The window of those that wait passes meanwhile: that of a batch begun later does.
    await new MicroBatch<number, number>(async (items) => items, { windowMs: 1, itemsMax: 5, runningMax: 1 }).add(0);
    assert.equal(runs.length, 2);
    first.resolve([...first.items]);
    const third = await begun(3);
    assert.deepEqual(third.items, [4, 5]);
    second.resolve([...second.items]);
    const fourth = await begun(4);
    assert.deepEqual(fourth.items, [6]);
    for (const run of [third, fourth]) run.resolve([...run.items]);
    assert.deepEqual(await answers, [0, 1, 2, 3, 4, 5, 6]);
  });

  it('tells a failure to the callers of that batch only, and goes on', async () => {
    const { batch, begun } = manual({ itemsMax: 2, runningMax: 1 });
    const answers = Promise.allSettled([0, 1, 2, 3].map((item) => batch.add(item)));
    (await begun(1)).reject(new Error('the first'));
    (await begun(2)).resolve([20, 30]);
    const settled = await answers;
    assert.deepEqual(
      settled.map((answer) => (answer.status === 'fulfilled' ? answer.value : String(answer.reason))),
      ['Error: the first', 'Error: the first', 20, 30],
    );
  });

  it('refuses all of a batch that got another number of results', async () => {
    for (const results of [[], [1], [1, 2, 3]]) {
      const { batch, begun } = manual({ itemsMax: 2 });
      const answers = Promise.allSettled([batch.add(1), batch.add(2)]);
      (await begun(1)).resolve(results);
      for (const answer of await answers) {
        assert.ok(answer.status === 'rejected');
        assert.match(String(answer.reason), new RegExp(`batch of 2 got ${results.length} results`));
      }
    }
  });

  it('tells what a function throws at once, and keeps its place free for the next', async () => {
    let runs = 0;
    const batch = new MicroBatch<number, number>(
      (items) => {
        if (++runs === 1) throw new Error('not even begun');
        return Promise.resolve(items);
      },
      { windowMs: 1, itemsMax: 5, runningMax: 1 },
    );
    await assert.rejects(batch.add(1), /not even begun/);
    assert.equal(await batch.add(2), 2);
  });
});
