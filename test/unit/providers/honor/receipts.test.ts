import assert from 'node:assert/strict';
import type { CallbackReading } from '../../../../providers/contract.js';
import { honorKind } from '../../../../providers/honor/kind.js';

const NOW = 1_800_000_000_000;
const TOKEN = 'honor-token-1';
const CREDENTIALS = { app_id: '1', client_id: '2', client_secret: 's' };

function read(body: unknown, settings: Readonly<Record<string, unknown>> = {}): CallbackReading {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const options = honorKind.options.parse({ ...CREDENTIALS, ...settings });
  return honorKind.readReceipts({ headers: {}, query: '', body: Buffer.from(text), receivedAt: NOW }, options);
}

const status = (code: unknown, more: object = {}) => ({
  statuses: [{ token: TOKEN, biTag: 'msg_1', status: code, timestamp: NOW, requestId: '1', ...more }],
});

describe('receipts of Honor', () => {
  for (const [code, state, reason, notice] of [
    [1, 'delivered', undefined, undefined],
    [2, 'delivered', undefined, undefined],
    ['2', 'delivered', undefined, undefined],
    [3, 'failed', 'token_invalid', 'unregistered'],
    [4, 'failed', 'token_invalid', 'unregistered'],
    [6, undefined, undefined, 'notifications'],
    [8, 'failed', 'payload_rejected', undefined],
    [9, 'failed', 'quota_exceeded', undefined],
    ...[0, 5, 11, 13, 14, 15, 99, null, 'x y'].map((code) => [code, undefined, undefined, undefined] as const),
  ] as const) {
    it(`status ${JSON.stringify(code)} is ${state ?? 'no receipt'}, ${notice ?? 'no notice'}`, () => {
      const reading = read(status(code));
      assert.ok(reading.kind === 'receipts');
      const [receipt] = reading.receipts;
      assert.deepEqual([receipt?.state, receipt?.reason, reading.notices?.[0]?.kind], [state, reason, notice]);
      if (receipt !== undefined) assert.deepEqual(receipt.target, { message: 'msg_1', pushToken: TOKEN });
    });
  }

  it('mean what the app’s file says they do', () => {
    const reading = read(status(5), { receipt_codes: { 5: 'notifications_off' }, receipt_answer: 'ok' });
    assert.ok(reading.kind === 'receipts');
    assert.deepEqual(reading.notices, [{ kind: 'notifications', state: 'off', pushToken: TOKEN, at: NOW }]);
    assert.equal(reading.answer.body, 'ok');
  });

  it('have the vendor’s time where it is one', () => {
    for (const [timestamp, at] of [
      [NOW, NOW],
      [String(NOW), NOW],
      [7, undefined],
      ['soon', undefined],
    ]) {
      const reading = read(status(2, { timestamp }));
      assert.ok(reading.kind === 'receipts');
      assert.equal(reading.receipts[0]?.at, at);
    }
  });

  it('without a message or an address say what they can', () => {
    const unnamed = read(status(3, { biTag: undefined }));
    assert.ok(unnamed.kind === 'receipts');
    assert.deepEqual([unnamed.receipts.length, unnamed.notices?.length], [0, 1]);
    for (const token of [undefined, 7, '', 'a b']) {
      const reading = read(status(3, { token }));
      assert.ok(reading.kind === 'receipts');
      assert.deepEqual([reading.receipts, reading.notices], [[], undefined]);
    }
  });

  it('among entries that are none are read', () => {
    const [good] = status(2).statuses;
    const reading = read({ statuses: [null, good, 'x', 7] });
    assert.ok(reading.kind === 'receipts');
    assert.equal(reading.receipts.length, 1);
  });

  it('of no form that is known are unreadable', () => {
    for (const body of ['', '[]', 'null', '{"statuses":{}}', '{"statuses":["x"]}', '<html>']) {
      assert.equal(read(body).kind, 'unreadable', body);
    }
    const many = { statuses: Array.from({ length: 20_001 }, () => status(2).statuses[0]) };
    assert.equal(read(many).kind, 'unreadable');
    assert.equal(read({ statuses: many.statuses.slice(1) }).kind, 'receipts');
  });
});
