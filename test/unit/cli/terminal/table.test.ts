import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { createPaint } from '../../../../src/cli/terminal/paint.js';
import { facts, plain, table } from '../../../../src/cli/terminal/table.js';

const paint = createPaint(Object.assign(new PassThrough(), { isTTY: true }), {});

describe('a table', () => {
  it('stands in columns, figures on the right, and has no blanks at the ends of its lines', () => {
    const text = table(
      ['device', { name: 'tries', align: 'right' }, 'reason'],
      [
        ['phone-1', '1', ''],
        ['tv', '12', 'token_invalid'],
      ],
    );
    assert.equal(text, 'device   tries  reason\nphone-1      1\ntv          12  token_invalid\n');
  });

  it('counts what is seen: colours take no room, wide characters take two cells', () => {
    const text = table(
      ['a', 'b'],
      [
        [paint('red', 'x'), '1'],
        ['订单', '2'],
        ['👍', '3'],
        ['é', '4'],
      ],
    );
    assert.equal(text, `a     b\n${paint('red', 'x')}     1\n订单  2\n👍    3\né     4\n`);
  });

  it('is only its headings where there are no rows', () => {
    assert.equal(table(['a', 'b'], []), 'a  b\n');
  });

  it('of facts leaves out what is not known', () => {
    const text = facts(
      [
        ['user', 'alice'],
        ['locale', undefined],
        ['created', 'today'],
      ],
      (_look, word) => word,
    );
    assert.equal(text, 'user     alice\ncreated  today\n');
  });

  it('lets no text from elsewhere move the cursor, break the line or turn it around', () => {
    assert.equal(plain('a\x1b[2Jb\r\nc\u0000d\u202ee\u0085f'), 'ab c d e f');
    assert.equal(plain('订单 é 👍'), '订单 é 👍');
  });
});
