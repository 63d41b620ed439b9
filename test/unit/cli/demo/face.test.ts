import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { columns, createFace } from '../../../../src/cli/demo/face.js';

function watch(isTTY: boolean, env: Readonly<Record<string, string>> = {}) {
  const stdout = Object.assign(new PassThrough(), { isTTY });
  return { face: createFace(stdout, env), shown: () => String(stdout.read() ?? '') };
}

describe('face of the demo', () => {
  it('writes plain lines where nobody looks: no colours, no moving figures, every note', () => {
    const { face, shown } = watch(false);
    face.progress('arrived 1');
    face.note('making it');
    face.say(face.paint('green', 'done'));
    assert.equal(shown(), '  making it\ndone\n');
  });

  it('replaces notes and figures on a terminal', () => {
    const { face, shown } = watch(true, { NO_COLOR: '1' });
    face.note('making it');
    face.progress('arrived 1');
    face.say('done');
    assert.equal(shown(), '\r\x1b[K  making it\r\x1b[K  arrived 1\r\x1b[Kdone\n');
  });

  it('colours on a terminal, and not where NO_COLOR is set', () => {
    assert.equal(watch(true).face.paint('red', 'lost'), '\x1b[31mlost\x1b[39m');
    assert.equal(watch(true, { NO_COLOR: '' }).face.paint('red', 'lost'), '\x1b[31mlost\x1b[39m');
    assert.equal(watch(true, { NO_COLOR: '1' }).face.paint('red', 'lost'), 'lost');
  });

  it('aligns columns, the last one ragged', () => {
    assert.deepEqual(
      columns([
        ['a', 'bb', 'c'],
        ['aaa', 'b', 'ccc'],
      ]),
      ['a    bb  c', 'aaa  b   ccc'],
    );
  });
});
