import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import fc from 'fast-check';
import type { Rate } from '../../../src/domain/rate.js';
import { charge, createKeyLimit } from '../../../src/http/key-limit.js';
import { Refusal } from '../../../src/http/refusal.js';
import { createOwnAllowances } from '../../../src/runtime/own-allowances.js';

const START = 1_795_000_000_000;

/** A limit under a clock that the test moves. */
function limited(rate: Rate | undefined) {
  const clock = { at: START, now: () => clock.at };
  return { clock, limit: createKeyLimit(createOwnAllowances(clock), 'key', rate) };
}

describe('the limit of a key', () => {
  it('lets a whole window through at once, then as many as flow in', async () => {
    const { clock, limit } = limited({ units: 3, windowSeconds: 1 });
    const take = async () => (await limit.take('k', 1))?.refusedFor;
    assert.deepEqual([await take(), await take(), await take(), await take()], [undefined, undefined, undefined, 1]);
    clock.at += 333;
    assert.equal(await take(), 1);
    clock.at += 1;
    assert.equal(await take(), undefined);
    assert.equal(await take(), 1);
    clock.at += 1_000;
    assert.deepEqual([await take(), await take(), await take(), await take()], [undefined, undefined, undefined, 1]);
  });

  it('tells what is left and when there is more', async () => {
    const { clock, limit } = limited({ units: 6, windowSeconds: 60 });
    assert.deepEqual(await limit.take('k', 4), { remaining: 2, moreInSeconds: 10 });
    clock.at += 4_000;
    assert.deepEqual(await limit.take('k', 1), { remaining: 1, moreInSeconds: 6 });
    clock.at += 3_600_000;
    assert.deepEqual(await limit.take('k', 1), { remaining: 5, moreInSeconds: 10 });
  });

  it('takes all of what is asked or nothing, and says when all would be there', async () => {
    const { clock, limit } = limited({ units: 10, windowSeconds: 10 });
    await limit.take('k', 4);
    assert.deepEqual(await limit.take('k', 9), { remaining: 6, moreInSeconds: 1, refusedFor: 3 });
    clock.at += 3_000;
    assert.deepEqual(await limit.take('k', 9), { remaining: 0, moreInSeconds: 1 });
    assert.equal((await limit.take('k', 11))?.refusedFor, 'never');
  });

  it('counts each key by itself', async () => {
    const { limit } = limited({ units: 1, windowSeconds: 60 });
    assert.equal((await limit.take('a', 1))?.refusedFor, undefined);
    assert.equal((await limit.take('a', 1))?.refusedFor, 60);
    assert.equal((await limit.take('b', 1))?.refusedFor, undefined);
  });

  it('gives nothing away, and locks nobody out, when the clock is set back', async () => {
    const { clock, limit } = limited({ units: 2, windowSeconds: 1 });
    await limit.take('k', 2);
    clock.at -= 3_600_000;
    assert.equal((await limit.take('k', 1))?.refusedFor, 1);
    clock.at += 1_000;
    assert.equal((await limit.take('k', 2))?.refusedFor, undefined);
  });

  it('forgets what was used when the limit becomes another, and counts nothing without one', async () => {
    const { limit } = limited({ units: 1, windowSeconds: 60 });
    await limit.take('k', 1);
    limit.setRate(undefined);
    assert.equal(await limit.take('k', 1_000), undefined);
    limit.setRate({ units: 2, windowSeconds: 60 });
    assert.deepEqual(await limit.take('k', 1), { remaining: 1, moreInSeconds: 30 });
  });

  it('still counts a busy key after thousands of others came and rested', async () => {
    const { clock, limit } = limited({ units: 5, windowSeconds: 3_600 });
    await limit.take('busy', 5);
    for (let n = 0; n < 5_000; n++) {
      clock.at += 1;
      await limit.take(`k${n}`, 1);
    }
    assert.notEqual((await limit.take('busy', 1))?.refusedFor, undefined);
  });

  it('never lets through more than a window and what flowed in, and never refuses who waited as told', async () => {
    const rates = fc.record({
      units: fc.integer({ min: 1, max: 5_000 }),
      windowSeconds: fc.constantFrom(1, 60, 3_600),
    });
    const asks = fc.array(fc.record({ afterMs: fc.nat(5_000), units: fc.integer({ min: 1, max: 600 }) }), {
      minLength: 1,
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(rates, asks, async (rate, list) => {
        const { clock, limit } = limited(rate);
        let taken = 0;
        for (const { afterMs, units } of list) {
          clock.at += afterMs;
          const quota = await limit.take('k', units);
          assert.ok(quota !== undefined && quota.remaining >= 0 && quota.remaining <= rate.units);
          if (quota.refusedFor === undefined) taken += units;
          else if (quota.refusedFor !== 'never') {
            assert.ok(quota.refusedFor >= quota.moreInSeconds); // as the draft asks, §6
            clock.at += quota.refusedFor * 1_000;
            assert.equal((await limit.take('k', units))?.refusedFor, undefined);
            taken += units;
          }
          const flowed = ((clock.at - START) * rate.units) / (rate.windowSeconds * 1_000);
          assert.ok(taken <= rate.units + flowed + 1e-3);
        }
      }),
    );
  });
});

describe('what a call is charged', () => {
  async function charged(rate: Rate | undefined, ...units: readonly number[]) {
    const headers: Record<string, unknown> = {};
    const res = { setHeader: (name: string, value: unknown) => void Object.assign(headers, { [name]: value }) };
    const { limit } = limited(rate);
    const refusals: unknown[] = [];
    for (const count of units) {
      try {
        await charge(limit, res as unknown as ServerResponse, 'k', count); // Nothing but setHeader is asked of it.
      } catch (error) {
        refusals.push(error);
      }
    }
    return { headers, refusals };
  }

  it('is told in structured fields', async () => {
    const { headers, refusals } = await charged({ units: 600, windowSeconds: 60 }, 1, 11);
    assert.deepEqual(headers, {
      'RateLimit-Policy': '"per_key";q=600;w=60',
      RateLimit: '"per_key";r=588;t=1',
    });
    assert.deepEqual(refusals, []);
  });

  it('is refused with the seconds to wait, or with the advice to split what can never pass', async () => {
    const { headers, refusals } = await charged({ units: 2, windowSeconds: 60 }, 2, 1, 3);
    assert.equal(headers.RateLimit, '"per_key";r=0;t=30');
    assert.ok(refusals.every((refusal) => refusal instanceof Refusal));
    const told = refusals.map((refusal) => refusal instanceof Refusal && [refusal.code, refusal.headers]);
    assert.deepEqual(told, [
      ['rate_limited', { 'Retry-After': '30' }],
      ['validation_failed', {}],
    ]);
  });

  it('leaves no trace without a limit', async () => {
    assert.deepEqual(await charged(undefined, 1_000_000), { headers: {}, refusals: [] });
  });
});
