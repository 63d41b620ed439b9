import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Http1Pool } from '../../../../providers/shared/http1-pool.js';
import { NEVER, openRig, type Rig, START_MS, tokenOf } from './rig.js';

const FORM = 'application/x-www-form-urlencoded; charset=UTF-8';
const NOTIFICATION = { title: 'T', content: 'C' };

/** A bare client, which knows no more of OPPO than this file says. */
function clientOf(rig: Rig) {
  const pools = new Map<string, Http1Pool>();
  const ca = String(rig.settings.ca);
  async function ask(
    path: string,
    fields: Readonly<Record<string, string>>,
    of: { readonly origin?: string; readonly method?: 'GET' | 'POST'; readonly type?: string } = {},
  ) {
    const { origin = rig.simulator.url, method = 'POST', type = FORM } = of;
    const pool = pools.get(origin) ?? new Http1Pool({ origin, ca });
    pools.set(origin, pool);
    const body = Buffer.from(String(new URLSearchParams(fields)));
    const reply = await pool.request({ method, path, headers: { 'content-type': type }, body }, NEVER);
    assert.ok(reply.kind === 'answer');
    const text = reply.body.toString();
    return { status: reply.status, text, ...(text.startsWith('{') ? JSON.parse(text) : {}) };
  }
  function sign(timestamp: string, of: { readonly key?: string; readonly secret?: string } = {}) {
    const { key = 'simulated-app-key', secret = 'simulated-master-secret' } = of;
    const sum = createHash('sha256')
      .update(key + timestamp + secret)
      .digest('hex');
    return { app_key: key, timestamp, sign: sum };
  }
  return {
    ask,
    sign,
    token: async () => (await ask('/server/v1/auth', sign(String(START_MS)))).data.auth_token as string,
    close: () => Promise.all([...pools.values()].map((pool) => pool.close())),
  };
}

describe('The simulated OPPO', () => {
  let rig: Rig;
  let client: ReturnType<typeof clientOf>;
  before(async () => {
    rig = await openRig({}, { templates: ['t1'] });
    client = clientOf(rig);
  });
  after(async () => {
    await client.close();
    await rig.close();
  });

  const stamp = (ms: number) => String(START_MS + ms);

  for (const [what, fields, code] of [
    ['a good signature', (): object => client.sign(stamp(0)), 0],
    ['a clock ten minutes off', (): object => client.sign(stamp(600_000)), 0],
    ['a clock more than that off', (): object => client.sign(stamp(-600_001)), 19],
    ['a time in seconds', (): object => client.sign('1700000000'), 19],
    ['another key', (): object => client.sign(stamp(0), { key: 'other' }), 14],
    ['another secret', (): object => client.sign(stamp(0), { secret: 'other' }), 16],
    ['no key', (): object => ({ ...client.sign(stamp(0)), app_key: '' }), 15],
    ['no time', (): object => ({ ...client.sign(stamp(0)), timestamp: '' }), 18],
    ['no signature', (): object => ({ ...client.sign(stamp(0)), sign: '' }), 17],
  ] as const) {
    it(`answers ${what} with ${code}`, async () => {
      const answer = await client.ask('/server/v1/auth', fields() as Record<string, string>);
      assert.deepEqual([answer.status, answer.code], [200, code]);
      if (code === 0) assert.equal(answer.data.create_time, START_MS);
    });
  }

  const batch = (notification: object, more: object = {}) => ({
    messages: JSON.stringify([{ target_type: 2, target_value: tokenOf(1), notification, ...more }]),
  });
  const BATCH = '/server/v1/message/notification/unicast_batch';

  for (const [what, fields, code] of [
    ['nothing', {}, 40],
    ['no list', { messages: '{}' }, 41],
    ['an empty list', { messages: '[]' }, 41],
    ['broken JSON', { messages: '[{' }, 41],
    ['more than 1,000', { messages: JSON.stringify(Array(1_001).fill({})) }, 41],
    ['another kind of target', batch(NOTIFICATION, { target_type: 1 }), 41],
    ['several targets in one', batch(NOTIFICATION, { target_value: 'CN_1;CN_2' }), 41],
    ['no title', batch({ content: 'C' }), 40],
    ['no content', batch({ title: 'T' }), 40],
    ['a title of 51', batch({ title: '字'.repeat(51), content: 'C' }), 41],
    ['a text of 51 in the standard style', batch({ title: 'T', content: '字'.repeat(51) }), 41],
    ['a text of 129 in the long style', batch({ title: 'T', content: '字'.repeat(129), style: 2 }), 41],
    ['an unknown field', batch({ ...NOTIFICATION, colour: 'red' }), 41],
    ['a number as text', batch({ ...NOTIFICATION, notify_id: '7' }), 41],
    ['a life of more than ten days', batch({ ...NOTIFICATION, off_line_ttl: 864_001 }), 41],
    ['a link without its address', batch({ ...NOTIFICATION, click_action_type: 2 }), 40],
    ['an unknown action', batch({ ...NOTIFICATION, click_action_type: 3 }), 41],
    ['parameters that are no JSON', batch({ ...NOTIFICATION, action_parameters: 'x' }), 41],
    ['too long a callback', batch({ ...NOTIFICATION, call_back_url: `https://a.example/${'x'.repeat(200)}` }), 41],
    ['too long a parameter', batch({ ...NOTIFICATION, call_back_parameter: 'x'.repeat(101) }), 41],
    ['an unknown category', batch({ ...NOTIFICATION, category: 'GOSSIP' }), 67],
    ['a level without a category', batch({ ...NOTIFICATION, notify_level: 2 }), 41],
    ['an unknown level', batch({ ...NOTIFICATION, category: 'NEWS', notify_level: 3 }), 41],
    ['service without a template', batch({ ...NOTIFICATION, category: 'ORDER' }), 54],
    ['service with an unknown template', batch({ ...NOTIFICATION, category: 'IM', private_msg_template_id: 'x' }), 54],
    ['service with its template', batch({ ...NOTIFICATION, category: 'IM', private_msg_template_id: 't1' }), 0],
    ['marketing without one', batch({ ...NOTIFICATION, category: 'NEWS', notify_level: 1 }), 0],
  ] as const) {
    it(`answers a batch with ${what} with ${code}`, async () => {
      const answer = await client.ask(BATCH, { auth_token: await client.token(), ...fields });
      assert.equal(answer.code, code);
    });
  }

  it('shows one app_message_id once, and refuses a registration id twice in a batch', async () => {
    const auth_token = await client.token();
    const once = batch({ ...NOTIFICATION, app_message_id: 'a1' });
    const [first] = (await client.ask(BATCH, { auth_token, ...once })).data;
    const [second] = (await client.ask(BATCH, { auth_token, ...once })).data;
    assert.deepEqual([first.errorCode, second.errorCode], [undefined, 32]);
    const item = { target_type: 2, target_value: tokenOf(1), notification: NOTIFICATION };
    assert.equal((await client.ask(BATCH, { auth_token, messages: JSON.stringify([item, item]) })).code, 41);
  });

  it('knows a registration id of another region as none of its own', async () => {
    const auth_token = await client.token();
    const [item] = (await client.ask(BATCH, { auth_token, ...batch(NOTIFICATION, { target_value: 'IN_1' }) })).data;
    assert.equal(item.errorCode, 10000);
  });

  it('takes a single one, with an answer of its own', async () => {
    const auth_token = await client.token();
    const path = '/server/v1/message/notification/unicast';
    const item = { target_type: 2, target_value: tokenOf(1), notification: NOTIFICATION };
    const answer = await client.ask(path, { auth_token, message: JSON.stringify(item) });
    assert.ok(answer.code === 0 && typeof answer.data.messageId === 'string');
    const other = await client.ask(path, { auth_token, message: JSON.stringify({ ...item, target_value: 'IN_1' }) });
    assert.equal(other.code, 10000);
  });

  it('saves a content, and sends it to many by its id', async () => {
    const auth_token = await client.token();
    const save = '/server/v1/message/notification/save_message_content';
    const send = '/server/v1/message/notification/broadcast';
    const content = { ...NOTIFICATION, app_message_id: 'c1', off_line: 'true', off_line_ttl: '60', notify_id: '7' };
    const { data } = await client.ask(save, { auth_token, ...content });
    assert.deepEqual((await client.ask(save, { auth_token, ...content })).data, data, 'a content of a name is one');
    const to = { auth_token, message_id: data.message_id, target_type: '2' };
    const answer = await client.ask(send, { ...to, target_value: `${tokenOf(1)};IN_1;${tokenOf(2)}` });
    assert.deepEqual(answer.data['10000'], ['IN_1']);
    for (const [fields, code] of [
      [{ ...to, message_id: 'unknown', target_value: tokenOf(1) }, 31],
      [{ ...to, target_value: '' }, 40],
      [{ ...to, target_value: `${tokenOf(1)};${tokenOf(1)}` }, 41],
      [{ ...to, target_type: '1', target_value: tokenOf(1) }, 41],
    ] as const) {
      assert.equal((await client.ask(send, fields)).code, code);
    }
    assert.equal((await client.ask(save, { auth_token, title: 'T' })).code, 40);
  });

  it('looks at method, form and access token before anything else', async () => {
    const auth_token = await client.token();
    for (const [fields, of, code] of [
      [{ auth_token, ...batch(NOTIFICATION) }, { method: 'GET' }, 12],
      [{ auth_token, ...batch(NOTIFICATION) }, { type: 'application/json' }, 40],
      [{ auth_token, ...batch(NOTIFICATION) }, { type: 'application/x-www-form-urlencoded; charset=GBK' }, 25],
      [batch(NOTIFICATION), {}, 29],
      [{ auth_token: 'other', ...batch(NOTIFICATION) }, {}, 11],
      [{ auth_token, ...batch(NOTIFICATION) }, { origin: rig.simulator.overseasUrl }, 11],
    ] as const) {
      assert.equal((await client.ask(BATCH, fields, of)).code, code);
    }
  });

  it('ends access tokens after a day', async () => {
    const auth_token = await client.token();
    rig.clock.now += 86_400_000;
    assert.equal((await client.ask(BATCH, { auth_token, ...batch(NOTIFICATION) })).code, 11);
    rig.clock.now = START_MS;
  });

  it('has no other paths, on none of its hosts', async () => {
    const { url, overseasUrl, feedbackUrl } = rig.simulator;
    for (const origin of [url, overseasUrl, feedbackUrl]) {
      for (const path of ['/', '/server/v1/message/notification/constructor', '/server/v2/auth']) {
        const answer = await client.ask(path, {}, { origin });
        assert.equal(answer.status, 404);
        assert.match(answer.text, /^<html>/);
      }
    }
  });
});
