import assert from 'node:assert/strict';
import { type EventBlock, eventsOf, summaryOf } from '../../../src/domain/event-block.js';
import type { JsonObject } from '../../../src/domain/json.js';

describe('a block of events', () => {
  const block = (common: JsonObject, entries: readonly JsonObject[]): EventBlock => {
    return { app: 'shop', seq: 7, mark: 'abc', type: 'delivery.failed', at: 5, common, entries };
  };

  it('is each event with what they share, numbered from the first', () => {
    const events = eventsOf(block({ message: 'm', state: 'failed' }, [{ device: 'a' }, { device: 'b', reason: 'x' }]));
    const same = { app: 'shop', type: 'delivery.failed', at: 5 };
    assert.deepEqual(events, [
      { ...same, seq: 7, id: 'evt_abc_7', data: { message: 'm', state: 'failed', device: 'a' } },
      { ...same, seq: 8, id: 'evt_abc_8', data: { message: 'm', state: 'failed', device: 'b', reason: 'x' } },
    ]);
  });

  it('is one event in a summary, which counts reasons wherever they stand', () => {
    const entries = [
      { device: 'a', reason: 'z' },
      { device: 'b', reason: 'y', at: 3 },
      { device: 'c', reason: 'z' },
      {},
    ];
    const { seq, id, data } = summaryOf(block({ message: 'm', tags: ['t'] }, entries));
    assert.deepEqual([seq, id], [7, 'evt_abc_7']);
    assert.deepEqual(data, { message: 'm', tags: ['t'], count: 4, reasons: { y: 1, z: 2 } });
    assert.deepEqual(summaryOf(block({ message: 'm', reason: 'q', at: 1 }, [{}, {}])).data, {
      ...{ message: 'm', count: 2, reasons: { q: 2 } },
    });
    assert.deepEqual(summaryOf(block({ message: 'm' }, [{ device: 'a' }])).data, { message: 'm', count: 1 });
  });
});
