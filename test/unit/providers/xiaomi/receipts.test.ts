import assert from 'node:assert/strict';
import type { CallbackReading } from '../../../../providers/contract.js';
import { readReceipts } from '../../../../providers/xiaomi/receipts.js';

function read(body: string | Uint8Array): CallbackReading {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return readReceipts({ headers: {}, query: '', body: bytes, receivedAt: 1 });
}

const form = (data: unknown) => new URLSearchParams({ data: JSON.stringify(data) }).toString();

function told(data: unknown) {
  const reading = read(form(data));
  assert.equal(reading.kind, 'receipts');
  assert.ok(reading.kind === 'receipts');
  return { receipts: reading.receipts, notices: reading.notices ?? [], answer: reading.answer };
}

describe('a call of Xiaomi that tells receipts', () => {
  it('names message and push token of each target, in the form of the document', () => {
    const { receipts, notices, answer } = told({
      slm001: {
        ...{ param: 'm-1', type: 1, targets: 'r-1,r+2/=', jobkey: 'k1' },
        ...{ barStatus: 'Enable', timestamp: 1700000000000 },
      },
      slm002: { param: 'm-2', type: 16, targets: 'bad-1', errorCode: 1, timestamp: 1700000000000 },
    });
    const at = 1_700_000_000_000;
    assert.deepEqual(receipts, [
      { state: 'delivered', target: { message: 'm-1', pushToken: 'r-1' }, at },
      { state: 'delivered', target: { message: 'm-1', pushToken: 'r+2/=' }, at },
      {
        ...{ state: 'failed', reason: 'token_invalid', vendor: { code: 'receipt 16' } },
        ...{ target: { message: 'm-2', pushToken: 'bad-1' }, at },
      },
    ]);
    assert.deepEqual(notices, [
      { kind: 'notifications', state: 'on', pushToken: 'r-1', at },
      { kind: 'notifications', state: 'on', pushToken: 'r+2/=', at },
      { kind: 'unregistered', pushToken: 'bad-1', code: 'receipt 16', at },
    ]);
    assert.deepEqual(answer, { status: 200, type: 'text/plain; charset=utf-8', body: 'ok' });
  });

  it('is read with numbers as texts, and without a time', () => {
    const { receipts } = told({ a: { param: 'm', type: '1', targets: 'r', timestamp: '1700000000000' } });
    assert.equal(receipts[0]?.at, 1_700_000_000_000);
    for (const timestamp of [undefined, null, 'soon', -1, 0, 1.5, {}]) {
      const [receipt] = told({ a: { param: 'm', type: 1, targets: 'r', timestamp } }).receipts;
      assert.equal(receipt !== undefined && 'at' in receipt, false);
    }
  });

  it('names the successor of each address that has one', () => {
    const { notices } = told({
      a: { param: 'm', type: 16, targets: 'old,gone,same', replaceTarget: { old: 'new', other: 'x', same: 'same' } },
    });
    assert.deepEqual(
      notices.map((notice) => [notice.pushToken, notice.kind === 'unregistered' ? notice.replacedBy : '']),
      [
        ['old', 'new'],
        ['gone', undefined],
        ['same', undefined],
      ],
    );
  });

  it('of aliases and accounts that are invalid says nothing of push tokens', () => {
    for (const errorCode of [2, 3, '2']) {
      const { receipts, notices } = told({ a: { param: 'm', type: 16, targets: 'alias', errorCode } });
      assert.deepEqual([receipts, notices], [[], []]);
    }
  });

  it('of a device where the app is switched off ends nothing, and says so of the address', () => {
    const { receipts, notices } = told({ a: { param: 'm', type: 32, targets: 'r', barStatus: 'Enable' } });
    assert.deepEqual(receipts, []);
    assert.deepEqual(notices, [{ kind: 'notifications', state: 'off', pushToken: 'r' }]);
  });

  it('without our id still tells of the address', () => {
    const { receipts, notices } = told({ a: { type: 16, targets: 'r' } });
    assert.equal(receipts.length, 0);
    assert.equal(notices.length, 1);
  });

  it('passes over types that nobody knows, and entries without targets', () => {
    const odd = [
      { type: 4 },
      { type: 'constructor' },
      { type: 1 },
      { type: 1, targets: 7 },
      { type: 1, targets: ' , ' },
    ];
    for (const entry of odd) {
      assert.deepEqual(told({ a: { param: 'm', targets: entry.type === 1 ? undefined : 'r', ...entry } }).receipts, []);
    }
  });

  const GARBAGE: readonly (readonly [string, string | Uint8Array])[] = [
    ['nothing', ''],
    ['another field', 'cb=%7B%7D'],
    ['JSON in place of a form', '{"slm":{"type":1}}'],
    ['no JSON in the field', 'data=%7B'],
    ['a list', form([])],
    ['a number', form(7)],
    ['null', form(null)],
    ['an entry that is a text', form({ a: 'x' })],
    ['an entry that is a list', form({ a: [] })],
    ['bytes', new Uint8Array([0xff, 0xfe, 0x00, 0x80])],
    ['more than 20,000 receipts', form({ a: { param: 'm', type: 1, targets: Array(20_001).fill('r').join() } })],
    ['more than 20,000 notices', form({ a: { type: 32, targets: Array(20_001).fill('r').join() } })],
  ];
  for (const [name, body] of GARBAGE) {
    it(`is unreadable where there is ${name}`, () => {
      const reading = read(body);
      assert.equal(reading.kind, 'unreadable');
    });
  }

  it('may have 20,000', () => {
    const { receipts } = told({ a: { param: 'm', type: 1, targets: Array(20_000).fill('r').join() } });
    assert.equal(receipts.length, 20_000);
  });
});
