import assert from 'node:assert/strict';
import fc from 'fast-check';
import { WINDOWS_MAX } from '../../../src/domain/chunk.js';
import { WindowPlaces } from '../../../src/usecases/window-places.js';

type Lane = 'transactional' | 'marketing';

/** Windows that begin in order and end when the test says so. */
function bench() {
  const places = new WindowPlaces();
  const running: { lane: Lane; taken: number; n: number; end: (error?: Error) => void }[] = [];
  const began: string[] = [];
  let n = 0;
  return {
    running,
    began,
    start(lane: Lane, taken = 1): Promise<void> {
      const mine = n++;
      return places.run(lane, taken, () => {
        began.push(`${lane[0]}${mine}`);
        return new Promise<void>((resolve, reject) => {
          const entry = {
            lane,
            taken,
            n: mine,
            end(error?: Error) {
              running.splice(running.indexOf(entry), 1);
              if (error === undefined) resolve();
              else reject(error);
            },
          };
          running.push(entry);
        });
      });
    },
  };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('window places', () => {
  it('never run more than the bound, keep places for urgent work, and waste none', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.tuple(fc.constantFrom<Lane>('transactional', 'marketing'), fc.integer({ min: 1, max: 4 })),
            fc.nat(30),
          ),
          {
            maxLength: 120,
            size: 'max',
          },
        ),
        async (steps) => {
          const { running, began, start } = bench();
          const all: Promise<void>[] = [];
          for (const step of steps) {
            if (typeof step !== 'number') all.push(start(...step));
            else running[step % Math.max(1, running.length)]?.end();
            await settled();
            const taken = (of: typeof running) => of.reduce((sum, window) => sum + window.taken, 0);
            const marketing = taken(running.filter(({ lane }) => lane === 'marketing'));
            assert.ok(taken(running) <= WINDOWS_MAX);
            assert.ok(marketing <= WINDOWS_MAX - 4, 'four places stay free of campaigns');
            const waiting = all.length - began.length;
            // The next in turn may need four.
            if (waiting > 0) assert.ok(taken(running) > WINDOWS_MAX - 4 - 4, 'nobody waits beside free places');
          }
          while (running.length > 0) {
            running[0]?.end();
            await settled();
          }
          await Promise.all(all);
          assert.equal(began.length, all.length);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('let urgent windows go before campaigns that waited longer, each lane in its own order', async () => {
    const { running, began, start } = bench();
    const all = Array.from({ length: WINDOWS_MAX }, () => start('transactional'));
    for (const lane of ['marketing', 'marketing', 'transactional', 'transactional'] as const) all.push(start(lane));
    await settled();
    began.length = 0;
    while (running.length > 0) {
      running[0]?.end();
      await settled();
    }
    await Promise.all(all);
    assert.deepEqual(began, ['t18', 't19', 'm16', 'm17']);
  });

  it('give the place back when a window fails', async () => {
    const { running, began, start } = bench();
    for (let i = 0; i < WINDOWS_MAX + 1; i++) {
      const failing = assert.rejects(start('transactional'), /broken/);
      await settled();
      running[0]?.end(new Error('broken'));
      await failing;
    }
    assert.equal(began.length, WINDOWS_MAX + 1);
  });
});
