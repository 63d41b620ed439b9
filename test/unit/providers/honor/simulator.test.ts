/** The simulator by a bare client: what Honor refuses, and with which code. */
import assert from 'node:assert/strict';
import { honorKind } from '../../../../providers/honor/kind.js';
import { type HonorSimulator, startHonorSimulator } from '../../../../providers/honor/simulator.js';
import { askOnceHttp1 } from '../../../../providers/shared/ask-once-http1.js';
import { NOW, openRig, type Rig } from '../../../support/vendor-rig.js';

interface Said {
  readonly status: number;
  readonly body: { readonly code?: number; readonly access_token?: string; readonly error?: string };
}

const GOOD = {
  token: ['t-1'],
  data: '{}',
  android: { ttl: '60s', notification: { title: 'a', body: 'b', clickAction: { type: 3 }, importance: 'NORMAL' } },
};
const notification = (more: object) => ({
  ...GOOD,
  android: { ...GOOD.android, notification: { ...GOOD.android.notification, ...more } },
});

describe('the simulator of Honor', () => {
  let rig: Rig<HonorSimulator>;
  let access = '';
  before(async () => {
    rig = await openRig({ kind: honorKind, start: startHonorSimulator, faults: 'honor' });
    const { client_id, client_secret } = rig.simulator.settings;
    access =
      (await post('/auth/token', `grant_type=client_credentials&client_id=${client_id}&client_secret=${client_secret}`))
        .body.access_token ?? '';
  });
  after(() => rig.close());

  async function post(path: string, body: string, headers: Record<string, string> = {}): Promise<Said> {
    const type = path === '/auth/token' ? 'application/x-www-form-urlencoded' : 'application/json';
    const { reply } = await askOnceHttp1(
      { origin: rig.simulator.url, ca: rig.ca },
      { method: 'POST', path, headers: { 'content-type': type, ...headers }, body: Buffer.from(body) },
      new AbortController().signal,
    );
    assert.ok(reply.kind === 'answer');
    return { status: reply.status, body: JSON.parse(reply.body.toString()) };
  }

  const send = (message: unknown, headers: Record<string, string> = {}, app = '104000001') =>
    post(
      `/api/v1/${app}/sendMessage`,
      typeof message === 'string' ? message : JSON.stringify(message),
      Object.fromEntries(
        Object.entries({ authorization: `Bearer ${access}`, timestamp: String(NOW), ...headers }).filter(
          ([, value]) => value !== '',
        ),
      ),
    );

  it('takes what is right', async () => {
    const { status, body } = await send(GOOD);
    assert.deepEqual([status, body.code], [200, 200]);
  });

  for (const [name, message, headers, status, code] of [
    ['a bearer that it never gave', GOOD, { authorization: 'Bearer nobody' }, 401, 80_200_001],
    ['no bearer', GOOD, { authorization: '' }, 401, 80_200_001],
    ['no time', GOOD, { timestamp: '' }, 200, 10_001],
    ['a time in seconds', GOOD, { timestamp: '1800000000' }, 200, 10_207],
    ['a time that is 11 minutes off', GOOD, { timestamp: String(NOW - 660_000) }, 200, 10_207],
    ['a form', GOOD, { 'content-type': 'application/x-www-form-urlencoded' }, 200, 400],
    ['no JSON', '{', {}, 200, 80_100_003],
    ['no push token', { ...GOOD, token: [] }, {}, 200, 10_300],
    ['1,001 push tokens', { ...GOOD, token: Array.from({ length: 1_001 }, (_, at) => `t${at}`) }, {}, 200, 80_300_010],
    ['a push token twice', { ...GOOD, token: ['t', 't'] }, {}, 200, 80_300_006],
    ['4,097 bytes', { ...GOOD, data: 'x'.repeat(4_097) }, {}, 200, 80_300_008],
    ['a field that nobody knows', { ...GOOD, urgency: 'HIGH' }, {}, 200, 80_100_003],
    ['a TTL of more than 15 days', { ...GOOD, android: { ...GOOD.android, ttl: '1296001s' } }, {}, 200, 80_100_003],
    ['a TTL without a unit', { ...GOOD, android: { ...GOOD.android, ttl: '60' } }, {}, 200, 80_100_003],
    ['a receipt configuration of nobody', { ...GOOD, android: { receiptId: 'RC9' } }, {}, 200, 80_200_020],
    ['no title', notification({ title: '' }), {}, 200, 80_100_003],
    ['no click action', notification({ clickAction: undefined }), {}, 200, 80_100_003],
    ['a link that is not https', notification({ clickAction: { type: 2, url: 'http://a' } }), {}, 200, 80_100_003],
    ['a badge of nothing', notification({ badge: { setNum: 1 } }), {}, 200, 80_100_003],
    ['another importance', notification({ importance: 'HIGH' }), {}, 200, 80_100_003],
    ['an image in marketing', notification({ importance: 'LOW', image: 'https://a/b' }), {}, 200, 80_200_050],
    ['a large title of its own', notification({ style: 1, bigTitle: 'x', bigBody: 'b' }), {}, 200, 80_100_003],
  ] as const) {
    it(`refuses ${name} with ${code}`, async () => {
      const said = await send(message, headers as unknown as Record<string, string>);
      assert.deepEqual([said.status, said.body.code], [status, code]);
    });
  }

  it('refuses another app with 10205', async () => {
    assert.equal((await send(GOOD, {}, '104000002')).body.code, 10_205);
  });

  it('refuses a class that was not granted with 80200022', async () => {
    const start: typeof startHonorSimulator = (options) => startHonorSimulator({ ...options, hasServiceClass: false });
    const poor = await openRig({ kind: honorKind, start, faults: 'honor', settings: { service_class: true } });
    try {
      const [outcome] = await poor.send(['honor-token-1'], { class: 'transactional' });
      assert.deepEqual([outcome?.kind, outcome?.detail?.code], ['misconfigured', '80200022']);
    } finally {
      await poor.close();
    }
  });

  for (const [form, error] of [
    ['grant_type=password', 'unsupported_grant_type'],
    ['grant_type=client_credentials&client_id=220000001&client_secret=wrong', 'invalid_client'],
    ['grant_type=client_credentials', 'invalid_client'],
  ] as const) {
    it(`gives no access token for ${form}: ${error}`, async () => {
      assert.equal((await post('/auth/token', form)).body.error, error);
    });
  }
});
