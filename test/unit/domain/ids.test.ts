import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { base32, newId, notificationId } from '../../../src/domain/ids.js';

const NOW = 1_700_000_000_123;

describe('ids', () => {
  it('are UUIDv7 in base32, as another program writes them', () => {
    // Known answers, made with Python: the 48-bit time, version 7, variant 10, then the random bits (RFC 9562 §5.7).
    const cases: [(size: number) => Uint8Array, string][] = [
      [(size) => new Uint8Array(size).fill(0xff), 'msg_065wzsb8fdzzzfzzzzzzzzzzzw'],
      [(size) => new Uint8Array(size), 'msg_065wzsb8fdr010000000000000'],
      [(size) => Uint8Array.from({ length: size }, (_, i) => i), 'msg_065wzsb8fdr030g30g2gc1r814'],
    ];
    for (const [random, expected] of cases) assert.equal(newId('msg', NOW, random), expected);
  });

  it('sort by the time they were made at, however long ago', () => {
    const time = fc.integer({ min: 0, max: 2 ** 48 - 1 });
    fc.assert(
      fc.property(time, time, (a, b) => {
        const [x, y] = [newId('dev', a, randomBytes), newId('dev', b, randomBytes)];
        assert.match(x, /^dev_[0-9a-hjkmnp-tv-z]{26}$/);
        if (a !== b) assert.equal(x < y, a < b);
      }),
    );
  });

  it('differ when made in the same millisecond', () => {
    const made = new Set(Array.from({ length: 10_000 }, () => newId('evt', NOW, randomBytes)));
    assert.equal(made.size, 10_000);
  });

  it('base32 keeps the order of bytes of one length and loses nothing', () => {
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        const byBytes = Math.sign(Buffer.compare(a, b));
        const [x, y] = [base32(a), base32(b)];
        assert.equal(x < y ? -1 : x > y ? 1 : 0, byBytes);
      }),
    );
    assert.equal(base32(new Uint8Array()), '');
  });
});

describe('notification id', () => {
  it('is the UUIDv5 of message and key, as another program makes it', () => {
    // Known answers, made with Python's uuid.uuid5 (RFC 9562 §5.5).
    assert.equal(notificationId('msg_x', 'd1'), '96735ca3-d9ea-5a88-8d23-53aa05423dde');
    assert.equal(notificationId('msg_0680', '~hash'), 'd4e5b5a9-61f2-5d93-aef7-8dd4b57d96b5');
    assert.equal(notificationId('msg_ü', 'd é'), '5d8cf90a-f215-53c0-9086-37645ff44404');
  });

  it('is another for another message or key, also where their joined text is the same', () => {
    const ids = [
      notificationId('msg_a', 'bc'),
      notificationId('msg_ab', 'c'),
      notificationId('msg_a', 'bd'),
      notificationId('msg_a', 'BC'),
    ];
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
