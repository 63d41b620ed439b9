import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { Rate } from '../../src/domain/rate.js';
import type { Allowances } from '../../src/ports/allowances.js';

/** Ends that share their allowances, as processes do; the first alone where they are of one process. */
export interface OpenedAllowances {
  readonly ends: readonly [Allowances, ...Allowances[]];
  close(): Promise<void>;
}

const PER_MINUTE: Rate = { units: 60, windowSeconds: 60 };
let names = 0;

/** The promises of `src/ports/allowances.ts`. Time is real: they are about what flows in. */
export function allowancesSuite(name: string, open: (context: Mocha.Context) => Promise<OpenedAllowances>): void {
  describe(`allowances: ${name}`, function () {
    this.timeout(20_000);
    let opened: OpenedAllowances | undefined;
    const ends = () => {
      if (opened === undefined) throw new Error('not open');
      return opened.ends;
    };
    const fresh = () => `test|${names++}`;

    before(async function () {
      opened = await open(this);
    });
    after(() => opened?.close());

    it('let a whole window through at once, and then nothing of what is not there', async () => {
      const [end] = ends();
      const name = fresh();
      assert.deepEqual(await end.take(name, PER_MINUTE, 40, 'all'), { granted: 40, left: 20 });
      assert.equal((await end.take(name, PER_MINUTE, 21, 'all')).granted, 0);
      assert.equal((await end.take(name, PER_MINUTE, 20, 'all')).granted, 20);
      assert.equal((await end.take(name, PER_MINUTE, 1, 'all')).granted, 0);
    });

    it('give some where all are not there', async () => {
      const [end] = ends();
      const name = fresh();
      assert.equal((await end.take(name, PER_MINUTE, 50, 'some')).granted, 50);
      assert.equal((await end.take(name, PER_MINUTE, 50, 'some')).granted, 10);
      assert.equal((await end.take(name, PER_MINUTE, 50, 'some')).granted, 0);
    });

    it('are of each name by itself', async () => {
      const [end] = ends();
      assert.equal((await end.take(fresh(), PER_MINUTE, 60, 'all')).granted, 60);
      assert.equal((await end.take(fresh(), PER_MINUTE, 60, 'all')).granted, 60);
    });

    it('flow in again, and no quicker than they may', async () => {
      const [end] = ends();
      const name = fresh();
      const rate: Rate = { units: 200, windowSeconds: 1 };
      const startedAt = performance.now();
      let taken = (await end.take(name, rate, 200, 'some')).granted;
      assert.equal(taken, 200);
      while (taken < 400) {
        await wait(20);
        taken += (await end.take(name, rate, 50, 'some')).granted;
        const flowed = ((performance.now() - startedAt) * rate.units) / 1_000;
        assert.ok(taken <= rate.units + flowed + 1, `${taken} of ${rate.units + flowed}`);
      }
    });

    it('are used together by all ends', async () => {
      const name = fresh();
      const rate: Rate = { units: 1_000, windowSeconds: 60 };
      const startedAt = performance.now();
      const takings = await Promise.all(
        ends().flatMap((end) =>
          Array.from({ length: 60 }, async () => (await end.take(name, rate, 30, 'some')).granted),
        ),
      );
      const taken = takings.reduce((sum, granted) => sum + granted, 0);
      const flowed = ((performance.now() - startedAt) * rate.units) / 60_000;
      assert.ok(taken <= 1_000 + flowed + 1, `${taken}`);
      assert.ok(taken >= 900, `${taken}: what lies in slices is little`);
    });

    it('take up another rate at once', async () => {
      const [end] = ends();
      const name = fresh();
      assert.equal((await end.take(name, PER_MINUTE, 60, 'all')).granted, 60);
      assert.equal((await end.take(name, { units: 100, windowSeconds: 60 }, 40, 'all')).granted, 40);
    });
  });
}
