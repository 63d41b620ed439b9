import assert from 'node:assert/strict';
import type { CallbackReading, EpochMs } from '../../../../providers/contract.js';
import { VIVO_DEFAULTS } from '../../../../providers/vivo/options.js';
import { readReceipts } from '../../../../providers/vivo/receipts.js';

const TOKEN = '12345678901234567890123';

function read(body: unknown, part: Partial<typeof VIVO_DEFAULTS> = {}): CallbackReading {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const request = { headers: {}, query: '', body: bytes, receivedAt: 1_700_000_000_000 as EpochMs };
  return readReceipts(request, { ...VIVO_DEFAULTS, ...part });
}

function toldOf(body: unknown, part: Partial<typeof VIVO_DEFAULTS> = {}) {
  const reading = read(body, part);
  assert.equal(reading.kind, 'receipts', JSON.stringify(reading));
  return reading.kind === 'receipts' ? reading : assert.fail();
}

describe('what vivo tells of its messages', () => {
  it('is a receipt for each target of each task, by our message’s id', () => {
    const { receipts, notices, answer } = toldOf({
      '547101201': { targets: TOKEN, param: 'msg_1' },
      '547101202': { targets: 'a, b', param: 'msg_2', ackTime: '1700000000000', ackType: '0' },
      '547101203': { targets: ['c'], param: 'msg_2', ackTime: 1_700_000_000 },
    });
    const at = 1_700_000_000_000;
    assert.deepEqual(receipts, [
      { target: { message: 'msg_1', pushToken: TOKEN }, state: 'delivered' },
      { target: { message: 'msg_2', pushToken: 'a' }, at, state: 'delivered' },
      { target: { message: 'msg_2', pushToken: 'b' }, at, state: 'delivered' },
      { target: { message: 'msg_2', pushToken: 'c' }, at, state: 'delivered' },
    ]);
    assert.equal(notices, undefined);
    assert.equal(answer.status, 200);
  });

  for (const [code, wanted] of [
    ['101', 'payload_rejected'],
    ['102', 'rate_limited'],
    ['103', 'superseded'],
    ['1000', 'rate_limited'],
    ['1017', 'rate_limited'],
    ['2124', 'payload_rejected'],
    ['2144', 'expired'],
    ['2158', 'payload_rejected'],
    ['2161', 'payload_rejected'],
    ['2162', 'payload_rejected'],
    ['2183', 'token_invalid'],
    ['10012', 'expired'],
    ['11001', 'quota_exceeded'],
    ['12000', 'quota_exceeded'],
    ['20001', 'token_invalid'],
    ['20002', 'token_invalid'],
    ['20006', 'expired'],
  ] as const) {
    it(`${code} is a failure: ${wanted}`, () => {
      for (const status of [code, Number(code)]) {
        const { receipts, notices } = toldOf({ 1: { targets: TOKEN, param: 'msg_1', status } });
        assert.deepEqual(receipts, [
          {
            ...{ target: { message: 'msg_1', pushToken: TOKEN }, state: 'failed', reason: wanted },
            vendor: { code: `receipt.${code}` },
          },
        ]);
        const isDead = wanted === 'token_invalid';
        const notice = { kind: 'unregistered', pushToken: TOKEN, code: `receipt.${code}` };
        assert.deepEqual(notices, isDead ? [notice] : undefined);
      }
    });
  }

  it('ends an address that was offline for long only where the file says so', () => {
    const body = { 1: { targets: TOKEN, param: 'msg_1', status: 20_006 } };
    assert.equal(toldOf(body).notices, undefined);
    const { receipts, notices } = toldOf(body, { stale: 'retire' });
    assert.equal(receipts[0]?.reason, 'token_invalid');
    assert.equal(notices?.[0]?.kind, 'unregistered');
  });

  it('is read by the closer of two words, and never as a success beside one that is unknown', () => {
    const ending = (more: object) => {
      const reading = read({ 1: { targets: TOKEN, param: 'msg_1', ...more } });
      return reading.kind === 'receipts' ? (reading.receipts[0]?.reason ?? reading.receipts[0]?.state) : reading.kind;
    };
    assert.equal(ending({ status: 102, subStatus: 20_002 }), 'token_invalid');
    assert.equal(ending({ status: 0, subCode: 2144 }), 'expired');
    assert.equal(ending({ status: 103 }), 'superseded');
    assert.equal(ending({ ackType: '0', status: 103 }), 'superseded');
    assert.equal(ending({ ackType: '0', status: 777 }), 'unreadable');
    assert.equal(ending({ status: 104 }), 'unreadable');
    assert.equal(ending({ ackType: '1' }), 'unreadable');
    assert.equal(ending({ status: null }), 'unreadable');
    assert.equal(ending({ nobody: 777 }), 'delivered');
  });

  it('is read under the names that the file gives', () => {
    const reading = toldOf({ 1: { targets: TOKEN, param: 'm', ending: 2144 } }, { receipt_status: ['ending'] });
    assert.equal(reading.receipts[0]?.reason, 'expired');
  });

  it('is taken as far as it can be read', () => {
    const { receipts } = toldOf({
      1: { targets: TOKEN, param: 'msg_1' },
      2: { targets: TOKEN },
      3: { targets: '', param: 'msg_1' },
      4: 'x',
      5: null,
      6: { targets: 'a b', param: 'msg_1' },
      7: { targets: TOKEN, param: 7 },
    });
    assert.equal(receipts.length, 1);
  });

  it('is unreadable where nothing of it is known, and throws nothing', () => {
    for (const body of ['', 'x', '[]', '{}', 'null', '7', '"x"', '<html>', { 1: {} }, { 1: [] }, { targets: TOKEN }]) {
      assert.equal(read(body).kind, 'unreadable', JSON.stringify(body));
    }
    assert.equal(read(`{"1":${'['.repeat(20_000)}`).kind, 'unreadable');
  });

  it('is a thousand receipts at most', () => {
    const many = (count: number) => ({
      1: { targets: Array.from({ length: count }, (_, at) => `t${at}`), param: 'm' },
    });
    assert.equal(toldOf(many(20_000)).receipts.length, 20_000);
    assert.equal(read(many(20_001)).kind, 'unreadable');
  });
});
