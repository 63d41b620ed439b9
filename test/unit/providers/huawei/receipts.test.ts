import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CallbackReading, CallbackRequest } from '../../../../providers/contract.js';
import { huaweiKind } from '../../../../providers/huawei/kind.js';
import { isSigned } from '../../../../providers/huawei/receipt-signature.js';
import { RECEIPT_STATUSES } from '../../../../providers/huawei/receipts.js';
import { NOON, openRig } from './rig.js';

const plain = huaweiKind.options.parse({ app_id: '1', client_secret: 's' });
const signed = huaweiKind.options.parse({
  ...{ app_id: '1', client_secret: 's', receipt_user: 'cbuser', receipt_key: 'cb-secret-key' },
});
const AT = 1_700_000_000_000;
/** Computed apart from this code. */
const VECTOR =
  'timestamp=1700000000000; nonce=7f9f3b1e-8f1c-4f0e-9d55-111111111111; value=CG8/tSLmp/iTRpCcaR1N2ZFIwcntUsu0WRJkFeT5Tbk=';

function request(body: unknown, header?: string, receivedAt = AT): CallbackRequest {
  return {
    headers: header === undefined ? {} : { 'x-huawei-callback-id': header },
    ...{ query: '', receivedAt },
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  };
}

function read(body: unknown, options = plain, header?: string, receivedAt?: number): CallbackReading {
  return huaweiKind.readReceipts(request(body, header, receivedAt), options);
}

const V1 =
  '{"statuses":[{"token":"t-1","biTag":"m-1","status":0,"timestamp":1700000000000,"appid":"100001","requestId":"1"}]}';
const V2 =
  '{"statuses":[{"token":"t-1","pushType":0,"appPackageName":"com.example.app","biTag":"m-1","requestId":"1","deliveryStatus":{"result":5,"timestamp":1700000000000}}]}';
const TARGET = { message: 'm-1', pushToken: 't-1' };

describe('receipts of Huawei', () => {
  it('of HMS Core tell of a message and a push token, and are answered in both forms', () => {
    assert.deepEqual(read(V1), {
      kind: 'receipts',
      receipts: [{ target: TARGET, state: 'delivered', at: AT }],
      notices: [],
      answer: {
        ...{ status: 200, type: 'application/json' },
        body: '{"code":"0","message":"success","errno":"0","errmsg":"success"}',
      },
    });
  });

  it('of HarmonyOS NEXT have their own shape', () => {
    const reading = read(V2);
    assert.ok(reading.kind === 'receipts');
    assert.deepEqual(reading.receipts, [
      { target: TARGET, state: 'failed', reason: 'token_invalid', vendor: { code: '5' }, at: AT },
    ]);
    assert.deepEqual(reading.notices, [{ kind: 'unregistered', pushToken: 't-1', code: '5', at: AT }]);
    const form = read({
      statuses: [{ token: 't', biTag: 'm', formStatus: { formId: 1, result: 262, timestamp: AT } }],
    });
    assert.ok(form.kind === 'receipts');
    assert.equal(form.receipts[0]?.reason, 'rate_limited');
  });

  const FAILED = (reason: string) => `failed ${reason}`;
  const rows: readonly (readonly [number, string | undefined, string?])[] = [
    [0, 'delivered'],
    ...([2, 5, 10] as const).map((status) => [status, FAILED('token_invalid'), 'unregistered'] as const),
    [6, 'delivered', 'notifications'],
    [14, FAILED('expired')],
    [15, FAILED('superseded')],
    ...([22, 31, 144, 151, 155, 156, 158, 188, 259, 261] as const).map((s) => [s, FAILED('payload_rejected')] as const),
    [27, undefined],
    [51, undefined],
    [102, FAILED('quota_exceeded')],
    [191, 'delivered'],
    [201, FAILED('token_invalid'), 'notifications'],
    [256, FAILED('quota_exceeded')],
    [262, FAILED('rate_limited')],
    [264, FAILED('token_invalid'), 'notifications'],
    ...([265, 268, 269] as const).map((status) => [status, FAILED('expired')] as const),
    [999, undefined],
  ];
  for (const [status, wanted, notice] of rows) {
    it(`status ${status} is ${wanted ?? 'nothing yet'}${notice === undefined ? '' : `, and a notice: ${notice}`}`, () => {
      for (const written of [status, String(status)]) {
        const reading = read({ statuses: [{ token: 't-1', biTag: 'm-1', status: written, timestamp: String(AT) }] });
        assert.ok(reading.kind === 'receipts');
        const [receipt] = reading.receipts;
        const said = receipt === undefined ? undefined : [receipt.state, receipt.reason].filter(Boolean).join(' ');
        assert.equal(said, wanted);
        assert.deepEqual(
          reading.notices?.map(({ kind }) => kind),
          notice === undefined ? [] : [notice],
        );
      }
    });
  }

  it('has a row here for each status that is known', () => {
    const here = new Set(rows.map(([status]) => String(status)));
    assert.deepEqual(
      Object.keys(RECEIPT_STATUSES).filter((status) => !here.has(status)),
      [],
    );
  });

  it('of others’ messages tell of the address alone', () => {
    const reading = read({ statuses: [{ token: 't-1', status: 2 }] });
    assert.ok(reading.kind === 'receipts');
    assert.deepEqual([reading.receipts.length, reading.notices?.length], [0, 1]);
  });

  it('that cannot be read say so, and never throw', () => {
    const bad = [
      '',
      'x',
      '[]',
      'null',
      '{}',
      '{"statuses":{}}',
      '{"statuses":[{"token":7}]}',
      '{"statuses":[null]}',
      '\u0000',
    ];
    for (const body of bad) assert.equal(read(body).kind, 'unreadable', body);
    const many = { statuses: Array.from({ length: 20_001 }, () => ({ token: 't', status: 0 })) };
    assert.equal(read(many).kind, 'unreadable');
    assert.equal(read({ statuses: [] }).kind, 'receipts');
    const mixed = read({ statuses: [{ status: 1 }, { token: 't', biTag: 'm', status: 0 }] });
    assert.ok(mixed.kind === 'receipts' && mixed.receipts.length === 1);
  });
});

describe('the signature of Huawei’s receipts', () => {
  it('is that of the vector', () => {
    assert.equal(read(V1, signed, VECTOR).kind, 'receipts');
  });

  it('is read with the key as text and as Base64', () => {
    const key = { user: 'cbuser', seconds: null };
    assert.ok(isSigned(VECTOR, { ...key, key: 'cb-secret-key' }, AT));
    assert.ok(isSigned(VECTOR, { ...key, key: Buffer.from('cb-secret-key').toString('base64') }, AT));
    assert.ok(!isSigned(VECTOR, { ...key, key: 'another' }, AT));
    assert.ok(!isSigned(VECTOR, { ...key, key: 'cb-secret-key', user: 'other' }, AT));
  });

  it('that is missing, wrong or old makes a forgery', () => {
    const wrong = [
      undefined,
      '',
      'value=',
      VECTOR.replace('1700000000000', '1700000000001'),
      VECTOR.replace('CG8', 'CG9'),
      VECTOR.replace(/value=.*/, 'value=AAAA'),
      VECTOR.replace(/timestamp=\d+; /, ''),
      'x'.repeat(100_000),
    ];
    for (const header of wrong) assert.equal(read(V1, signed, header).kind, 'forged', header?.slice(0, 80));
    const fresh = (ms: number) => read(V1, signed, VECTOR, AT + ms).kind;
    assert.deepEqual([600_000, 600_001, -600_000, -600_001].map(fresh), ['receipts', 'forged', 'receipts', 'forged']);
    const forever = huaweiKind.options.parse({ ...signed, receipt_seconds: null });
    assert.equal(read(V1, forever, VECTOR, AT + 1e11).kind, 'receipts');
  });
});

describe('receipts from the simulator', () => {
  for (const keyForm of ['text', 'base64'] as const) {
    it(`come signed with the key as ${keyForm}, for both generations`, async () => {
      const receiptKey = keyForm === 'text' ? 'a-key' : Buffer.from('a-key').toString('base64');
      const rig = await openRig({ receipt_user: 'ops', receipt_key: receiptKey });
      const calls: CallbackRequest[] = [];
      let heard: () => void = () => undefined;
      const both = new Promise<void>((resolve) => {
        heard = resolve;
      });
      const server = createServer((req, res) => {
        const pieces: Buffer[] = [];
        req.on('data', (piece: Buffer) => pieces.push(piece));
        req.on('end', () => {
          const header = String(req.headers['x-huawei-callback-id']);
          calls.push(request(Buffer.concat(pieces).toString(), header, NOON));
          res.end('{"code":"0","message":"success"}');
          if (calls.length === 2) heard();
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callbacks`;
      rig.simulator.setReceipts({ url, user: 'ops', key: receiptKey, keyForm });
      rig.simulator.setQuota({ marketingPerDevice: 0 });
      rig.fault('gone', { kind: 'answer', reason: '2' }, { part: 'huawei_receipt' });
      await rig.send(['gone', 'capped'], 'v1');
      await rig.send(['gone'], 'v3');
      await both;
      const readings = calls.map((call) => huaweiKind.readReceipts(call, rig.options));
      const told = readings.flatMap((reading) =>
        reading.kind === 'receipts'
          ? reading.receipts.map(({ target, reason }) => `${target?.pushToken} ${reason}`)
          : [reading.kind],
      );
      assert.deepEqual(told.sort(), ['capped quota_exceeded', 'gone token_invalid', 'gone token_invalid']);
      await rig.close();
      await new Promise((resolve) => server.close(resolve));
    });
  }
});
