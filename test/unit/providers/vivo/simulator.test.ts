/** vivo's simulator, asked by a plain HTTPS client that knows nothing of the adapter. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { MESSAGE, NEVER, openRig, payloads, type Rig, target } from './rig.js';

const APP = '10004';
const KEY = '25509283';
const SECRET = 'simulated-secret';

interface Said {
  readonly status: number;
  readonly json: Record<string, unknown>;
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

describe('vivo’s simulator', () => {
  let rig: Rig;
  let authToken: string;

  function call(path: string, body: unknown, headers: Record<string, string> = {}, method = 'POST'): Promise<Said> {
    return new Promise((resolve, reject) => {
      const asked = request(`${rig.simulator.url}${path}`, { method, headers, rejectUnauthorized: false }, (answer) => {
        const pieces: Buffer[] = [];
        answer.on('data', (piece: Buffer) => pieces.push(piece));
        answer.on('end', () => {
          const text = Buffer.concat(pieces).toString();
          resolve({ status: answer.statusCode ?? 0, json: text.startsWith('{') ? JSON.parse(text) : {} });
        });
      });
      asked.on('error', reject);
      asked.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  }

  const JSON_TYPE = { 'content-type': 'application/json' };
  const post = (path: string, body: unknown) => call(path, body, { ...JSON_TYPE, authToken });

  function signed(part: Record<string, unknown> = {}) {
    const { now } = rig.clock;
    return { appId: APP, appKey: KEY, timestamp: now, sign: md5(`${APP}${KEY}${now}${SECRET}`), ...part };
  }

  const message = (part: Record<string, unknown> = {}) => ({
    ...{ appId: APP, notifyType: 1, title: '标题', content: '内容', timeToLive: 86_400, skipType: 1, networkType: -1 },
    ...{ classification: 1, category: 'ORDER', requestId: 'r-1', pushMode: 0 },
    ...part,
  });

  before(async () => {
    rig = await openRig();
  });
  after(() => rig.close());
  beforeEach(async () => {
    rig.clock.now += 1_000; // another second: ten requests for a token are let through in each
    const { json } = await call('/message/auth', signed(), JSON_TYPE);
    authToken = String(json.authToken);
  });

  it('gives an access token for a right signature, and a code for each wrong part', async () => {
    const old = rig.clock.now - 600_001;
    for (const [part, code] of [
      [{ sign: md5('x') }, 10206],
      [{ sign: md5(`${APP}${KEY}${rig.clock.now}${SECRET}`).toUpperCase() }, 10206],
      [{ timestamp: old, sign: md5(`${APP}${KEY}${old}${SECRET}`) }, 10207],
      [{ timestamp: Math.floor(rig.clock.now / 1_000) }, 10207],
      [{ appId: '1' }, 10200],
      [{ appKey: '1' }, 10200],
      [{ sign: undefined }, 10200],
    ] as const) {
      const { status, json } = await call('/message/auth', signed(part), JSON_TYPE);
      assert.deepEqual([status, json.result, json.authToken], [200, code, undefined], JSON.stringify(part));
    }
    assert.equal((await call('/message/auth', 'x', JSON_TYPE)).json.result, 10200);
  });

  it('lets ten ask for a token in a second, and no more', async () => {
    rig.clock.now += 1_000;
    const results: unknown[] = [];
    for (let at = 0; at < 11; at += 1) results.push((await call('/message/auth', signed(), JSON_TYPE)).json.result);
    assert.deepEqual(results, [...Array(10).fill(0), 10093]);
    rig.clock.now += 1_000;
  });

  it('takes nothing without a token that lives', async () => {
    const good = message({ regId: 'r1' });
    for (const token of [undefined, '', 'x']) {
      const headers = { ...JSON_TYPE, ...(token === undefined ? {} : { authToken: token }) };
      assert.equal((await call('/message/send', good, headers)).json.result, 10000);
    }
    assert.equal((await post('/message/send', good)).json.result, 0);
    rig.clock.now += 86_400_000;
    assert.equal((await post('/message/send', good)).json.result, 10000);
  });

  for (const [part, code] of [
    [{}, 0],
    [{ appId: '1' }, 10094],
    [{ regId: undefined }, 10050],
    [{ regId: '' }, 10050],
    [{ regId: 'a b' }, 10051],
    [{ regId: 7 }, 10051],
    [{ notifyType: 0 }, 10054],
    [{ title: '' }, 10055],
    [{ title: '订'.repeat(41) }, 10055],
    [{ content: undefined }, 10056],
    [{ content: '订'.repeat(101) }, 10056],
    [{ timeToLive: 59 }, 10057],
    [{ timeToLive: 86_401 }, 10057],
    [{ timeToLive: undefined, sendOnline: true }, 0],
    [{ skipType: 5 }, 10058],
    [{ skipType: 2 }, 10059],
    [{ skipType: 2, skipContent: 'shop://x' }, 10059],
    [{ skipType: 4, skipContent: 'x'.repeat(2_049) }, 10059],
    [{ networkType: 0 }, 10060],
    [{ clientCustomMap: { a: 1 } }, 10065],
    [{ clientCustomMap: { a: 'x'.repeat(1_024) } }, 10065],
    [{ clientCustomMap: Object.fromEntries(Array.from({ length: 11 }, (_, at) => [at, 'x'])) }, 10065],
    [{ sendOnline: 1 }, 10067],
    [{ notifyId: 0 }, 10095],
    [{ notifyId: 2_147_483_648 }, 10095],
    [{ category: 'order' }, 10096],
    [{ category: 'MARKETING' }, 10097],
    [{ classification: undefined }, 10097],
    [{ title: '推送测试' }, 10085],
    [{ extra: { callback: 'x' } }, 10304],
    [{ extra: { callback: `https://a/${'x'.repeat(128)}` } }, 10304],
    [{ extra: { callback: 'https://a', 'callback.param': 'x'.repeat(65) } }, 10305],
    [{ extra: { 'callback.id': '1', 'callback.param': 'x'.repeat(192) } }, 0],
    [{ extra: 'x' }, 10306],
    [{ requestId: undefined }, 10352],
    [{ requestId: 'x'.repeat(65) }, 10353],
  ] as const) {
    it(`answers ${code} to a message with ${JSON.stringify(part).slice(0, 60)}`, async () => {
      const { status, json } = await post('/message/send', message({ regId: 'r1', ...part }));
      assert.deepEqual([status, json.result], [200, code]);
      assert.equal(typeof json.taskId, code === 0 ? 'string' : 'undefined');
      assert.equal(rig.ledger.at(-1)?.accepted, code === 0);
    });
  }

  it('refuses plain texts of formal messages where it is told to', async () => {
    rig.simulator.setTextRule(true);
    const asked = (part: object) => post('/message/send', message({ regId: 'r1', ...part }));
    assert.equal((await asked({ title: 'Hello 123' })).json.result, 10104);
    assert.equal((await asked({})).json.result, 0);
    rig.simulator.addTestDevice('r1');
    assert.equal((await asked({ title: 'Hello 123', pushMode: 1 })).json.result, 0);
    rig.simulator.setTextRule(false);
  });

  it('lets trials reach devices that are registered for them, and no others', async () => {
    rig.simulator.addTestDevice('mine');
    const { json } = await post('/message/send', message({ regId: 'other', pushMode: 1 }));
    assert.deepEqual([json.result, json.invalidUser], [10302, { userid: 'other', status: 4 }]);
    assert.equal((await post('/message/send', message({ regId: 'mine', pushMode: 1 }))).json.result, 0);
  });

  it('keeps a message for lists, and pushes it to two to a thousand', async () => {
    assert.equal((await post('/message/saveListPayload', message({ timeToLive: 899 }))).json.result, 10057);
    assert.equal((await post('/message/saveListPayload', message({ regId: 'r1' }))).json.result, 10051);
    const { taskId } = (await post('/message/saveListPayload', message())).json;
    const ids = (count: number) => Array.from({ length: count }, (_, at) => `r${at}`);
    for (const [part, code] of [
      [{ regIds: [] }, 10150],
      [{ taskId: '1' }, 10151],
      [{ regIds: ids(1) }, 10152],
      [{ regIds: ids(1_001) }, 10152],
      [{ regIds: ['a', 7] }, 10153],
      [{ requestId: undefined }, 10352],
      [{ appId: '2' }, 10094],
      [{}, 0],
      [{ regIds: ids(1_000) }, 0],
    ] as const) {
      const push = { appId: APP, taskId, regIds: ids(2), requestId: 'r-2', pushMode: 0, ...part };
      const { json } = await post('/message/pushToList', push);
      assert.equal(json.result, code, JSON.stringify(part).slice(0, 60));
    }
    const last = rig.ledger.at(-1);
    assert.equal(JSON.parse(last?.payloadJson ?? '{}').title, '标题');
    rig.simulator.forgetTasks();
    const push = { appId: APP, taskId, regIds: ids(2), requestId: 'r-2' };
    assert.equal((await post('/message/pushToList', push)).json.result, 10151);
  });

  it('answers as a web server where nothing of vivo is meant', async () => {
    assert.equal((await post('/message/all', {})).status, 404);
    assert.equal((await call('/message/send', '', { authToken }, 'GET')).status, 405);
    assert.equal((await post('/message/send', 'x')).json.result, 10054);
    const form = { 'content-type': 'application/x-www-form-urlencoded', authToken };
    assert.equal((await call('/message/send', message({ regId: 'r1' }), form)).json.result, 10054);
  });

  it('writes no secret into its ledger', () => {
    const lines = rig.ledger.filter(({ provider }) => provider === 'vivo_auth').map(({ payloadJson }) => payloadJson);
    assert.ok(lines.length > 0);
    assert.equal(
      lines.some((line) => line?.includes('sign')),
      false,
    );
  });
});

describe('receipts of vivo’s simulator', () => {
  it('come by address for single sends, by id for lists as well, in the form of the document', async () => {
    const told: Record<string, unknown>[] = [];
    let onTold = () => {};
    const server = createServer((received, response) => {
      const pieces: Buffer[] = [];
      received.on('data', (piece: Buffer) => pieces.push(piece));
      received.on('end', () => {
        told.push(JSON.parse(Buffer.concat(pieces).toString()));
        response.end();
        onTold();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/cb`;
    const rig = await openRig({ receiptDelayMs: 1 });
    const next = () =>
      new Promise<void>((resolve) => {
        onTold = resolve;
      });
    try {
      const byAddress = await rig.open({}, { callbackUrl: url });
      let waiting = next();
      await byAddress.send({ message: MESSAGE, targets: [target('one')] }, NEVER);
      await waiting;
      const [entry] = Object.values(told[0] ?? {}) as Record<string, unknown>[];
      assert.deepEqual([entry?.targets, entry?.param, entry?.ackType], ['one', 'msg_1', '0']);
      // A list tells nobody by address; the next call is of the id.
      await byAddress.send({ message: MESSAGE, targets: ['a', 'b'].map(target) }, NEVER);
      rig.simulator.registerCallback('77', url);
      const byId = await rig.open({ callback_id: '77' }, { callbackUrl: url });
      waiting = next();
      await byId.send({ message: { ...MESSAGE, id: 'msg_2' }, targets: ['c', 'd'].map(target) }, NEVER);
      await waiting;
      const [list] = Object.values(told[1] ?? {}) as Record<string, unknown>[];
      assert.deepEqual([list?.targets, list?.param], ['c,d', 'msg_2']);
      assert.equal(told.length, 2);
    } finally {
      await rig.close();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('are asked for only where vivo can be given an address', async () => {
    const rig = await openRig();
    try {
      const url = 'https://push.example/callbacks/vivo/shop/secret';
      const long = `https://push.example/${'x'.repeat(128)}`;
      const byAddress = { callback: url, 'callback.param': 'msg_1' };
      for (const [settings, callbackUrl, count, extra] of [
        [{}, url, 1, byAddress],
        [{}, url, 2, undefined],
        [{ receipts_of_lists: true }, url, 2, byAddress],
        [{ receipts: false }, url, 1, undefined],
        [{ receipts: false, callback_id: '7' }, url, 1, undefined],
        [{ push_mode: 'test' }, url, 1, undefined],
        [{}, undefined, 1, undefined],
        [{ callback_id: '7' }, undefined, 2, { 'callback.id': '7', 'callback.param': 'msg_1' }],
        [{}, long, 1, undefined],
      ] as const) {
        const provider = await rig.open(settings, callbackUrl === undefined ? {} : { callbackUrl });
        const targets = Array.from({ length: count }, (_, at) => target(`t${at}`));
        await provider.send({ message: MESSAGE, targets }, NEVER);
        assert.deepEqual(payloads(rig.ledger).at(-1)?.extra, extra, JSON.stringify([settings, callbackUrl, count]));
      }
      assert.deepEqual(
        rig.logged.map(({ event }) => event),
        ['vivo.callback_too_long'],
      );
      assert.equal(JSON.stringify(rig.logged).includes('xxx'), false);
    } finally {
      await rig.close();
    }
  });
});
