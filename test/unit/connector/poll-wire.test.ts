import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatPollCursor, parsePollCursor } from '../../../src/connector/poll-cursor.js';
import { createPollWire } from '../../../src/connector/poll-wire.js';
import { SharedBody } from '../../../src/connector/wire.js';

const bodyOf = (n: number) => new SharedBody(JSON.stringify({ id: `msg_${n}` }));

describe('long poll: the wire', () => {
  it('keeps frames until they are asked for, and says what is in them', () => {
    let told = 0;
    const wire = createPollWire(() => void told++);
    wire.send('{"t":"welcome"}');
    wire.push('{"t":"push","seq":1,', bodyOf(1), 'e.1');
    wire.push('{"t":"push","seq":2,', bodyOf(2), 'e.2');
    assert.equal(told, 3);
    assert.ok(wire.bufferedBytes > 0);
    assert.deepEqual(wire.takeFrames(), {
      frames: ['{"t":"welcome"}', '{"t":"push","seq":1,"id":"msg_1"}', '{"t":"push","seq":2,"id":"msg_2"}'],
      ids: ['msg_1', 'msg_2'],
      seq: 2,
      cursor: 'e.2',
    });
    assert.equal(wire.bufferedBytes, 0);
    assert.deepEqual(wire.takeFrames(), { frames: [], ids: [], seq: 2 });
  });

  it('puts no more pushes into an answer than its cursor can name', () => {
    const wire = createPollWire(() => {});
    for (let n = 1; n <= 150; n++) wire.push(`{"t":"push","seq":${n},`, bodyOf(n), `e.${n}`);
    const first = wire.takeFrames();
    assert.deepEqual([first.ids.length, first.seq, first.cursor], [100, 100, 'e.100']);
    const second = wire.takeFrames();
    assert.deepEqual([second.ids.length, second.seq, second.cursor], [50, 150, 'e.150']);
  });

  it('says bye after what came before it, and takes nothing more', () => {
    const wire = createPollWire(() => {});
    wire.send('{"t":"clear"}');
    wire.end({ reason: 'draining' });
    wire.end({ reason: 'too_slow' });
    wire.send('{"t":"late"}');
    assert.deepEqual(wire.takeFrames().frames, ['{"t":"clear"}', '{"t":"bye","code":4000,"reason":"draining"}']);
  });

  it('bothers nobody with pings', () => {
    const wire = createPollWire(() => assert.fail('there is nothing to tell'));
    wire.send('{"t":"ping"}');
    assert.equal(wire.hasFrames, false);
  });
});

describe('long poll: the cursor', () => {
  const fields = {
    session: fc.string({ minLength: 1, maxLength: 100 }),
    answer: fc.integer({ min: 1 }),
    cursor: fc.string({ minLength: 1, maxLength: 200 }),
    ids: fc.array(fc.string({ minLength: 1, maxLength: 64 }), { maxLength: 10 }),
  };
  const cursors = fc.record(fields, { noNullPrototype: true });

  it('is read as it was written, by a process that has never seen it', () => {
    fc.assert(fc.property(cursors, (cursor) => assert.deepEqual(parsePollCursor(formatPollCursor(cursor)), cursor)));
  });

  it('fits into a URL as it is, with as many messages as an answer may hold', () => {
    const ids = Array.from({ length: 100 }, (_, n) => `msg_01kabcdefghjkmnpqrstvwx${String(n).padStart(3, '0')}`);
    const text = formatPollCursor({ session: 'x'.repeat(16), answer: 1, cursor: 'epoch.123', ids });
    assert.match(text, /^[A-Za-z0-9_-]+$/);
    assert.ok(text.length < 6_000, `${text.length}`);
    assert.deepEqual(parsePollCursor(text)?.ids, ids);
  });

  it('begins where a push or a welcome over another road stood', () => {
    assert.deepEqual(parsePollCursor('epoch.123.7'), { session: '', answer: 0, cursor: 'epoch.123.7', ids: [] });
  });

  it('takes nothing for a cursor that never was one', () => {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const wrong = [
      '',
      'x',
      '{}',
      'a'.repeat(7_000),
      encode({}),
      encode([]),
      encode(['s', 0, 'c']),
      encode(['s', 1]),
      encode(['s', 1, 'c', 7]),
      encode([1, 1, 'c']),
    ];
    for (const text of [...wrong, encode(['s', 1, 'c', ...new Array(101).fill('m')])])
      assert.equal(parsePollCursor(text), undefined, text.slice(0, 40));
    fc.assert(fc.property(fc.string(), (text) => void parsePollCursor(text)));
  });
});
