import assert from 'node:assert/strict';
import { countSegments } from '../../../../providers/http/segments.js';

describe('Parts of a short message', () => {
  const cases: readonly (readonly [string, string, 'GSM-7' | 'UCS-2', number, number])[] = [
    ['an empty text', '', 'GSM-7', 0, 0],
    ['one part of the alphabet', 'a'.repeat(160), 'GSM-7', 160, 1],
    ['one more', 'a'.repeat(161), 'GSM-7', 161, 2],
    ['two full parts', 'a'.repeat(306), 'GSM-7', 306, 2],
    ['and one more', 'a'.repeat(307), 'GSM-7', 307, 3],
    ['letters of the alphabet that are not ASCII', 'Grüße £5 ñ Ω', 'GSM-7', 12, 1],
    ['letters that take an escape', '€'.repeat(80), 'GSM-7', 160, 1],
    ['one more of them', '€'.repeat(81), 'GSM-7', 162, 2],
    ['an escape that is not torn from its letter', `${'a'.repeat(152)}€${'a'.repeat(152)}`, 'GSM-7', 306, 3],
    ['a backquote, which the alphabet has not', '`', 'UCS-2', 1, 1],
    ['a cedilla, of which the alphabet has the capital only', 'ç', 'UCS-2', 1, 1],
    ['Chinese', '好'.repeat(70), 'UCS-2', 70, 1],
    ['one more character', '好'.repeat(71), 'UCS-2', 71, 2],
    ['three parts', '好'.repeat(135), 'UCS-2', 135, 3],
    ['a bell, which takes two units', '🔔'.repeat(35), 'UCS-2', 70, 1],
    ['a bell that is not torn', '🔔'.repeat(36), 'UCS-2', 72, 2],
    ['bells in parts of 66', '🔔'.repeat(67), 'UCS-2', 134, 3],
  ];
  for (const [name, text, encoding, units, count] of cases) {
    it(`${name}: ${encoding}, ${units} units, ${count} parts`, () => {
      assert.deepEqual(countSegments(text), { encoding, units, count });
    });
  }
});
