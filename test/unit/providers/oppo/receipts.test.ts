import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readReceipts } from '../../../../providers/oppo/receipts.js';
import { MESSAGE, openRig, short, targets, tokenOf } from './rig.js';

const RECEIVED = 1_700_000_100_000;

function read(body: unknown) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return readReceipts({ headers: {}, query: '', body: Buffer.from(text), receivedAt: RECEIVED });
}

const ARRIVED = {
  ...{ messageId: '1-1-1-a', appId: '30001', taskId: '1-1-1-a', registrationIds: 'CN_1,CN_2' },
  ...{ eventTime: '1700000000000', param: 'm-1', eventType: 'push_arrive' },
};

describe('Receipts of OPPO', () => {
  it('tell each device that got it', () => {
    const at = 1_700_000_000_000;
    assert.deepEqual(read([ARRIVED]), {
      kind: 'receipts',
      receipts: ['CN_1', 'CN_2'].map((pushToken) => ({
        target: { message: 'm-1', pushToken },
        state: 'delivered',
        at,
      })),
      answer: { status: 200, type: 'application/json', body: '{"code":0}' },
    });
  });

  it('tell of dead registration ids, which are retired, and of the daily limit, which retires nobody', () => {
    const reading = read([
      { ...ARRIVED, eventType: 'regid_invalid', registrationIds: 'CN_1' },
      { ...ARRIVED, eventType: 'user_daily_limit', registrationIds: 'CN_2' },
    ]);
    assert.ok(reading.kind === 'receipts');
    assert.deepEqual(
      reading.receipts.map(({ state, reason, vendor }) => [state, reason, vendor?.code]),
      [
        ['failed', 'token_invalid', 'regid_invalid'],
        ['failed', 'quota_exceeded', 'user_daily_limit'],
      ],
    );
    assert.deepEqual(
      reading.notices?.map(({ kind, pushToken }) => [kind, pushToken]),
      [['unregistered', 'CN_1']],
    );
  });

  it('of other events are taken, and say nothing', () => {
    const reading = read([
      { ...ARRIVED, eventType: 'app_daily_limit' },
      { ...ARRIVED, eventType: 'constructor' },
      { appId: '30001', eventType: 'app_daily_limit' },
      ARRIVED,
    ]);
    assert.ok(reading.kind === 'receipts');
    assert.equal(reading.receipts.length, 2);
  });

  it('without our parameter say nothing of a delivery, and still that an address is dead', () => {
    const reading = read([{ ...ARRIVED, param: '', eventType: 'regid_invalid' }]);
    assert.ok(reading.kind === 'receipts');
    assert.deepEqual([reading.receipts.length, reading.notices?.length], [0, 2]);
  });

  for (const eventTime of ['soon', '', null, 9e15, '12', undefined]) {
    it(`dated ${String(eventTime)} are of now`, () => {
      const reading = read([{ ...ARRIVED, eventTime }]);
      assert.ok(reading.kind === 'receipts');
      assert.equal(reading.receipts[0]?.at, RECEIVED);
    });
  }

  for (const [what, body] of [
    ['no JSON', 'hello'],
    ['nothing', ''],
    ['an object', ARRIVED],
    ['null', 'null'],
    ['a list of text', ['x']],
    ['no event', [{ ...ARRIVED, eventType: undefined }]],
    ['ids that are no text', [{ ...ARRIVED, registrationIds: ['CN_1'] }]],
    ['too many', [{ ...ARRIVED, registrationIds: Array.from({ length: 20_001 }, (_, at) => tokenOf(at)).join(',') }]],
  ] as const) {
    it(`that are ${what} cannot be read`, () => assert.equal(read(body).kind, 'unreadable'));
  }

  it('come from its simulator in this form', async () => {
    const calls: string[] = [];
    let arrived: () => void = () => undefined;
    const first = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        calls.push(`${request.headers['content-type']} ${Buffer.concat(pieces).toString()}`);
        response.end('ok');
        arrived();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const callbackUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callbacks/oppo/shop/secret`;
    const rig = await openRig({}, { callbackUrl, receiptDelayMs: 1 });
    try {
      const [dead, capped] = [tokenOf(1), tokenOf(2)];
      rig.faults.add({ provider: 'oppo', match: { token: dead }, fault: { kind: 'answer', reason: 'regid_invalid' } });
      rig.faults.add({
        provider: 'oppo',
        match: { token: capped },
        fault: { kind: 'answer', reason: 'user_daily_limit' },
      });
      assert.deepEqual((await rig.send(targets(3))).map(short), Array(3).fill('accepted'));
      await first;
      const [type, ...body] = (calls[0] ?? '').split(' ');
      assert.equal(type, 'application/json');
      const reading = read(body.join(' '));
      assert.ok(reading.kind === 'receipts');
      assert.deepEqual(
        reading.receipts.map(({ target, state, reason }) => [target?.message, target?.pushToken, state, reason]).sort(),
        [
          [MESSAGE.id, tokenOf(0), 'delivered', undefined],
          [MESSAGE.id, dead, 'failed', 'token_invalid'],
          [MESSAGE.id, capped, 'failed', 'quota_exceeded'],
        ],
      );
      assert.deepEqual(await rig.provider.fetchDeadAddresses(new AbortController().signal), [dead]);
    } finally {
      await rig.close();
      server.close();
      server.closeAllConnections();
    }
  });
});
