import assert from 'node:assert/strict';
import type { LedgerEntry } from '../../../providers/simulation.js';
import { Ledger } from '../../../src/simulators/ledger.js';

function entry(changes: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    provider: 'apns',
    token: 'a1',
    id: 'id-1',
    headers: { 'apns-topic': 'com.example.shop' },
    payloadJson: '{"aps":{"alert":"höre"}}',
    answer: { status: 200, reason: null },
    accepted: true,
    at: 7,
    ...changes,
  };
}

function linesOf(ledger: Ledger): { readonly id: string; readonly payload: unknown }[] {
  const text = Buffer.concat(ledger.chunks()).toString('utf8');
  assert.ok(text === '' || text.endsWith('\n'));
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

describe('ledger', () => {
  it('keeps each request as one line of JSON, in the order in which they came', () => {
    const ledger = new Ledger();
    ledger.write(entry());
    ledger.write(entry({ id: 'id-2', token: null, payloadJson: null, answer: { status: null, reason: 'stall' } }));
    const [first, second] = linesOf(ledger);
    assert.deepEqual(first, {
      provider: 'apns',
      token: 'a1',
      id: 'id-1',
      headers: { 'apns-topic': 'com.example.shop' },
      payload: { aps: { alert: 'höre' } },
      answer: { status: 200, reason: null },
      accepted: true,
      at: 7,
    });
    assert.equal(second?.id, 'id-2');
    assert.equal(second.payload, null);
  });

  it('puts a payload that was laid out over several lines on one', () => {
    const ledger = new Ledger();
    ledger.write(entry({ payloadJson: '{\r\n  "aps": {}\n}' }));
    assert.deepEqual(
      linesOf(ledger).map(({ payload }) => payload),
      [{ aps: {} }],
    );
  });

  it('counts answers per provider, and acceptances once per id and token', () => {
    const ledger = new Ledger();
    ledger.write(entry());
    ledger.write(entry());
    ledger.write(entry({ token: 'b2' }));
    ledger.write(entry({ accepted: false, answer: { status: 410, reason: 'Unregistered' } }));
    ledger.write(entry({ accepted: false, answer: { status: null, reason: 'stall' } }));
    ledger.write(entry({ provider: 'fcm', accepted: false, answer: { status: 502, reason: null } }));
    assert.deepEqual(ledger.summary(), {
      lines: 6,
      dropped_lines: 0,
      accepted: { total: 3, distinct: 2, repeated: 1 },
      providers: { apns: { '200': 3, '410 Unregistered': 1, stall: 1 }, fcm: { '502': 1 } },
    });
  });

  it('forgets everything when cleared', () => {
    const ledger = new Ledger();
    ledger.write(entry());
    ledger.clear();
    assert.deepEqual(ledger.chunks(), []);
    assert.deepEqual(ledger.summary(), {
      lines: 0,
      dropped_lines: 0,
      accepted: { total: 0, distinct: 0, repeated: 0 },
      providers: {},
    });
    ledger.write(entry());
    assert.equal(ledger.summary().accepted.distinct, 1);
  });

  it('does not show later lines in what was taken before', () => {
    const ledger = new Ledger();
    ledger.write(entry());
    const before = ledger.chunks();
    const bytes = Buffer.concat(before).length;
    ledger.write(entry({ id: 'id-2' }));
    assert.equal(Buffer.concat(before).length, bytes);
  });

  it('forgets its oldest lines when full, says so, and keeps counting', () => {
    const ledger = new Ledger({ bytesMax: 3_000_000 });
    const payloadJson = JSON.stringify('x'.repeat(4000));
    for (let i = 0; i < 2000; i += 1) ledger.write(entry({ id: `id-${i}`, payloadJson }));
    const lines = linesOf(ledger);
    const { lines: written, dropped_lines: dropped, accepted } = ledger.summary();
    assert.equal(written, 2000);
    assert.ok(dropped > 0);
    assert.equal(lines.length, 2000 - dropped);
    assert.equal(lines[0]?.id, `id-${dropped}`);
    assert.equal(lines.at(-1)?.id, 'id-1999');
    assert.equal(accepted.distinct, 2000);
  });

  it('gives only what came after so many lines, also when the oldest are forgotten', () => {
    const ledger = new Ledger({ bytesMax: 3_000_000 });
    const payloadJson = JSON.stringify('x'.repeat(4000));
    const idsAfter = (after: number) =>
      Buffer.concat(ledger.chunks(after))
        .toString('utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line).id);
    assert.deepEqual(idsAfter(0), []);
    for (let i = 0; i < 400; i += 1) ledger.write(entry({ id: `id-${i}`, payloadJson }));
    assert.deepEqual(idsAfter(398), ['id-398', 'id-399']);
    assert.deepEqual(idsAfter(200)[0], 'id-200');
    assert.deepEqual(idsAfter(400), []);
    for (let i = 400; i < 2000; i += 1) ledger.write(entry({ id: `id-${i}`, payloadJson }));
    const { dropped_lines: dropped } = ledger.summary();
    assert.ok(dropped > 0);
    assert.deepEqual(idsAfter(0).length, 2000 - dropped);
    assert.deepEqual(idsAfter(1_900)[0], 'id-1900');
    assert.deepEqual(idsAfter(5_000), []);
  });

  it('keeps a line that is longer than a slab', () => {
    const ledger = new Ledger();
    ledger.write(entry({ payloadJson: JSON.stringify('é'.repeat(2_000_000)) }));
    ledger.write(entry({ id: 'id-2' }));
    assert.deepEqual(
      linesOf(ledger).map(({ id }) => id),
      ['id-1', 'id-2'],
    );
  });

  it('keeps the number of acceptances when it forgets which they were', () => {
    const ledger = new Ledger({ distinctMax: 2 });
    for (const id of ['1', '2', '2', '3', '4', '4']) ledger.write(entry({ id }));
    assert.deepEqual(ledger.summary().accepted, { total: 6, distinct: 5, repeated: 1 });
    ledger.clear();
    assert.deepEqual(ledger.summary().accepted, { total: 0, distinct: 0, repeated: 0 });
  });
});
