import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { Allowances } from '../../src/ports/allowances.js';
import { openSharedAllowances } from '../../src/redis/shared-allowances.js';
import { systemClock } from '../../src/runtime/clock.js';
import { createOwnAllowances } from '../../src/runtime/own-allowances.js';
import { silentLog } from '../support/open-queue.js';
import { startRedis } from '../support/redis-server.js';
import { allowancesSuite } from './allowances.suite.js';

const PER_MINUTE = { units: 60, windowSeconds: 60 };

/** What one takes the other has not: neither is by itself any more. */
async function areShared(one: Allowances, other: Allowances): Promise<void> {
  for (let n = 0; n < 200; n++) {
    const name = `shared|${n}`;
    await one.take(name, PER_MINUTE, 60, 'some');
    if ((await other.take(name, PER_MINUTE, 60, 'some')).granted === 0) return;
    await wait(25);
  }
  assert.fail('each has allowances of its own');
}

function openEnd(url: string, log = silentLog) {
  return openSharedAllowances({ url, log, own: createOwnAllowances(systemClock) });
}

allowancesSuite('of one process', () =>
  Promise.resolve({ ends: [createOwnAllowances(systemClock)], close: () => Promise.resolve() }),
);

allowancesSuite('in Redis', async (context) => {
  const redis = await startRedis(context);
  const ends = [openEnd(redis.url), openEnd(redis.url), openEnd(redis.url)] as const;
  for (const end of ends.slice(1)) await areShared(ends[0], end);
  return {
    ends,
    async close() {
      await Promise.all(ends.map((end) => end.close()));
      await redis.close();
    },
  };
});

describe('allowances in Redis', function () {
  this.timeout(20_000);

  it('serve callers who come together from what one of them fetches', async function () {
    const redis = await startRedis(this);
    const one = openEnd(redis.url);
    const other = openEnd(redis.url);
    try {
      await areShared(one, other);
      // A slice is 50 of these: were each caller to fetch one, the first twenty would leave nothing.
      const rate = { units: 1_000, windowSeconds: 1 };
      const taken = await Promise.all(Array.from({ length: 200 }, () => one.take('together', rate, 1, 'all')));
      assert.equal(taken.filter(({ granted }) => granted === 1).length, 200);
      assert.equal((await other.take('together', rate, 600, 'all')).granted, 600, 'and leave what they did not use');
    } finally {
      await one.close();
      await other.close();
      await redis.close();
    }
  });
});

describe('allowances whose Redis is away', function () {
  this.timeout(20_000);

  it('are those of the process by itself, and shared again when it is back', async function () {
    const redis = await startRedis(this);
    const told: string[] = [];
    const log = { ...silentLog, warn: (_: unknown, event: string) => void told.push(event) };
    const one = openEnd(redis.url, log);
    const other = openEnd(redis.url, log);
    try {
      await areShared(one, other);
      await redis.stop('SIGKILL');
      told.length = 0;
      assert.equal((await one.take('alone', PER_MINUTE, 60, 'all')).granted, 60);
      assert.equal((await other.take('alone', PER_MINUTE, 60, 'all')).granted, 60);
      assert.equal((await one.take('alone', PER_MINUTE, 1, 'all')).granted, 0, 'by itself it keeps to the rate');
      assert.ok(told.includes('allowances.not_shared'));
      await redis.start();
      await areShared(one, other);
    } finally {
      await one.close();
      await other.close();
      await redis.close();
    }
  });
});
