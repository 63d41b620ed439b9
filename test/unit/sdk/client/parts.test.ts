import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readClaims, renewAfterMs } from '../../../../sdk/client/src/claims.js';
import { codeOfProblem, verdictOf } from '../../../../sdk/client/src/close-codes.js';
import { createHeartbeat } from '../../../../sdk/client/src/heartbeat.js';
import { createInbox, IDS_MAX } from '../../../../sdk/client/src/inbox.js';
import { createOutbox, OUTBOX_ITEMS_MAX, OUTBOX_WINDOW } from '../../../../sdk/client/src/outbox.js';
import { createEventReader } from '../../../../sdk/client/src/transports/sse.js';
import { scriptedToken } from '../../../support/scripted-realtime.js';

const push = (seq: number, id: string) => ({
  ...({ t: 'push', seq, id, cursor: `c${seq}`, tag: id, show: true, expires_at: '' } as const),
});
const up = (i: number) => ({ t: 'up', topic: 'x', data: { i } }) as const;

describe('claims of an access token', () => {
  it('are read whatever letters they hold, and of nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 2 ** 31 }), (sub, exp) => {
        assert.deepEqual(readClaims(scriptedToken({ sub, exp, device: 'd' })), { sub, exp, device: 'd' });
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => Object.keys(readClaims(`a.${text}.b`)).length >= 0));
    assert.deepEqual(readClaims('opaque'), {});
  });
  it('tell when to renew it: before its end, whatever this clock says', () => {
    assert.equal(renewAfterMs({ iat: 0, exp: 3_600 }, 0), 3_240_000);
    assert.equal(renewAfterMs({ iat: 0, exp: 60 }, 0), 54_000);
    assert.equal(renewAfterMs({ iat: 0, exp: 3_600 }, 10 ** 9), 3_240_000, 'a clock that is days ahead');
    assert.equal(renewAfterMs({}, 0), undefined);
  });
});

describe('close codes', () => {
  it('come back below 4500 and not above, but for those that ask for a change', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4000, max: 4499 }), (code) => ['again', 'new_token'].includes(verdictOf(code))),
    );
    fc.assert(fc.property(fc.integer({ min: 4500, max: 4999 }), (code) => verdictOf(code) !== 'again'));
    assert.deepEqual([4003, 4501, 4502, 4503, 4509, 4511, 4512].map(verdictOf), [
      ...['new_token', 'new_token', 'stop', 'register', 'stop', 'empty', 'register'],
    ]);
  });
  it('stand behind refusals over HTTP', () => {
    assert.equal(codeOfProblem(401, 'token_expired'), 4003);
    assert.equal(codeOfProblem(503, 'whatever'), 4006);
    assert.equal(codeOfProblem(404, undefined), undefined, 'that was not the gateway');
    assert.equal(codeOfProblem(404, 'toString'), undefined);
  });
});

describe('the heartbeat', () => {
  it('stays within its bounds, and below what broke it for a day', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constant('beat'), fc.constant('drop')), { maxLength: 200 }), (steps) => {
        const beat = createHeartbeat(undefined);
        let broke = Number.POSITIVE_INFINITY;
        for (const [at, step] of steps.entries()) {
          const allowed = beat.wishMs;
          if (step === 'beat') beat.beat(allowed, at);
          else {
            beat.dropped(allowed, at);
            broke = allowed;
          }
          assert.ok(beat.wishMs >= 5_000 && beat.wishMs <= 240_000);
          assert.ok(beat.wishMs < broke || beat.wishMs === 5_000);
        }
      }),
    );
  });
  it('forgets after a day what broke it, and remembers over a restart', () => {
    const beat = createHeartbeat({ wishMs: 60_000 });
    beat.dropped(60_000, 0);
    const later = createHeartbeat(beat.saved());
    for (let i = 0; i < 40; i += 1) later.beat(later.wishMs, 1_000);
    assert.equal(later.wishMs, 48_000);
    for (let i = 0; i < 40; i += 1) later.beat(later.wishMs, 25 * 3_600_000);
    assert.equal(later.wishMs, 240_000);
  });
});

describe('the inbox', () => {
  it('moves its cursor behind the messages that are done and before the first that is not, in any order of ends', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(Array.from({ length: 20 }, (_, i) => i + 1)), (ends) => {
        const inbox = createInbox(undefined);
        inbox.begin('c0');
        for (let seq = 1; seq <= 20; seq += 1) assert.equal(inbox.arrive(push(seq, `m${seq}`)), 'new');
        for (const [i, end] of ends.entries()) {
          inbox.end([`m${end}`]);
          const done = new Set(ends.slice(0, i + 1));
          let head = 0;
          while (done.has(head + 1)) head += 1;
          assert.equal(inbox.cursor, `c${head}`);
        }
      }),
    );
  });
  it('knows the last 1,000, and no more', () => {
    const inbox = createInbox(undefined);
    inbox.begin('c0');
    for (let seq = 1; seq <= IDS_MAX + 10; seq += 1) {
      inbox.arrive(push(seq, `m${seq}`));
      inbox.end([`m${seq}`]);
      inbox.kept([`m${seq}`]);
    }
    const later = createInbox(inbox.saved());
    assert.equal(later.saved().ids.length, IDS_MAX);
    later.begin('c0');
    assert.deepEqual([later.arrive(push(1, 'm11')), later.arrive(push(2, 'm10'))], ['known', 'new']);
  });
  it('sees what is missing, what came before, and what is too much', () => {
    const inbox = createInbox(undefined);
    inbox.begin('c0');
    assert.equal(inbox.arrive(push(2, 'b')), 'hole');
    assert.equal(inbox.arrive(push(1, 'a')), 'new');
    assert.equal(inbox.arrive(push(1, 'a')), 'old');
    for (let seq = 2; seq <= 1_000; seq += 1) inbox.arrive(push(seq, `m${seq}`));
    assert.equal(inbox.arrive(push(1_001, 'z')), 'flood');
  });
});

describe('the outbox', () => {
  it('says everything once and in order, whatever is lost on the way', () => {
    const steps = fc.array(fc.constantFrom('add', 'take', 'ok', 'reconnect', 'restart'), { maxLength: 150 });
    fc.assert(
      fc.property(steps, (days) => {
        let outbox = createOutbox(undefined, () => 0.5);
        const safe: number[] = [];
        let wire: { n: number; i: number }[] = [];
        let count = 0;
        const take = () => {
          for (const { n, body } of outbox.take()) wire.push({ n, i: Number(body.t === 'up' ? body.data.i : -1) });
        };
        const hear = () => {
          for (const { n, i } of wire.splice(0)) if (n === safe.length + 1) safe.push(i);
        };
        const reconnect = () => {
          wire = [];
          outbox.begin(safe.length);
          outbox.ok(safe.length);
          take();
        };
        for (const step of [...days, 'reconnect', 'ok', 'take', 'ok', ...Array.from({ length: 8 }, () => 'ok')]) {
          if (step === 'add') {
            assert.equal(outbox.add(`k${count}`, up(count)), 'added');
            outbox.kept(`k${count}`);
            count += 1;
          } else if (step === 'take') take();
          else if (step === 'ok') {
            hear();
            outbox.ok(safe.length);
            take();
          } else {
            if (step === 'restart') outbox = createOutbox(outbox.saved(), () => 0.5);
            reconnect();
          }
        }
        assert.deepEqual(
          safe,
          Array.from({ length: count }, (_, i) => i),
        );
        assert.equal(outbox.size, 0);
      }),
    );
  });
  it('sends nothing before it is kept, and not more than a window', () => {
    const outbox = createOutbox(undefined, Math.random);
    outbox.add('a', up(0));
    outbox.add('b', up(1));
    outbox.kept('b');
    assert.deepEqual(outbox.take(), []);
    outbox.kept('a');
    assert.deepEqual(
      outbox.take().map(({ n }) => n),
      [1, 2],
    );
    for (let i = 0; i < 50; i += 1) {
      outbox.add(`k${i}`, up(i));
      outbox.kept(`k${i}`);
    }
    assert.equal(outbox.take().length, OUTBOX_WINDOW - 2);
  });
  it('is full at its bounds and takes nothing twice, not even what is safe', () => {
    const outbox = createOutbox(undefined, Math.random);
    for (let i = 0; i < OUTBOX_ITEMS_MAX; i += 1) assert.equal(outbox.add(`k${i}`, up(i)), 'added');
    assert.equal(outbox.add('more', up(0)), 'full');
    assert.equal(outbox.add('k7', up(7)), 'known');
    outbox.ok(1_000);
    assert.equal(outbox.add('k999', up(999)), 'known');
    const big = createOutbox(undefined, Math.random);
    let added = 0;
    while (big.add(`k${added}`, { t: 'up', topic: 'x', data: { text: 'x'.repeat(16_000) } }) === 'added') added += 1;
    assert.ok(added > 50 && added < 100, `${added}`);
  });
  it('begins another stream when the gateway knows more of it than this store does', () => {
    const outbox = createOutbox(
      { stream: 'old', n: 2, items: [{ n: 2, key: 'k', body: up(2) }], keys: [] },
      Math.random,
    );
    assert.equal(outbox.begin(9), false);
    assert.notEqual(outbox.stream, 'old');
    assert.equal(outbox.begin(0), true);
    assert.deepEqual(outbox.take(), [{ n: 1, key: 'k', body: up(2) }]);
  });
});

describe('the reader of an event stream', () => {
  it('finds the same events however the stream is cut', () => {
    const line = fc.string().map((text) => text.replace(/[\r\n]/g, ' '));
    const events = fc.array(fc.array(line, { minLength: 1, maxLength: 3 }), { maxLength: 5 });
    fc.assert(
      fc.property(events, fc.constantFrom('\n', '\r\n'), fc.array(fc.nat(40)), (wanted, end, cuts) => {
        const text = wanted
          .map((lines) => [': hi', 'id: 7', ...lines.map((one) => `data: ${one}`), '', ''].join(end))
          .join('');
        const seen: string[] = [];
        const take = createEventReader((data) => seen.push(data));
        let at = 0;
        for (const cut of [...cuts, text.length]) {
          take(text.slice(at, at + cut));
          at += cut;
        }
        assert.deepEqual(
          seen,
          wanted.map((lines) => lines.join('\n')),
        );
      }),
    );
  });
  it('gives up on an event without an end', () => {
    const take = createEventReader(() => {});
    assert.throws(() => take('data: '.padEnd(300_000, 'x')), /too long/);
  });
});
