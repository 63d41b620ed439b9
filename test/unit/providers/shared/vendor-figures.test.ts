import assert from 'node:assert/strict';
import { collapseNumber, collapseText } from '../../../../providers/shared/collapse-number.js';
import { BEIJING_MIDNIGHT, msUntilNextDay, parseDayStart } from '../../../../providers/shared/vendor-day.js';
import { quotaOption, quotasOf } from '../../../../providers/shared/vendor-options.js';

const HOUR_MS = 3_600_000;

describe('Days as vendors count them', () => {
  const cases: readonly (readonly [string, number, number])[] = [
    ['2026-03-01T15:59:59.999Z', BEIJING_MIDNIGHT, 1],
    ['2026-03-01T16:00:00.000Z', BEIJING_MIDNIGHT, 24 * HOUR_MS],
    ['2026-03-01T16:00:00.001Z', BEIJING_MIDNIGHT, 24 * HOUR_MS - 1],
    ['2026-03-01T00:00:00.000Z', BEIJING_MIDNIGHT, 16 * HOUR_MS],
    ['2026-03-01T23:00:00.000Z', 0, HOUR_MS],
    ['1969-12-31T23:00:00.000Z', 0, HOUR_MS],
  ];
  for (const [at, starts, left] of cases) {
    it(`from ${at} it is ${left} ms until the day of minute ${starts} begins`, () => {
      assert.equal(msUntilNextDay(Date.parse(at), starts), left);
    });
  }

  it('are set by a time of day with its zone', () => {
    assert.equal(parseDayStart('00:00+08:00'), BEIJING_MIDNIGHT);
    assert.equal(parseDayStart('00:00Z'), 0);
    assert.equal(parseDayStart('23:30-05:30'), 300);
    assert.equal(parseDayStart('00:00+00:00'), 0);
    for (const text of ['', '24:00Z', '00:00', '0:00Z', '00:60Z', '00:00+15:00', '00:00+08']) {
      assert.equal(parseDayStart(text), undefined, text);
    }
  });

  it('bound what is known to be bounded', () => {
    const schema = quotaOption({ marketingPerDevice: 2 });
    assert.deepEqual(quotasOf(schema.parse(undefined)), {
      dayStartsMinutes: BEIJING_MIDNIGHT,
      quotas: [{ class: 'marketing', per: 'device', max: 2 }],
      tellAt: [0.8, 1],
    });
    const all = schema.parse({ marketing_per_device: null, marketing_per_day: 0, transactional_per_day: 7 });
    assert.deepEqual(quotasOf(all).quotas, [
      { class: 'marketing', per: 'account', max: 0 },
      { class: 'transactional', per: 'account', max: 7 },
    ]);
    for (const bad of [{ day_starts: 'noon' }, { tell_at: [0] }, { marketing_per_day: -1 }, { other: 1 }]) {
      assert.equal(schema.safeParse(bad).success, false, JSON.stringify(bad));
    }
  });
});

describe('Collapse keys as numbers and short texts', () => {
  const keys = Array.from({ length: 5_000 }, (_, at) => `order.${at}`);

  it('are the same each time, positive, and within 31 bits', () => {
    for (const key of ['', ...keys]) {
      const number = collapseNumber(key);
      assert.ok(Number.isInteger(number) && number >= 1 && number <= 2_147_483_647, key);
      assert.equal(collapseNumber(key), number);
    }
    assert.ok(new Set(keys.map(collapseNumber)).size >= keys.length - 1);
  });

  it('are texts of letters and digits, of the asked length', () => {
    for (const key of keys) assert.match(collapseText(key, 32), /^[A-Za-z0-9]{32}$/);
    assert.equal(new Set(keys.map((key) => collapseText(key, 20))).size, keys.length);
  });
});
