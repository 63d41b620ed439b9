import assert from 'node:assert/strict';
import { askOnceHttp1 } from '../../../../providers/shared/ask-once-http1.js';
import { NEVER, openRig, type Rig } from './rig.js';

type Body = Record<string, unknown>;

describe('the simulated Huawei, asked by hand', () => {
  let rig: Rig;
  let bearer: string;
  let jwt: string;
  before(async () => {
    rig = await openRig();
    await rig.send(['a'], 'v1');
    await rig.send(['a'], 'v3');
    const [v1, v3] = rig.ledger.flatMap(({ provider, headers }) =>
      provider === 'huawei' ? [headers.authorization] : [],
    );
    bearer = String(v1);
    jwt = String(v3);
    rig.ledger.length = 0;
  });
  after(() => rig.close());

  async function ask(path: string, body: unknown, headers: Record<string, string>) {
    const { reply } = await askOnceHttp1(
      { origin: rig.simulator.url, ca: rig.ca },
      {
        ...{ method: 'POST', path, headers: { 'content-type': 'application/json', ...headers } },
        body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
      },
      NEVER,
    );
    assert.ok(reply.kind === 'answer');
    return { status: reply.status, text: reply.body.toString() };
  }
  const codeOf = (text: string) => String(JSON.parse(text).code);
  const v1 = async (body: unknown, authorization = bearer) =>
    ask(`/v1/${rig.simulator.account.appId}/messages:send`, body, { authorization });
  const v3 = async (body: unknown, headers: Record<string, string> = { 'push-type': '0' }) =>
    ask(`/v3/${rig.simulator.account.projectId}/messages:send`, body, { authorization: jwt, ...headers });

  const NOTIFICATION = { title: 't', body: 'b', click_action: { type: 3 } };
  const message = (android: Body = {}, more: Body = {}) => ({
    message: { token: ['a'], android: { notification: NOTIFICATION, ...android }, ...more },
  });
  const shown = (more: Body) => message({ notification: { ...NOTIFICATION, ...more } });

  const V1: readonly (readonly [string, unknown, string])[] = [
    ['a plain message', message(), '80000000'],
    ['data alone', { message: { token: ['a'], data: 'x', android: {} } }, '80000000'],
    ['no JSON', '{', '80100003'],
    ['an unknown field', message({ colour: 1 }), '80100003'],
    ['no android block', { message: { token: ['a'], data: 'x' } }, '80100003'],
    ['neither data nor notification', { message: { token: ['a'], android: {} } }, '80100003'],
    ['no target', { message: { android: {}, data: 'x' } }, '80100001'],
    ['two kinds of target', message({}, { topic: 'x' }), '80100001'],
    ['no push token', message({}, { token: [] }), '80300010'],
    ['1,001 push tokens', message({}, { token: Array.from({ length: 1_001 }, (_, at) => `${at}`) }), '80300010'],
    ['more than 4,096 bytes', message({}, { data: 'x'.repeat(4_096) }), '80300008'],
    ['a ttl without s', message({ ttl: '60' }), '80100004'],
    ['a ttl of 16 days', message({ ttl: '1296001s' }), '80100004'],
    ['a ttl of 0', message({ ttl: '0s' }), '80100004'],
    ['a collapse key of 101', message({ collapse_key: 101 }), '80100013'],
    ['an unknown category', message({ category: 'LOUD' }), '80100001'],
    ['no title', shown({ title: '' }), '80100001'],
    ['no click action', shown({ click_action: undefined }), '80100001'],
    ['a page without an intent', shown({ click_action: { type: 1 } }), '80100001'],
    ['a link that is not https', shown({ click_action: { type: 2, url: 'http://a.example' } }), '80100001'],
    ['a badge without its class', shown({ badge: { set_num: 1 } }), '80100001'],
    ['a badge of 100', shown({ badge: { set_num: 100, class: 'c' } }), '80100001'],
    ['notify_id beside group', shown({ notify_id: 1, group: 'g' }), '80100001'],
  ];
  for (const [name, body, wanted] of V1) {
    it(`${name} over v1 is ${wanted}`, async () => {
      assert.equal(codeOf((await v1(body)).text), wanted);
    });
  }

  const alert = (more: Body = {}, options: Body = {}, target: unknown = { token: ['a'] }) => ({
    payload: {
      notification: { category: 'MARKETING', title: 't', body: 'b', clickAction: { actionType: 0 }, ...more },
    },
    ...{ target, pushOptions: options },
  });
  const eleven = { token: Array.from({ length: 11 }, (_, at) => `${at}`) };
  const V3: readonly (readonly [string, unknown, string, Record<string, string>?])[] = [
    ['a plain message', alert(), '80000000'],
    ['no push-type', alert(), '80100001', {}],
    ['an unknown push-type', alert(), '80100001', { 'push-type': '3' }],
    ['no category', alert({ category: undefined }), '80100003'],
    ['no clickAction', alert({ clickAction: undefined }), '80100003'],
    ['a page without uri', alert({ clickAction: { actionType: 1 } }), '80100001'],
    ['a badge of 0 to add', alert({ badge: { addNum: 0 } }), '80100001'],
    ['a long appMessageId', alert({ appMessageId: 'x'.repeat(65) }), '80100001'],
    ['a negative notifyId', alert({ notifyId: -1 }), '80100001'],
    ['a ttl that is text', alert({}, { ttl: '60s' }), '80100004'],
    ['a long biTag', alert({}, { biTag: 'x'.repeat(65) }), '80100001'],
    ['no push token', alert({}, {}, { token: [] }), '80300010'],
    ['a test to eleven', alert({}, { testMessage: true }, eleven), '80300030'],
    ['more than 4,096 bytes', alert({ body: 'x'.repeat(4_096) }), '80300008'],
    ['background without extraData', alert(), '80100003', { 'push-type': '6' }],
    [
      'a group in the background',
      { payload: { extraData: 'x' }, target: { token: ['a'] }, pushOptions: { collapseKey: 1 } },
      '80100013',
      { 'push-type': '6' },
    ],
  ];
  for (const [name, body, wanted, headers] of V3) {
    it(`${name} over v3 is ${wanted}`, async () => {
      assert.equal(codeOf((await v3(body, headers)).text), wanted);
    });
  }

  it('refuses who is not known, in its own words and with the status it is told to', async () => {
    for (const authorization of ['Bearer', 'Bearer x', bearer.replace('Bearer', 'Basic')]) {
      const { status, text } = await v1(message(), authorization);
      assert.deepEqual([status, codeOf(text)], [401, '80200001']);
    }
    rig.simulator.setManner({ authStatus: 200 });
    assert.equal((await v1(message(), 'Bearer x')).status, 200);
    rig.simulator.setManner({ authStatus: 401 });
  });

  it('takes the signature of a service account for HMS Core, and no access token for HarmonyOS NEXT', async () => {
    assert.equal(codeOf((await v1(message(), jwt)).text), '80000000');
    assert.equal(codeOf((await v3(alert(), { 'push-type': '0', authorization: bearer })).text), '80200001');
  });

  it('knows its own app, project and paths only', async () => {
    for (const path of [
      '/v1/7/messages:send',
      '/v3/7/messages:send',
      '/v4/7/messages:send',
      '/',
      '/v1/7/messages:revoke',
    ]) {
      const { status, text } = await ask(path, message(), { authorization: bearer });
      assert.equal(status, 404, path);
      assert.match(text, /<html>/);
    }
  });

  it('judges a trial and delivers it to nobody', async () => {
    rig.ledger.length = 0;
    assert.equal(codeOf((await v1({ validate_only: true, ...message() })).text), '80000000');
    assert.deepEqual(
      rig.ledger.map(({ accepted }) => accepted),
      [false],
    );
  });

  it('keeps payloads without push tokens, and one line for each', async () => {
    rig.ledger.length = 0;
    await v1(message({}, { token: ['one', 'two'] }));
    assert.deepEqual(
      rig.ledger.map(({ token, accepted }) => [token, accepted]),
      [
        ['one', true],
        ['two', true],
      ],
    );
    assert.doesNotMatch(rig.ledger.map(({ payloadJson }) => payloadJson).join(' '), /"one"|"two"/);
  });
});
