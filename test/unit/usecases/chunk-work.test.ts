import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Track } from '../../../src/domain/accepted-message.js';
import { type Chunk, freshProgress } from '../../../src/domain/chunk.js';
import type { Attempt, SettledState } from '../../../src/domain/delivery.js';
import type { Reason } from '../../../src/domain/reason.js';
import type { ChunkAdvance } from '../../../src/ports/chunk-store.js';
import type { SendableMessage } from '../../../src/ports/message-store.js';
import { ChunkWork } from '../../../src/usecases/chunk-work.js';

const NOW = 1_000_000;
const STATES = ['sent', 'failed', 'expired', 'suppressed', 'canceled'] as const;
const REASONS: readonly (Reason | undefined)[] = [undefined, 'timeout', 'token_invalid', 'expired'];
const ATTEMPT: Attempt = { provider: 'apns', at: NOW, outcome: 'deferred', reason: 'timeout', ms: 3 };

function message(track: Track): SendableMessage {
  return {
    id: 'msg_x',
    app: 'shop',
    class: 'transactional',
    terms: { priority: 'high', ttlSeconds: 60, onUncertain: 'resend', track },
    content: { overrides: {} },
    createdAt: NOW - 10,
    expiresAt: NOW + 60_000,
    canceled: false,
  };
}

function chunk(targets: number, change: Partial<Chunk> = {}): Chunk {
  return {
    id: 'msg_x.0',
    message: 'msg_x',
    app: 'shop',
    provider: 'apns',
    step: 0,
    rendering: null,
    targets: Array.from({ length: targets }, (_, i) => ({ key: `d${i}`, user: null })),
    fence: 4,
    crashes: 0,
    progress: freshProgress(targets),
    effects: [],
    ...change,
  };
}

type Step =
  | { readonly kind: 'start' | 'unstart' | 'postpone' | 'moveOn'; readonly index: number }
  | { readonly kind: 'settle'; readonly index: number; readonly state: SettledState; readonly reason?: Reason }
  | { readonly kind: 'write' }
  | { readonly kind: 'crash' };

const TARGETS = 6;
const index = fc.nat(TARGETS - 1);
const steps = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constantFrom('start' as const, 'unstart' as const, 'postpone' as const, 'moveOn' as const),
      index,
    }),
    fc
      .record({
        kind: fc.constant('settle' as const),
        index,
        state: fc.constantFrom(...STATES),
        reason: fc.constantFrom(...REASONS),
      })
      .map(({ reason, ...step }): Step => (reason === undefined ? step : { ...step, reason })),
    fc.record({ kind: fc.constantFrom('write' as const, 'crash' as const) }),
  ),
  { maxLength: 60, size: 'max' },
);

describe('work on a chunk', () => {
  it('keeps marks, counts and reasons whole through every order of steps, writes and crashes', () => {
    fc.assert(
      fc.property(steps, (all: readonly Step[]) => {
        let work = new ChunkWork(chunk(TARGETS), message('all'), NOW + 10_000);
        let written = work.snapshot();
        const ended = new Map<number, { state: SettledState; reason: Reason | undefined }>();
        const moved = new Set<number>();
        let durable = new Map(ended);
        let durablyMoved = new Set(moved);
        for (const step of all) {
          switch (step.kind) {
            case 'start':
              if (work.due(Number.MAX_SAFE_INTEGER).includes(step.index)) work.markStarted(step.index);
              break;
            case 'unstart':
              if (work.started().includes(step.index)) work.unstart(step.index, NOW + 5);
              break;
            case 'postpone':
              if (work.started().includes(step.index)) work.postpone(step.index, { tries: 1, dueAt: NOW + 9 }, ATTEMPT);
              break;
            case 'moveOn':
              if (!ended.has(step.index)) moved.add(step.index);
              work.moveOn(step.index, { step: 1 + (step.index % 2), provider: 'fcm' }, ATTEMPT);
              break;
            case 'settle':
              if (moved.has(step.index)) break;
              if (!ended.has(step.index)) ended.set(step.index, { state: step.state, reason: step.reason });
              work.settle(step.index, step, NOW);
              break;
            case 'write':
              written = work.snapshot();
              work.recorded(written);
              durable = new Map(ended);
              durablyMoved = new Set(moved);
              break;
            case 'crash':
              // The next holder begins with what was written.
              work = new ChunkWork(
                chunk(TARGETS, { progress: written.progress, effects: written.effects, fence: work.chunk.fence + 1 }),
                message('all'),
                NOW + 10_000,
              );
              ended.clear();
              moved.clear();
              for (const i of durablyMoved) moved.add(i);
              for (const [i, end] of durable) ended.set(i, end);
              break;
            default:
              step satisfies never;
          }
          assertWhole(work, ended, moved);
        }
      }),
    );
  });

  function assertWhole(
    work: ChunkWork,
    ended: ReadonlyMap<number, { state: SettledState; reason?: Reason | undefined }>,
    moved: ReadonlySet<number>,
  ) {
    const { progress } = work.snapshot();
    assert.equal(progress.marks.length, TARGETS);
    for (let i = 0; i < TARGETS; i++) assert.equal(progress.marks[i] === 'x', ended.has(i));
    for (let i = 0; i < TARGETS; i++) assert.equal(progress.marks[i] === 'm', moved.has(i));
    const steps = work.effects.flatMap((effect) => (effect.kind === 'step' ? [effect] : []));
    const owed = steps.flatMap(({ targets }) => targets.map(({ key }) => key));
    assert.deepEqual(owed.sort(), [...moved].map((i) => `d${i}`).sort(), 'each is owed its next chunk, once');
    assert.equal(new Set(steps.map((effect) => effect.chunk)).size, steps.length, 'one id, one group');
    assert.equal(work.open, TARGETS - ended.size - moved.size);
    const waiting = work.due(Number.MAX_SAFE_INTEGER).length;
    assert.equal(waiting + work.started().length + ended.size + moved.size, TARGETS);
    for (const state of STATES) {
      const expected = [...ended.values()].filter((end) => end.state === state).length;
      assert.equal(progress.counts[state] ?? 0, expected);
    }
    const reasons = Object.values(progress.reasons).reduce((sum, n) => sum + n, 0);
    assert.equal(reasons, [...ended.values()].filter(({ reason }) => reason !== undefined).length);
    for (const i of Object.keys(progress.troubles)) assert.ok(!ended.has(Number(i)), 'no trouble outlives its end');
  }

  it('carries along who moved on, with all attempts, under an id that only this fence and company give', () => {
    const moving = (fence: number) => {
      const work = new ChunkWork(chunk(3, { fence }), message('all'), NOW);
      work.markStarted(0);
      work.postpone(0, { tries: 1, dueAt: NOW }, ATTEMPT);
      work.moveOn(0, { step: 2, provider: 'fcm' }, ATTEMPT);
      work.moveOn(1, { step: 1, provider: 'web' });
      work.moveOn(2, { step: 2, provider: 'fcm' }, ATTEMPT);
      work.moveOn(0, { step: 1, provider: 'web' });
      return work;
    };
    const work = moving(4);
    const { effects, deliveries, progress } = work.snapshot();
    assert.deepEqual(
      effects.map((effect) => effect.kind === 'step' && [effect.step, effect.provider, effect.targets]),
      [
        [
          2,
          'fcm',
          [
            { key: 'd0', user: null, attempts: [ATTEMPT, ATTEMPT] },
            { key: 'd2', user: null, attempts: [ATTEMPT] },
          ],
        ],
        [1, 'web', [{ key: 'd1', user: null, attempts: [] }]],
      ],
    );
    assert.deepEqual(
      deliveries.map(({ key, state, provider, nextAttemptAt }) => [key, state, provider, nextAttemptAt]),
      [
        ['d0', 'queued', 'fcm', undefined],
        ['d1', 'queued', 'web', undefined],
        ['d2', 'queued', 'fcm', undefined],
      ],
    );
    assert.deepEqual([progress.marks, progress.counts, progress.troubles, work.open], ['mmm', {}, {}, 0]);
    assert.deepEqual(work.ends(), [], 'nothing has ended');
    assert.deepEqual(moving(4).effects, effects, 'the same again');
    const ids = (of: ChunkWork) => of.effects.map((effect) => effect.kind === 'step' && effect.chunk);
    assert.ok(!ids(moving(5)).some((id) => ids(work).includes(id)));
  });

  it('settles a target once: later words on it change nothing', () => {
    const work = new ChunkWork(chunk(2), message('all'), NOW);
    work.settle(0, { state: 'sent' }, NOW);
    work.settle(0, { state: 'failed', reason: 'timeout' }, NOW + 1);
    const { progress, deliveries } = work.snapshot();
    assert.deepEqual([progress.counts, progress.reasons], [{ sent: 1 }, {}]);
    assert.deepEqual(
      deliveries.map(({ state, settledAt, sentAt }) => [state, settledAt, sentAt]),
      [['sent', NOW, NOW]],
    );
    assert.deepEqual(work.ends(), [{ state: 'sent', reason: undefined, count: 1 }]);
  });

  it('notes of one that the device has when it was handed over and when the device said so', () => {
    const work = new ChunkWork(chunk(2), message('all'), NOW);
    work.settle(0, { state: 'delivered', sentAt: NOW - 70 }, NOW, ATTEMPT);
    const { progress, deliveries } = work.snapshot();
    assert.deepEqual(progress.counts, { delivered: 1 });
    assert.deepEqual(
      deliveries.map(({ state, sentAt, deliveredAt, settledAt }) => [state, sentAt, deliveredAt, settledAt]),
      [['delivered', NOW - 70, NOW, NOW]],
    );
    assert.deepEqual(work.ends(), [{ state: 'delivered', reason: undefined, count: 1 }]);
  });

  it('is due when its time has come, and keeps what was tried', () => {
    const work = new ChunkWork(chunk(2), message('all'), NOW);
    for (let n = 1; n <= 25; n++) {
      work.markStarted(0);
      work.postpone(0, { tries: n, dueAt: NOW + n }, { ...ATTEMPT, at: n });
    }
    assert.deepEqual([work.due(NOW), work.due(NOW + 24), work.due(NOW + 25)], [[1], [1], [0, 1]]);
    const { attempts, tries } = work.trouble(0);
    assert.equal(tries, 25);
    assert.deepEqual([attempts.length, attempts[0]?.at, attempts.at(-1)?.at], [20, 6, 25]);
    const [waiting] = work.snapshot().deliveries;
    assert.deepEqual([waiting?.state, waiting?.nextAttemptAt], ['queued', NOW + 25]);
  });

  it('writes deliveries as the message tracks them', () => {
    const told = (track: Track) => {
      const work = new ChunkWork(chunk(4), message(track), NOW);
      work.settle(0, { state: 'sent' }, NOW);
      work.settle(1, { state: 'failed', reason: 'timeout' }, NOW);
      work.markStarted(2);
      work.postpone(2, { tries: 1, dueAt: NOW + 1 }, ATTEMPT);
      const { deliveries, unkept } = work.snapshot();
      return [deliveries, unkept].map((list) => list.map(({ key, state }) => `${key} ${state}`));
    };
    assert.deepEqual(told('all'), [['d0 sent', 'd1 failed', 'd2 queued'], []]);
    assert.deepEqual(told('failures'), [['d1 failed'], ['d0 sent']]);
    assert.deepEqual(told('none'), [[], ['d0 sent', 'd1 failed']]);
  });

  it('forgets a delivery once it is recorded, but not a newer word that came meanwhile', () => {
    const work = new ChunkWork(chunk(3), message('all'), NOW);
    work.settle(0, { state: 'sent' }, NOW);
    work.markStarted(1);
    work.postpone(1, { tries: 1, dueAt: NOW + 1 }, ATTEMPT);
    const snapshot = work.snapshot();
    work.markStarted(1);
    work.settle(1, { state: 'sent' }, NOW + 2, ATTEMPT);
    work.recorded(snapshot);
    assert.deepEqual(
      work.snapshot().deliveries.map(({ key, state, attempts }) => [key, state, attempts.length]),
      [['d1', 'sent', 2]],
    );
    work.recorded(work.snapshot());
    assert.deepEqual(work.snapshot().deliveries, []);
    assert.equal(work.snapshot().progress.counts.sent, 2, 'counts are always whole');
  });

  it('tells what is not kept once, too', () => {
    const work = new ChunkWork(chunk(2), message('none'), NOW);
    work.settle(0, { state: 'sent' }, NOW);
    const snapshot = work.snapshot();
    work.settle(1, { state: 'sent' }, NOW);
    work.recorded(snapshot);
    assert.deepEqual(
      work.snapshot().unkept.map(({ key }) => key),
      ['d1'],
    );
  });

  it('takes snapshots that later steps do not change', () => {
    const work = new ChunkWork(chunk(2), message('all'), NOW);
    work.owe({ kind: 'strike', provider: 'apns', tokenHash: 'h', at: NOW });
    const before = work.snapshot();
    const kept: ChunkAdvance = structuredClone(before);
    work.settle(0, { state: 'sent' }, NOW);
    work.owe({ kind: 'strike', provider: 'apns', tokenHash: 'h2', at: NOW });
    work.hold(NOW + 99);
    assert.deepEqual(before, kept);
  });

  it('lets go for when the first of the waiting is due, or as done', () => {
    const next = (prepare: (work: ChunkWork) => void) => {
      const work = new ChunkWork(chunk(2), message('all'), NOW + 10);
      prepare(work);
      work.letGo(NOW, true);
      work.hold(NOW + 5_000);
      assert.equal(work.leaseUntil, 0, 'what was let go is not held again');
      return work.snapshot().next;
    };
    const postpone = (work: ChunkWork, i: number, dueAt: number) => {
      work.markStarted(i);
      work.postpone(i, { tries: 1, dueAt }, ATTEMPT);
    };
    assert.deepEqual(
      next(() => undefined),
      { kind: 'release', dueAt: NOW, blocked: true },
    );
    assert.deepEqual(
      next((work) => {
        postpone(work, 0, NOW + 70);
        postpone(work, 1, NOW + 60);
      }),
      { kind: 'release', dueAt: NOW + 60, blocked: true },
    );
    assert.deepEqual(
      next((work) => {
        work.settle(0, { state: 'sent' }, NOW);
        postpone(work, 1, NOW - 60);
      }),
      { kind: 'release', dueAt: NOW, blocked: true },
    );
    assert.deepEqual(
      next((work) => {
        for (const i of [0, 1]) work.settle(i, { state: 'sent' }, NOW);
      }),
      { kind: 'done' },
    );
  });

  it('holds on to its lease until it lets go, and writes under the fence it was claimed with', () => {
    const work = new ChunkWork(chunk(1), message('all'), NOW + 10);
    assert.equal(work.leaseUntil, NOW + 10);
    work.hold(NOW + 20);
    const snapshot = work.snapshot();
    assert.deepEqual(
      [snapshot.id, snapshot.fence, snapshot.next],
      ['msg_x.0', 4, { kind: 'hold', leaseUntil: NOW + 20 }],
    );
  });

  it('goes on from the effects that are still owed', () => {
    const owed = { kind: 'retire', provider: 'apns', tokenHash: 'h', at: NOW } as const;
    const work = new ChunkWork(chunk(1, { effects: [owed] }), message('all'), NOW);
    work.owe({ ...owed, tokenHash: 'h2' });
    assert.deepEqual(work.snapshot().effects, [owed, { ...owed, tokenHash: 'h2' }]);
  });
});
