import assert from 'node:assert/strict';
import type { DeliveryTerms } from '../../../src/domain/accepted-message.js';
import { type Chunk, freshProgress, MARK, type Progress } from '../../../src/domain/chunk.js';
import type { SendableMessage } from '../../../src/ports/message-store.js';
import { cutWindows, resumeStarted } from '../../../src/usecases/attempt-window.js';
import { ChunkWork } from '../../../src/usecases/chunk-work.js';

const NOW = 1_000_000;
const ATTEMPTS_MAX = 10;

function claimed(targets: number, crashes: number, progress: Progress, terms: Partial<DeliveryTerms> = {}): ChunkWork {
  const message: SendableMessage = {
    id: 'msg_x',
    app: 'shop',
    class: 'marketing',
    terms: { priority: 'high', ttlSeconds: 60, onUncertain: 'resend', track: 'all', ...terms },
    content: { overrides: {} },
    createdAt: NOW,
    expiresAt: NOW + 60_000,
    canceled: false,
  };
  const chunk: Chunk = {
    id: 'msg_x.0',
    message: 'msg_x',
    app: 'shop',
    provider: 'apns',
    step: 0,
    rendering: null,
    targets: Array.from({ length: targets }, (_, i) => ({ key: `d${i}`, user: null })),
    fence: crashes + 1,
    crashes,
    progress,
    effects: [],
  };
  return new ChunkWork(chunk, message, NOW + 10_000);
}

describe('the windows of an attempt', () => {
  it('hold at most 50 targets, small chunks together', () => {
    const works = [
      claimed(120, 0, freshProgress(120)),
      ...Array.from({ length: 30 }, () => claimed(1, 0, freshProgress(1))),
    ];
    const { together, careful } = cutWindows(works, () => 50, NOW);
    assert.deepEqual(
      together.map((window) => window.length),
      [50, 50, 50],
    );
    assert.deepEqual(careful, []);
  });

  it('hold as many as their work has width, apart from those of another', () => {
    const vendor = claimed(60, 0, freshProgress(60));
    const own = Array.from({ length: 3 }, () => claimed(300, 0, freshProgress(300)));
    const killer = claimed(2, 3, freshProgress(2));
    const { together, careful } = cutWindows([vendor, ...own, killer], (work) => (work === vendor ? 50 : 500), NOW);
    assert.deepEqual(
      together.map((window) => window.length),
      [50, 10, 500, 400],
    );
    assert.ok(together.every((window) => new Set(window.map(({ work }) => work === vendor)).size === 1));
    assert.deepEqual(
      careful.map((window) => window.length),
      [1, 1],
      'what kills is found among these as well',
    );
  });

  it('hold one target each once a chunk has crashed its holders three times', () => {
    const { together, careful } = cutWindows(
      [claimed(4, 3, freshProgress(4)), claimed(2, 2, freshProgress(2))],
      () => 50,
      NOW,
    );
    assert.deepEqual([together.length, together[0]?.length], [1, 2]);
    assert.deepEqual(
      careful.map((window) => window.map(({ index }) => index)),
      [[0], [1], [2], [3]],
    );
  });
});

describe('a chunk with a target that kills whoever sends it', () => {
  it('is delivered to all the others; the one is found and ended', () => {
    const targets = 5;
    const killer = 2;
    let progress = freshProgress(targets);
    const sent: number[] = [];
    let crashes = 0;
    for (;;) {
      const work = claimed(targets, crashes, progress);
      resumeStarted(work, ATTEMPTS_MAX, NOW);
      const { together, careful } = cutWindows([work], () => 50, NOW);
      let died = false;
      for (const window of [...together, ...careful]) {
        for (const { index } of window) work.markStarted(index);
        progress = work.snapshot().progress; // durable before any byte leaves
        died = window.some(({ index }) => index === killer);
        if (died) break;
        for (const { index } of window) {
          sent.push(index);
          work.settle(index, { state: 'sent' }, NOW);
        }
        progress = work.snapshot().progress;
      }
      if (!died) {
        progress = work.snapshot().progress;
        break;
      }
      crashes++;
      assert.ok(crashes <= 6, 'it goes on killing');
    }
    assert.equal(crashes, 6);
    assert.deepEqual([...sent].sort(), [0, 1, 3, 4]);
    assert.deepEqual(progress.counts, { sent: 4, failed: 1 });
    assert.deepEqual(progress.reasons, { uncertain: 1 });
  });
});

describe('targets that were under way when a worker died', () => {
  const started = (): Progress => ({ ...freshProgress(2), marks: MARK.started + MARK.settled });

  it('are sent again at once, and the attempt counts', () => {
    const work = claimed(2, 1, started());
    resumeStarted(work, ATTEMPTS_MAX, NOW);
    assert.deepEqual(work.due(NOW), [0]);
    assert.equal(work.trouble(0).tries, 1);
  });

  for (const [what, terms] of [
    ['the caller said drop', { onUncertain: 'drop' }],
    ['the TTL is 0', { ttlSeconds: 0 }],
  ] as const) {
    it(`end as uncertain where ${what}`, () => {
      const work = claimed(2, 1, started(), terms);
      resumeStarted(work, ATTEMPTS_MAX, NOW);
      assert.equal(work.open, 0);
      assert.deepEqual(work.snapshot().progress.reasons, { uncertain: 1 });
    });
  }
});
