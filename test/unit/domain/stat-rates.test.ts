import assert from 'node:assert/strict';
import type { Platform } from '../../../src/domain/device.js';
import { ratesOf, roadsOf } from '../../../src/domain/stat-rates.js';
import { emptyStats, type StatCounts, type StatRow } from '../../../src/domain/stats.js';

function row(provider: string | null, platform: Platform | null, counts: Partial<StatCounts>): StatRow {
  return { start: 0, class: 'transactional', provider, platform, counts: { ...emptyStats(), ...counts } };
}

const LIVE = row('realtime', 'web', { sent: 10, delivered: 0 });
const SILENT = row('apns', 'ios', { sent: 1_000 });
const OPENED_ALONE = row('fcm', 'android', { sent: 100, delivered: 7, displayed: 7, opened: 7 });
const WHOLE = row('fcm', 'web', { sent: 50, delivered: 40, displayed: 20, opened: 5, converted: 1 });

describe('rates of deliveries', () => {
  it('are never over a road that cannot tell', () => {
    const rows = [LIVE, SILENT, OPENED_ALONE, WHOLE];
    const roads = roadsOf(rows, 'realtime');
    assert.deepEqual(
      roads.map(({ tells }) => tells),
      [['delivered'], [], ['opened'], ['delivered', 'displayed', 'opened', 'converted']],
    );
    assert.deepEqual(ratesOf(rows, roads), {
      delivered: { value: 40 / 60, count: 40, of: 60 },
      displayed: { value: 20 / 50, count: 20, of: 50 },
      opened: { value: 12 / 150, count: 12, of: 150 },
      dismissed: null,
      converted: { value: 1 / 50, count: 1, of: 50 },
    });
  });

  it('are none where nothing was sent, or nobody can tell', () => {
    const none = row(null, null, { failed: 3 });
    for (const rows of [[], [none], [SILENT]]) {
      for (const rate of Object.values(ratesOf(rows, roadsOf(rows, 'realtime')))) assert.equal(rate, null);
    }
  });

  it('judge a road by all that is asked for, not hour by hour', () => {
    const quiet = row('fcm', 'web', { sent: 30 });
    const roads = roadsOf([WHOLE, quiet], 'realtime');
    assert.deepEqual(ratesOf([quiet], roads).opened, { value: 0, count: 0, of: 30 });
  });
});
