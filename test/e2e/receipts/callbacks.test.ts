import assert from 'node:assert/strict';
import { request } from 'node:http';
import type { ProviderKind } from '../../../providers/contract.js';
import { fcmKind } from '../../../providers/fcm/kind.js';
import { notificationId } from '../../../src/domain/ids.js';
import { readPostboxReceipts, signedReceipts } from '../../support/receipt-kind.js';
import { type DeliveryBody, openScene, type Scene } from '../delivery/scene.js';

const SECRET = 'the vendor signs with this';
/** FCM as it would be if its vendor told of receipts. */
const tellingFcm = {
  ...fcmKind,
  readReceipts: (asked: Parameters<typeof readPostboxReceipts>[0]) => readPostboxReceipts(asked, { secret: SECRET }),
} as unknown as ProviderKind<unknown>; // kinds of any options stand in one list

interface Answer {
  readonly status: number;
  readonly body: string;
}

describe('what vendors tell of deliveries', function () {
  this.timeout(60_000);
  let scene: Scene;
  let url: URL;
  before(async () => {
    scene = await openScene({ variations: { kinds: [tellingFcm] } });
    const { body } = await scene.call<{ callback_url: string }>('GET', '/v1/providers/fcm');
    url = new URL(new URL(body.callback_url).pathname, scene.gateway.api?.url);
  });
  after(() => scene?.world.close());

  function post(to: URL, body: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request(to, { method: 'POST', headers, agent: false }, (res) => {
        let text = '';
        res.setEncoding('utf8').on('data', (chunk) => (text += chunk));
        res.on('end', () => resolve({ status: res.statusCode ?? 0, body: text }));
      });
      sent.on('error', reject).end(body);
    });
  }
  const tell = (receipts: readonly unknown[], at = scene.clock.now(), secret = SECRET) => {
    const { body, headers } = signedReceipts(secret, receipts, at);
    return post(url, body, headers);
  };
  const stateOf = async (message: string) => {
    const [delivery] = await scene.deliveries(message);
    const { state, times } = delivery as DeliveryBody & { times: Record<string, string> };
    const vendorId: unknown = Reflect.get(delivery?.attempts.at(-1) ?? {}, 'vendor_id');
    return { state, times, vendorId };
  };
  let devices = 0;
  /** A message that FCM took for one device. */
  async function sent() {
    const device = `told${devices++}`;
    await scene.call('PUT', `/v1/devices/${device}`, {
      platform: 'android',
      registrations: [{ provider: 'fcm', token: `${'x'.repeat(22)}:APA91b${device.padEnd(120, 'a')}` }],
    });
    const id = await scene.send({ devices: [device] });
    await scene.reaches(id);
    return { id, device, ours: notificationId(id, device) };
  }

  it('raises deliveries that are named by the vendor’s id or by ours, and answers in its form', async () => {
    const [one, two] = [await sent(), await sent()];
    const { vendorId, state } = await stateOf(one.id);
    assert.equal(state, 'sent');
    assert.ok(vendorId);
    const at = scene.clock.now() - 1_000;
    const answer = await tell([
      { receipt: 'r1', id: vendorId, state: 'delivered', at },
      { receipt: 'r2', ours: two.ours, state: 'opened' },
      { receipt: 'r3', id: 'nobody knows', state: 'delivered' },
    ]);
    assert.deepEqual(answer, { status: 200, body: '{"code":0}' });
    const told = await stateOf(one.id);
    assert.deepEqual([told.state, told.times.delivered], ['delivered', new Date(at).toISOString()]);
    assert.equal((await stateOf(two.id)).state, 'opened');
  });

  it('changes nothing when it comes again, whatever it says under a name that was heard', async () => {
    const { id, ours } = await sent();
    const first = scene.clock.now() - 5_000;
    const receipt = { receipt: 'again', ours, state: 'delivered', at: first };
    await tell([receipt]);
    await tell([receipt, { ...receipt, state: 'opened' }, { ...receipt, receipt: 'later', at: first + 1_000 }]);
    const { state, times } = await stateOf(id);
    assert.deepEqual([state, times.delivered], ['delivered', new Date(first).toISOString()]);
  });

  it('changes nothing when it is forged, kept for too long, dated ahead or too old', async () => {
    const { id, ours } = await sent();
    const now = scene.clock.now();
    const receipt = { receipt: 'f', ours, state: 'delivered' };
    const { body, headers } = signedReceipts(SECRET, [receipt], now);
    assert.equal((await tell([receipt], now, 'another secret')).status, 401);
    assert.equal((await tell([receipt], now - 6 * 60_000)).status, 401);
    assert.equal((await post(url, body)).status, 401, 'unsigned');
    assert.equal((await post(url, body.replace('delivered', 'displayed'), headers)).status, 401);
    assert.equal((await tell([{ receipt: 'g', ours, state: 'delivered', at: now + 6 * 60_000 }])).status, 200);
    assert.equal((await tell([{ receipt: 'h', ours, state: 'delivered', at: now - 31 * 86_400_000 }])).status, 200);
    assert.equal((await tell([{ wrong: true }])).status, 400);
    assert.equal((await stateOf(id)).state, 'sent');
  });

  it('is found by nobody who does not know the whole address', async () => {
    const { ours } = await sent();
    const { body, headers } = signedReceipts(SECRET, [{ receipt: 'n', ours, state: 'delivered' }], scene.clock.now());
    const [, , provider, app, secret] = url.pathname.split('/');
    const wrong = [
      `/callbacks/${provider}/${app}/${secret}x`,
      `/callbacks/${provider}/${app}/${secret?.slice(1)}`,
      `/callbacks/${provider}/nobody/${secret}`,
      `/callbacks/apns/${app}/${secret}`,
      `/callbacks/nothing/${app}/${secret}`,
    ];
    const answers = await Promise.all(wrong.map((path) => post(new URL(path, url), body, headers)));
    const [first] = answers.map(told);
    for (const answer of answers) assert.deepEqual(told(answer), first);
    assert.equal(first?.status, 404);
    const none = await scene.call<Record<string, unknown>>('GET', '/v1/providers/apns');
    assert.ok(!('callback_url' in none.body), 'this vendor tells nothing');
    const { key } = await scene.gateway.keys.create({ app: 'demo', scopes: ['messages:read'] });
    const narrow = await scene.call<Record<string, unknown>>('GET', '/v1/providers/fcm', undefined, {
      authorization: `Bearer ${key}`,
    });
    assert.deepEqual([narrow.status, 'callback_url' in narrow.body], [200, false]);
  });

  it('is bounded', async () => {
    assert.equal((await post(url, 'x'.repeat(1024 * 1024 + 1))).status, 413);
    const many = Array.from({ length: 20_001 }, (_, n) => ({ receipt: `m${n}`, state: 'delivered' }));
    assert.equal((await tell(many)).status, 400);
  });
});

function told({ status, body }: Answer) {
  const { request_id: _, ...problem } = JSON.parse(body) as Record<string, unknown>;
  return { status, problem };
}
