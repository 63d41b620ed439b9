import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type FaultKind,
  type Happening,
  judgeRealtime,
  type RealtimeVerdict,
  type Wanted,
} from '../../support/realtime-checker.js';

interface History {
  readonly wanted: readonly Wanted[];
  readonly happenings: readonly Happening[];
}

const DEVICES = ['a', 'b', 'c'];

/** A history without a fault: messages that overlap in time or do not, in two streams, to devices of one user each. */
const rightHistory: fc.Arbitrary<History> = fc
  .array(fc.record({ took: fc.integer({ min: 0, max: 3 }), log: fc.boolean(), known: fc.boolean() }), {
    minLength: 4,
    maxLength: 40,
  })
  .map((sends) => {
    const wanted = sends.flatMap(({ took, log, known }, n) =>
      DEVICES.map((device): Wanted => {
        const times = { begunAt: n, ...(known ? { putAt: n + took } : {}) };
        return { message: `m${n}`, device, user: `user-${device}`, stream: log ? 'log' : 'mailbox', ...times };
      }),
    );
    return { wanted, happenings: wanted.map(handedOf) };
  });

function handedOf({ device, user, message }: Wanted): Happening {
  return { kind: 'handed', device, user, message };
}

/** A right history of which the n-th happening was spoiled. */
function spoiled(
  n: number,
  spoil: (history: Happening[], at: number, one: Happening & { kind: 'handed' }) => void,
  { wanted, happenings }: History,
): RealtimeVerdict {
  const history = [...happenings];
  const at = n % history.length;
  const one = history[at];
  assert.ok(one?.kind === 'handed');
  spoil(history, at, one);
  return judgeRealtime(wanted, history);
}

const kindsOf = ({ faults }: RealtimeVerdict) => [...new Set(faults.map(({ kind }) => kind))];

function findsEvery(kind: FaultKind, spoil: Parameters<typeof spoiled>[1]): void {
  fc.assert(
    fc.property(rightHistory, fc.nat(), (history, n) => {
      assert.deepEqual(kindsOf(spoiled(n, spoil, history)), [kind]);
    }),
  );
}

describe('the checker of realtime histories', () => {
  it('finds nothing wrong with a history in which everything was handed once and in order', () => {
    fc.assert(
      fc.property(rightHistory, ({ wanted, happenings }) => {
        const verdict = judgeRealtime(wanted, happenings);
        assert.deepEqual(verdict, { wanted: wanted.length, handed: wanted.length, announced: 0, faults: [] });
      }),
    );
  });

  it('finds a message that was dropped', () => {
    findsEvery('lost_in_silence', (history, at) => void history.splice(at, 1));
  });

  it('takes a loss that is announced as no fault, and counts it', () => {
    fc.assert(
      fc.property(rightHistory, fc.nat(), (history, n) => {
        const verdict = spoiled(
          n,
          (list, at, { device }) => void list.splice(at, 1, { kind: 'gap', device, count: 1, reason: 'mailbox_full' }),
          history,
        );
        assert.deepEqual([verdict.announced, verdict.faults], [1, []]);
      }),
    );
  });

  it('finds the second loss where a gap announces one only', () => {
    const wanted = ['m1', 'm2'].map(
      (message, n): Wanted => ({ message, device: 'a', user: 'u', stream: 'mailbox', begunAt: n }),
    );
    const verdict = judgeRealtime(wanted, [{ kind: 'gap', device: 'a', count: 1, reason: 'mailbox_full' }]);
    assert.deepEqual([kindsOf(verdict), verdict.faults.length], [['lost_in_silence'], 1]);
  });

  it('takes the gap of another device for no excuse', () => {
    findsEvery('lost_in_silence', (history, at, { device }) => {
      history.splice(at, 1);
      const other = DEVICES.find((name) => name !== device) ?? '';
      history.push({ kind: 'gap', device: other, count: 0, reason: 'mailbox_reset' });
    });
  });

  it('finds a gap that tells of nothing', () => {
    findsEvery('gap_of_nothing', (history, _at, { device }) => {
      history.push({ kind: 'gap', device, count: 1, reason: 'mailbox_full' });
    });
  });

  it('finds a message that was handed over twice', () => {
    findsEvery('handed_twice', (history, _at, one) => void history.push(one));
  });

  it('finds a message that was shown to somebody else', () => {
    findsEvery('wrong_user', (history, at, one) => void history.splice(at, 1, { ...one, user: 'somebody else' }));
  });

  it('finds a message on a device that it was not for', () => {
    findsEvery('not_wanted', (history, _at, one) => void history.push({ ...one, message: 'another' }));
  });

  it('finds two that were swapped where one was there before the other was begun', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 20 }), fc.nat(), (count, n) => {
        const wanted = Array.from(
          { length: count },
          (_, at): Wanted => ({
            message: `m${at}`,
            device: 'a',
            user: null,
            stream: 'mailbox',
            begunAt: 2 * at,
            putAt: 2 * at + 1,
          }),
        );
        const happenings = wanted.map(handedOf);
        const at = n % (count - 1);
        happenings.splice(at, 2, ...happenings.slice(at, at + 2).reverse());
        assert.deepEqual(kindsOf(judgeRealtime(wanted, happenings)), ['out_of_order']);
      }),
    );
  });

  it('asks for no order between messages under way at the same time, nor between mailbox and log', () => {
    const at = (message: string, stream: Wanted['stream'], begunAt: number, putAt: number): Wanted => ({
      message,
      device: 'a',
      user: null,
      stream,
      begunAt,
      putAt,
    });
    const together = [at('m1', 'mailbox', 0, 5), at('m2', 'mailbox', 3, 6)];
    assert.deepEqual(judgeRealtime(together, together.map(handedOf).reverse()).faults, []);
    const apart = [at('m1', 'mailbox', 0, 1), at('m2', 'log', 2, 3)];
    assert.deepEqual(judgeRealtime(apart, apart.map(handedOf).reverse()).faults, []);
  });
});
