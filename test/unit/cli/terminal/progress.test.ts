import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { createProgress } from '../../../../src/cli/terminal/progress.js';

function watch(isTTY: boolean) {
  const output = Object.assign(new PassThrough(), { isTTY });
  let now = 0;
  const progress = createProgress(
    output,
    (_look, text) => text,
    () => now,
  );
  return {
    progress,
    shown: () => String(output.read() ?? ''),
    later: (ms: number) => {
      now += ms;
    },
  };
}

describe('a progress bar', () => {
  it('is drawn on a terminal, at most ten times a second, and always when it is full', () => {
    const { progress, shown, later } = watch(true);
    progress.show(0, 200);
    assert.equal(shown(), `\r\x1b[K${'░'.repeat(30)}   0 % 0 of 200`);
    later(50);
    progress.show(50, 200);
    assert.equal(shown(), '');
    later(50);
    progress.show(100, 200, '2 failed');
    assert.equal(shown(), `\r\x1b[K${'█'.repeat(15)}${'░'.repeat(15)}  50 % 100 of 200  2 failed`);
    progress.show(200, 200);
    assert.equal(shown(), `\r\x1b[K${'█'.repeat(30)} 100 % 200 of 200`);
    progress.clear();
    progress.clear();
    assert.equal(shown(), '\r\x1b[K');
  });

  it('counts where nobody knows the end', () => {
    const { progress, shown } = watch(true);
    progress.show(1_200, undefined, 'sent');
    assert.equal(shown(), '\r\x1b[K1,200  sent');
  });

  it('writes nothing where nobody looks', () => {
    const { progress, shown } = watch(false);
    progress.show(1, 2);
    progress.clear();
    assert.equal(shown(), '');
  });
});
