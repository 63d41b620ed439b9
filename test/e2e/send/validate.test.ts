import assert from 'node:assert/strict';
import { openWorld } from '../../support/world.js';
import { openScene, type Scene, VISIBLE } from '../delivery/scene.js';

interface Plan {
  readonly object: string;
  readonly class: string;
  readonly audience: {
    readonly state: string;
    readonly devices?: number;
    readonly users?: number;
    readonly by_platform?: Readonly<Record<string, number>>;
    readonly no_device?: readonly string[];
  };
  readonly providers: readonly {
    readonly provider: string;
    readonly devices?: number;
    readonly sample_device: string | null;
    readonly payload?: {
      readonly headers: Readonly<Record<string, string>>;
      readonly payload: Record<string, unknown>;
    };
  }[];
  readonly no_registration?: number;
  readonly warnings: readonly { readonly code: string }[];
  readonly errors?: readonly object[];
}

const VALIDATE = '/v1/messages/validate';

describe('a message that is only validated', function () {
  this.timeout(60_000);
  let scene: Scene;
  before(async () => {
    scene = await openScene({ world: await openWorld({ roads: 'apns' }) });
    await scene.device('v1', { user: 'vera' });
    await scene.device('v2', { user: 'vera' });
    await scene.device('v3', { user: 'vera', registrations: [] });
  });
  after(() => scene?.world.close());

  const validate = (body: unknown, headers = {}) => scene.call<Plan>('POST', VALIDATE, body, headers);
  const send = (body: unknown) => scene.call<Record<string, unknown>>('POST', '/v1/messages', body);
  const stored = async () => (await scene.call<{ data: unknown[] }>('GET', '/v1/messages?limit=1000')).body.data.length;

  it('tells how many devices each provider would be sent, and which nobody reaches', async () => {
    const { status, body } = await validate({ to: { users: ['vera', 'nobody'] }, ...VISIBLE });
    assert.equal(status, 200);
    assert.deepEqual(
      { ...body, providers: body.providers.map(({ payload, ...rest }) => rest) },
      {
        object: 'message_plan',
        app: 'demo',
        class: 'transactional',
        audience: { state: 'resolved', users: 1, devices: 3, by_platform: { ios: 3 }, no_device: ['nobody'] },
        providers: [{ provider: 'apns', devices: 2, sample_device: 'v1' }],
        no_registration: 1,
        steps: [
          { via: 'native', provider: 'apns', devices: 2 },
          { via: 'apns', provider: 'apns', devices: 0 },
        ],
        warnings: [],
      },
    );
  });

  it('shows the payload that then arrives at the vendor', async () => {
    const message = {
      to: { devices: ['v1'] },
      notification: { title: 'Paid', body: 'Thank you', thread: 'order-1', click: { deep_link: 'shop://order/1' } },
      data: { order: '1' },
      delivery: { ttl: '0s', collapse_key: 'order-1', priority: 'low' },
      overrides: { apns: { payload: { aps: { 'relevance-score': 0.5 } } } },
    };
    const [shown] = (await validate(message)).body.providers;
    const sent = await send(message);
    assert.equal(sent.status, 202);
    await scene.reaches(String(sent.body.id));
    const arrived = scene.arrivals().at(-1);
    assert.ok(arrived !== undefined && shown?.payload !== undefined);
    const { pealbell: ours, ...payload } = shown.payload.payload;
    const { pealbell: theirs, ...came } = arrived.payload;
    assert.deepEqual(payload, came);
    assert.deepEqual(
      { ...(ours as object), id: '' },
      { ...(theirs as object), id: '' },
      'but for the id of the message',
    );
    for (const [name, value] of Object.entries(shown.payload.headers)) assert.equal(arrived.headers[name], value, name);
    assert.equal(shown.payload.headers['apns-priority'], '1');
    assert.equal(JSON.stringify(shown).includes('authorization'), false);
  });

  it('stores nothing and sends nothing', async () => {
    const before = [await stored(), scene.arrivals().length];
    assert.equal((await validate({ to: 'everyone', ...VISIBLE })).status, 200);
    await validate({ to: { devices: ['v1'] }, ...VISIBLE }, { 'idempotency-key': 'only-validated' });
    // A message sent later arrives alone: jobs run in the order in which they came.
    const sent = await scene.send({ devices: ['v2'] });
    await scene.reaches(sent);
    assert.deepEqual([await stored(), scene.arrivals().length], [(before[0] ?? 0) + 1, (before[1] ?? 0) + 1]);
  });

  it('says what class and priority the call would have', async () => {
    const { body } = await validate({ to: 'everyone', ...VISIBLE });
    assert.equal(body.class, 'marketing');
    assert.equal(body.providers[0]?.payload?.headers['apns-priority'], '5');
    assert.deepEqual([body.audience.state, body.audience.devices, body.providers[0]?.devices], ['resolved', 3, 2]);
  });

  it('warns where there is nobody, and still shows the payload', async () => {
    const { body } = await validate({ to: { users: ['nobody'] }, ...VISIBLE });
    assert.deepEqual(
      body.warnings.map(({ code }) => code),
      ['no_device'],
    );
    assert.deepEqual([body.providers[0]?.devices, body.providers[0]?.sample_device], [0, null]);
    assert.notEqual(body.providers[0]?.payload, undefined);
  });

  it('counts a bare push token of a device that is reached anyway once', async () => {
    const token = await scene.device('v4', { user: 'vic' });
    const push_tokens = [
      { provider: 'apns', token },
      { provider: 'apns', token: 'ab'.repeat(32) },
    ];
    const { body } = await validate({ to: { users: ['vic'], push_tokens }, ...VISIBLE });
    assert.equal(body.providers[0]?.devices, 2);
    const alone = await validate({ to: { push_tokens }, ...VISIBLE });
    assert.deepEqual([alone.body.providers[0]?.devices, alone.body.providers[0]?.sample_device], [2, null]);
  });

  it('gives the warnings and the faults of a send, word for word', async () => {
    const to = { devices: ['v1'] };
    const actions = [{ id: 'a', title: 'A' }];
    const fine = { to, notification: { title: 't', actions } };
    const [planned, taken] = [await validate(fine), await send(fine)];
    assert.equal(planned.body.warnings.length, 1);
    assert.deepEqual(planned.body.warnings, taken.body.warnings);
    for (const bad of [
      {},
      { to: {}, notification: {} },
      { to, data: { aps: 'x' } },
      { to, notification: { title: 't' }, overrides: { apn: {} } },
      { to, notification: { body: 'x'.repeat(4_096) } },
      { to: { push_tokens: [{ provider: 'apns', token: 'no' }] }, ...VISIBLE },
      { to: 'everyone', ...VISIBLE, max_devices: 1 },
    ]) {
      const [asked, sent] = [await validate(bad), await send(bad)];
      assert.equal(asked.status, 422, JSON.stringify(bad));
      assert.deepEqual({ ...asked.body, request_id: '' }, { ...sent.body, request_id: '' });
    }
  });

  it('needs the scope that the send needs', async () => {
    const scopes = ['messages:send'] as const;
    const { key } = await scene.gateway.keys.create({ app: 'demo', scopes });
    const ask = async (to: unknown) => {
      const answer = await fetch(`${scene.gateway.api?.url}${VALIDATE}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ to, ...VISIBLE }),
      });
      await answer.text();
      return answer.status;
    };
    assert.equal(await ask({ devices: ['v1'] }), 200);
    assert.equal(await ask('everyone'), 403);
  });
});
