import assert from 'node:assert/strict';
import { needsStream } from '../../../src/connector/client-frame.js';
import { readEventFrame } from '../../../src/connector/event-frame.js';

const AT = '2026-11-21T10:00:00Z';
const base = { id: 'msg_1', at: AT };
const read = (fields: Readonly<Record<string, unknown>>) => readEventFrame(7, fields);

describe('an event frame', () => {
  it('is read with what belongs to its kind', () => {
    const common = { t: 'event', n: 7, id: 'msg_1', at: Date.parse(AT) };
    const cases: readonly (readonly [object, object, boolean])[] = [
      [{ event: 'displayed' }, {}, false],
      [{ event: 'opened' }, {}, false],
      [{ event: 'opened', action: 'track' }, { action: 'track' }, false],
      [{ event: 'dismissed' }, {}, false],
      [{ event: 'converted', name: 'purchase' }, { name: 'purchase' }, true],
      [
        { event: 'converted', name: 'p', value: -1.5, currency: 'CHF' },
        { name: 'p', value: -1.5, currency: 'CHF' },
        true,
      ],
      [{ event: 'feedback', data: { stars: 5 } }, { data: { stars: 5 } }, true],
    ];
    for (const [said, meant, counted] of cases) {
      const frame = read({ ...base, ...said });
      const event = Reflect.get(said, 'event');
      assert.deepEqual(frame, { ...common, event, ...meant });
      assert.ok(!('code' in frame) && needsStream(frame) === counted, JSON.stringify(said));
    }
    assert.deepEqual(read({ at: AT, event: 'feedback', data: {} }), {
      ...{ t: 'event', n: 7, at: Date.parse(AT), event: 'feedback', data: {} },
    });
  });

  it('is refused with a sentence where something is wrong with it', () => {
    let deep: object = {};
    for (let level = 0; level < 9; level++) deep = { deep };
    const cases: readonly (readonly [object, string])[] = [
      [{ ...base, event: 'danced' }, 'unknown_event'],
      [{ ...base, event: 'delivered' }, 'unknown_event'],
      [{ at: AT, event: 'dismissed' }, 'invalid_event'],
      [{ ...base, id: 'x'.repeat(65), event: 'feedback', data: {} }, 'invalid_event'],
      [{ ...base, event: 'dismissed', at: 'yesterday' }, 'invalid_event'],
      [{ ...base, event: 'dismissed', action: 'x' }, 'invalid_event'],
      [{ ...base, event: 'opened', action: '' }, 'invalid_event'],
      [{ ...base, event: 'opened', name: 'x' }, 'invalid_event'],
      [{ ...base, event: 'converted' }, 'invalid_event'],
      [{ ...base, event: 'converted', name: 'a b' }, 'invalid_event'],
      [{ ...base, event: 'converted', name: 'x'.repeat(65) }, 'invalid_event'],
      [{ ...base, event: 'converted', name: 'a', value: '3' }, 'invalid_event'],
      [{ ...base, event: 'converted', name: 'a', value: 1e13 }, 'invalid_event'],
      [{ ...base, event: 'converted', name: 'a', currency: 'EUR' }, 'invalid_event'],
      [{ ...base, event: 'converted', name: 'a', value: 1, currency: 'euro' }, 'invalid_event'],
      [{ ...base, event: 'feedback' }, 'invalid_event'],
      [{ ...base, event: 'feedback', data: [1] }, 'invalid_event'],
      [{ ...base, event: 'feedback', data: deep }, 'invalid_event'],
      [{ ...base, event: 'feedback', data: { text: 'x'.repeat(4_096) } }, 'invalid_event'],
    ];
    for (const [said, code] of cases) {
      const frame = read(said as Readonly<Record<string, unknown>>);
      assert.ok('code' in frame, JSON.stringify(said).slice(0, 100));
      assert.equal(frame.code, code);
      assert.ok(frame.detail.length > 10);
    }
  });
});
