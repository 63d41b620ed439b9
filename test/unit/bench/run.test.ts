import assert from 'node:assert/strict';
import { median, quantile } from '../../../bench/harness/quantiles.js';
import { type Account, isExact, type Run, summarise } from '../../../bench/harness/run.js';

const EXACT: Account = { sent: 10, received: 9, failed: 1, duplicates: 0 };

function run(more: Partial<Run>): Run {
  const figures = { units: 10, perSecond: 5, cpuMicros: 100, peakMb: 50, loadShare: 0.5, latencies: [1, 2, 3] };
  return { ...figures, account: EXACT, ...more };
}

describe('what the runs of a workload come to', () => {
  it('is exact only when all that was sent arrived or failed, once', () => {
    assert.ok(isExact(EXACT));
    assert.ok(!isExact({ ...EXACT, received: 8 }), 'one is lost');
    assert.ok(!isExact({ ...EXACT, received: 10 }), 'one arrived that is told as failed');
    assert.ok(!isExact({ ...EXACT, duplicates: 1 }), 'one came twice');
  });

  it('is the median of the figures and the sum of the accounts: no loss is averaged away', () => {
    const lossy = { ...EXACT, received: 7 };
    const runs = [
      run({ perSecond: 1 }),
      run({ perSecond: 100, account: lossy }),
      run({ perSecond: 3, cpuMicros: 900 }),
    ];
    const summary = summarise('who', runs);
    assert.equal(summary.perSecond, 3);
    assert.deepEqual(summary.cpuMicros, { median: 10, least: 10, most: 90 });
    assert.deepEqual([summary.account.sent, summary.lost, isExact(summary.account)], [30, 2, false]);
  });

  it('has what others used beside it for each unit as well', () => {
    const runs = [run({ beside: { Redis: 20 } }), run({ beside: { Redis: 90 } }), run({ beside: { Redis: 30 } })];
    assert.deepEqual(summarise('who', runs).beside, { Redis: 3 });
    assert.deepEqual(summarise('who', [run({})]).beside, {});
  });

  it('takes quantiles of what there is', () => {
    const hundred = Array.from({ length: 100 }, (_, n) => 100 - n);
    assert.deepEqual(
      [0.5, 0.99, 0.999].map((share) => quantile(hundred, share)),
      [51, 100, 100],
    );
    assert.equal(quantile([], 0.5), 0);
    assert.deepEqual([median([3, 1]), median([9, 1, 5])], [2, 5]);
  });
});
