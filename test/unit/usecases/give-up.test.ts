import assert from 'node:assert/strict';
import type { GivenUp, GivenUpRecorded } from '../../../src/ports/receipt-store.js';
import { createGiveUp, patience } from '../../../src/usecases/give-up.js';

const word = (key: string): GivenUp => ({
  ...{ app: 'shop', message: 'msg_1', key, provider: 'huawei', reason: 'expired', at: 1 },
});

describe('what vendors give up after they took it', () => {
  function scene(answers: readonly (readonly GivenUpRecorded[])[]) {
    const asked: string[][] = [];
    const pauses: number[] = [];
    const giveUp = createGiveUp({
      receipts: {
        async giveUp(these) {
          asked.push(these.map(({ key }) => key));
          return answers[asked.length - 1] ?? these.map(() => 'early' as const);
        },
      },
      clock: { now: () => 5 },
      pause: async (ms) => void pauses.push(ms),
    });
    return { asked, pauses, giveUp };
  }

  it('is recorded in one call, the first word on each delivery', async () => {
    const { asked, pauses, giveUp } = scene([['changed', 'unknown', 'known']]);
    assert.deepEqual(await giveUp([word('a'), word('b'), word('a'), word('c')], patience()), {
      changed: 1,
      unknown: 1,
    });
    assert.deepEqual([asked, pauses], [[['a', 'b', 'c']], []]);
    assert.deepEqual(await giveUp([], patience()), { changed: 0, unknown: 0 });
  });

  it('is told again where it was too early, and that alone', async () => {
    const { asked, pauses, giveUp } = scene([['changed', 'early', 'early'], ['early', 'changed'], ['changed']]);
    assert.deepEqual(await giveUp(['a', 'b', 'c'].map(word), patience()), { changed: 3, unknown: 0 });
    assert.deepEqual(asked, [['a', 'b', 'c'], ['b', 'c'], ['b']]);
    assert.deepEqual(pauses, [100, 400]);
  });

  it('is not waited for for ever', async () => {
    const { asked, pauses, giveUp } = scene([]);
    assert.deepEqual(await giveUp([word('a')], patience()), { changed: 0, unknown: 1 });
    assert.deepEqual([asked.length, pauses.reduce((sum, ms) => sum + ms, 0)], [4, 1_500]);
  });

  it('is waited for once in a call, however many steps it comes in', async () => {
    const { asked, pauses, giveUp } = scene([['early'], ['changed'], ['changed'], ['early']]);
    const left = patience();
    for (const key of ['a', 'b', 'c']) await giveUp([word(key)], left);
    assert.deepEqual(asked.slice(0, 3), [['a'], ['a'], ['b']], 'what was in time used up nothing');
    assert.deepEqual(pauses, [100, 400, 1_000]);
    assert.deepEqual(await giveUp([word('d')], left), { changed: 0, unknown: 1 });
    assert.deepEqual(pauses, [100, 400, 1_000]);
  });
});
