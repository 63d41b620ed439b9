/** The simulator by a bare client, with a signature of its own: what Meizu refuses, and with which code. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { meizuKind } from '../../../../providers/meizu/kind.js';
import { type MeizuSimulator, startMeizuSimulator } from '../../../../providers/meizu/simulator.js';
import { askOnceHttp1 } from '../../../../providers/shared/ask-once-http1.js';
import { openRig, type Rig } from '../../../support/vendor-rig.js';

const GOOD = { noticeBarInfo: { noticeMsgType: 1, title: 'a', content: 'b' } };
const more = (part: object) => ({ ...GOOD, ...part });
const bar = (part: object) => ({ noticeBarInfo: { ...GOOD.noticeBarInfo, ...part } });

function signed(parameters: Readonly<Record<string, string>>, secret = 'meizu-simulated-secret'): string {
  const text = Object.keys(parameters)
    .sort()
    .map((name) => `${name}=${parameters[name]}`)
    .join('');
  const sign = createHash('md5')
    .update(text + secret)
    .digest('hex');
  return new URLSearchParams({ ...parameters, sign }).toString();
}

describe('the simulator of Meizu', () => {
  let rig: Rig<MeizuSimulator>;
  before(async () => {
    rig = await openRig({ kind: meizuKind, start: startMeizuSimulator, faults: 'meizu' });
  });
  after(() => rig.close());

  async function post(body: string, type = 'application/x-www-form-urlencoded', way = 'pushByPushId') {
    const { reply } = await askOnceHttp1(
      { origin: rig.simulator.url, ca: rig.ca },
      {
        method: 'POST',
        path: `/garcia/api/server/push/varnished/${way}`,
        headers: { 'content-type': type },
        body: Buffer.from(body),
      },
      new AbortController().signal,
    );
    assert.ok(reply.kind === 'answer');
    return JSON.parse(reply.body.toString()) as { code: string; value: unknown; msgId?: string };
  }

  const parameters = (message: unknown, pushIds = 'S5Q1,S5Q2', appId = '100999') => ({
    ...{ appId, pushIds, messageJson: typeof message === 'string' ? message : JSON.stringify(message) },
  });

  it('takes what is right, by push id and by alias', async () => {
    const { code, value, msgId } = await post(signed(parameters(GOOD)));
    assert.deepEqual([code, value], ['200', {}]);
    assert.match(msgId ?? '', /^NS/);
    const { pushIds: alias, ...rest } = parameters(GOOD);
    assert.equal((await post(signed({ ...rest, alias }), undefined, 'pushByAlias')).code, '200');
  });

  it('refuses a signature that is not over what was sent with 1006', async () => {
    assert.equal((await post(signed(parameters(GOOD), 'another'))).code, '1006');
    assert.equal((await post(`${signed(parameters(GOOD))}&more=1`)).code, '1006');
    assert.equal((await post(new URLSearchParams(parameters(GOOD)).toString())).code, '1006');
  });

  it('refuses what is no form with 1005, and another app with 110000', async () => {
    assert.equal((await post(signed(parameters(GOOD)), 'application/json')).code, '1005');
    assert.equal((await post(signed(parameters(GOOD, 'S5Q1', '100998')))).code, '110000');
  });

  for (const [name, message, pushIds, code] of [
    ['no push id', GOOD, '', '110004'],
    ['no message', '', 'S5Q1', '110004'],
    ['101 push ids', GOOD, Array.from({ length: 101 }, (_, at) => `S${at}`).join(','), '1005'],
    ['no JSON', '{', 'S5Q1', '1005'],
    ['a group that nobody knows', more({ other: {} }), 'S5Q1', '1005'],
    ['a title of 33 characters', bar({ title: 'x'.repeat(33) }), 'S5Q1', '1005'],
    ['no title', bar({ title: '' }), 'S5Q1', '1005'],
    ['a text of 101 characters', bar({ content: 'x'.repeat(101) }), 'S5Q1', '1005'],
    ['another kind of message', bar({ noticeMsgType: 2 }), 'S5Q1', '1005'],
    ['a click without its address', more({ clickTypeInfo: { clickType: 2 } }), 'S5Q1', '1005'],
    ['73 hours', more({ pushTimeInfo: { offLine: 1, validTime: 73 } }), 'S5Q1', '1005'],
    ['no hour', more({ pushTimeInfo: { offLine: 1, validTime: 0 } }), 'S5Q1', '1005'],
    ['a key of nine characters', more({ advanceInfo: { notifyKey: '123456789' } }), 'S5Q1', '1005'],
    ['an address of 129 bytes', more({ extra: { callback: 'x'.repeat(129) } }), 'S5Q1', '1005'],
    ['a parameter of 65 bytes', more({ extra: { 'callback.param': 'x'.repeat(65) } }), 'S5Q1', '1005'],
  ] as const) {
    it(`refuses ${name} with ${code}`, async () => {
      assert.equal((await post(signed(parameters(message, pushIds)))).code, code);
    });
  }

  it('sends no private message of an app without the grant: 201 for each', async () => {
    const start: typeof startMeizuSimulator = (options) => startMeizuSimulator({ ...options, hasServiceClass: false });
    const poor = await openRig({ kind: meizuKind, start, faults: 'meizu', settings: { service_class: true } });
    try {
      const [outcome] = await poor.send(['S5Q4b726f7a6dTgJ1'], { class: 'transactional' });
      assert.deepEqual([outcome?.kind, outcome?.detail?.code], ['misconfigured', 'value 201']);
    } finally {
      await poor.close();
    }
  });
});
