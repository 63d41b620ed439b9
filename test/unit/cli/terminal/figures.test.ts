import assert from 'node:assert/strict';
import { showCounted, showDuration, showTime } from '../../../../src/cli/terminal/figures.js';

describe('figures', () => {
  it('tell durations in the two units that matter', () => {
    const shown: readonly (readonly [number, string])[] = [
      [0, '0 ms'],
      [41.4, '41 ms'],
      [999.4, '999 ms'],
      [999.6, '1.0 s'],
      [2_149, '2.1 s'],
      [10_400, '10 s'],
      [59_600, '1 min'],
      [200_000, '3 min 20 s'],
      [7_500_000, '2 h 5 min'],
      [7_200_000, '2 h'],
      [356_400_000, '4 d 3 h'],
      [-5, '0 ms'],
    ];
    for (const [ms, text] of shown) assert.equal(showDuration(ms), text, String(ms));
  });

  it('count with the right noun', () => {
    assert.equal(showCounted(1, 'device'), '1 device');
    assert.equal(showCounted(0, 'device'), '0 devices');
    assert.equal(showCounted(2_000, 'device'), '2,000 devices');
  });

  it('tell times in the zone of the reader, and give back what is no time', () => {
    const time = new Date(2026, 10, 21, 9, 2, 7).toISOString();
    assert.equal(showTime(time), '2026-11-21 09:02:07');
    assert.equal(showTime('soon'), 'soon');
  });
});
