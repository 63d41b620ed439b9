import assert from 'node:assert/strict';
import type { CallbackReading } from '../../../../providers/contract.js';
import { meizuKind } from '../../../../providers/meizu/kind.js';

const NOW = 1_800_000_000_000;
const RECEIPT_TOKEN = 'receipts-of-shop';

function read(form: Readonly<Record<string, string>> | string, receipt_token: string | null = RECEIPT_TOKEN) {
  const body = typeof form === 'string' ? form : new URLSearchParams(form).toString();
  const settings = receipt_token === null ? {} : { receipt_token };
  const options = meizuKind.options.parse({ app_id: '1', app_secret: 's', ...settings });
  return meizuKind.readReceipts({ headers: {}, query: '', body: Buffer.from(body), receivedAt: NOW }, options);
}

const form = (map: unknown) => ({ cb: JSON.stringify(map), access_token: RECEIPT_TOKEN });

function states(reading: CallbackReading): unknown {
  assert.ok(reading.kind === 'receipts', reading.kind);
  return reading.receipts.map(({ target, state }) => [target?.message, target?.pushToken, state]);
}

describe('receipts of Meizu', () => {
  it('are many messages and both kinds in one body', () => {
    const reading = read(
      form({
        'NS2017-1': { param: 'm-1', type: 1, targets: ['t-01', 't-02'] },
        'NS2017-2': { param: 'm-1', type: 2, targets: ['t-01'] },
        'NS2018-1': { param: 'm-2', type: '1', targets: ['t-03'] },
      }),
    );
    assert.deepEqual(states(reading), [
      ['m-1', 't-01', 'delivered'],
      ['m-1', 't-02', 'delivered'],
      ['m-1', 't-01', 'opened'],
      ['m-2', 't-03', 'delivered'],
    ]);
  });

  it('have their kind in their name where they do not say it', () => {
    assert.deepEqual(states(read(form({ 'NS-1-2': { param: 'm-1', targets: ['t-01'] } }))), [
      ['m-1', 't-01', 'opened'],
    ]);
  });

  it('that say nothing we know are passed over', () => {
    const odd = {
      'NS-7': { param: 'm-1', type: 7, targets: ['t-01'] },
      'NS-1': { type: 1, targets: ['t-01'] },
      'NT-1': { param: 'm-1', type: 1, targets: 'all' },
      'NU-1': { param: 'm-1', type: 1, targets: ['', 'a b', null, {}] },
    };
    assert.deepEqual(states(read(form(odd))), []);
  });

  it('without the token of the console, or with another, are forged', () => {
    const cb = JSON.stringify({});
    for (const access_token of ['', 'x', `${RECEIPT_TOKEN} `, RECEIPT_TOKEN.toUpperCase()]) {
      assert.deepEqual(read({ cb, access_token }), { kind: 'forged' }, access_token);
    }
    assert.deepEqual(read({ cb }), { kind: 'forged' });
    assert.deepEqual(read(''), { kind: 'forged' });
  });

  it('need none where the file names none', () => {
    assert.equal(read({ cb: '{}' }, null).kind, 'receipts');
  });

  it('among entries that are none are read', () => {
    const odd = { 'NS-1': null, 'NT-1': { param: 'm-1', type: 1, targets: ['t-01'] }, 'NU-1': 'x' };
    assert.deepEqual(states(read(form(odd))), [['m-1', 't-01', 'delivered']]);
  });

  it('of no form that is known are unreadable', () => {
    for (const cb of ['', '[]', 'null', '{', '{"NS-1":"x"}']) {
      assert.equal(read({ cb, access_token: RECEIPT_TOKEN }).kind, 'unreadable', cb);
    }
    const targets = Array.from({ length: 20_001 }, (_, at) => `push-${at}`);
    assert.equal(read(form({ 'NS-1': { param: 'm', type: 1, targets } })).kind, 'unreadable');
    assert.equal(read(form({ 'NS-1': { param: 'm', type: 1, targets: targets.slice(1) } })).kind, 'receipts');
  });
});
