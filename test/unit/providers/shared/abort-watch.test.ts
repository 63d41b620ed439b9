import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { AbortWatch } from '../../../../providers/shared/abort-watch.js';

describe('A watch on signals', () => {
  it('tells all that wait, over one listener, and once', () => {
    const watch = new AbortWatch();
    const ending = new AbortController();
    const told: number[] = [];
    for (let at = 0; at < 20; at += 1) watch.add(ending.signal, () => told.push(at));
    assert.equal(getEventListeners(ending.signal, 'abort').length, 1);
    ending.abort();
    assert.deepEqual(told, [...Array(20).keys()]);
  });

  it('tells none that has ended, and leaves no listener behind the last', () => {
    const watch = new AbortWatch();
    const ending = new AbortController();
    const told: string[] = [];
    const tell = () => told.push('same');
    const ends = [watch.add(ending.signal, tell), watch.add(ending.signal, tell)];
    ends[0]?.();
    ends[0]?.();
    assert.equal(getEventListeners(ending.signal, 'abort').length, 1);
    ends[1]?.();
    assert.equal(getEventListeners(ending.signal, 'abort').length, 0);
    watch.add(ending.signal, tell);
    ends[1]?.();
    ending.abort();
    assert.deepEqual(told, ['same']);
  });

  it('may be ended while it tells', () => {
    const watch = new AbortWatch();
    const ending = new AbortController();
    const told: string[] = [];
    const endFirst = watch.add(ending.signal, () => {
      told.push('first');
      endFirst();
      endSecond();
    });
    const endSecond = watch.add(ending.signal, () => told.push('second'));
    ending.abort();
    assert.deepEqual(told, ['first']);
  });
});
