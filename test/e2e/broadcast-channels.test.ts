import assert from 'node:assert/strict';
import { openScene, type Scene } from './delivery/scene.js';

interface Channel {
  readonly id: string;
  readonly object: string;
  readonly provider: string;
  readonly environment: string;
  readonly storage: string;
}
interface Problem {
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { readonly parameter?: string; readonly pointer?: string; readonly code: string }[];
}

const PATH = '/v1/providers/apns/broadcast-channels';
const one = (id: string) => `${PATH}/${encodeURIComponent(id)}`;

describe('broadcast channels over the API', function () {
  this.timeout(60_000);
  let scene: Scene;
  before(async () => {
    scene = await openScene();
  });
  after(() => scene?.world.close());

  it('are made, pushed to, and deleted', async () => {
    const made = await scene.call<Channel>('POST', PATH, {});
    assert.equal(made.status, 201);
    const { id } = made.body;
    assert.deepEqual(made.body, {
      ...{ id, object: 'broadcast_channel', provider: 'apns', environment: 'production', storage: 'most_recent' },
    });
    assert.deepEqual((await scene.call<Channel>('GET', one(id))).body, made.body);
    const listed = (await scene.call<{ data: object[] }>('GET', PATH)).body;
    assert.deepEqual(listed, { data: [{ id, object: 'broadcast_channel' }], next_cursor: null, has_more: false });

    const aps = { event: 'update', timestamp: 1_700_000_000, 'content-state': { home: 1 } };
    const push = async () => {
      const to = { push_tokens: [{ provider: 'apns', token: id, purpose: 'broadcast' }] };
      const sent = await scene.send(to, { data: { match: '7' }, overrides: { apns: { payload: { aps } } } });
      return scene.reaches(sent);
    };
    assert.equal((await push()).counts.sent, 1);
    assert.equal(scene.arrivals(id).filter(({ accepted }) => accepted).length, 1);

    assert.equal((await scene.call('DELETE', one(id))).status, 204);
    const gone = await scene.call<Problem>('DELETE', one(id));
    assert.deepEqual([gone.status, gone.body.code], [404, 'channel_not_found']);
    assert.deepEqual((await push()).reasons, { token_invalid: 1 });
  });

  it('are those of one environment', async () => {
    const body = { environment: 'sandbox', storage: 'none' };
    const { id } = (await scene.call<Channel>('POST', PATH, body)).body;
    assert.equal((await scene.call('GET', one(id))).status, 404);
    const found = await scene.call<Channel>('GET', `${one(id)}?environment=sandbox`);
    assert.deepEqual([found.status, found.body.storage], [200, 'none']);
  });

  it('pass on what the vendor refuses, or that it is not there', async () => {
    const refused = await scene.call<Problem>('POST', PATH, { bundle_id: 'com.example.other' });
    assert.deepEqual([refused.status, refused.body.code], [422, 'vendor_refused']);
    assert.match(refused.body.detail, /TopicDisallowed/);
    scene.world.simulators.faults.add({
      ...{ provider: 'apns_channels', match: { rate: 1 }, times: 1 },
      fault: { kind: 'answer', status: 503, reason: 'ServiceUnavailable' },
    });
    const away = await scene.call<Problem>('GET', PATH);
    assert.deepEqual([away.status, away.body.code], [503, 'vendor_unreachable']);
    assert.equal(away.headers.get('retry-after'), '5');
  });

  it('are refused for wrong input, other kinds, unknown providers, and keys that may not', async () => {
    const at = async (method: string, path: string, body?: unknown) => {
      const { status, body: problem } = await scene.call<Problem>(method, path, body);
      const [fault] = problem.errors ?? [];
      return `${status} ${problem.code}${fault === undefined ? '' : ` ${fault.parameter ?? fault.pointer} ${fault.code}`}`;
    };
    assert.equal(await at('POST', PATH, { storage: 'all' }), '422 validation_failed /storage invalid_value');
    assert.equal(await at('POST', PATH, { colour: 1 }), '422 validation_failed /colour unknown_field');
    assert.match(await at('GET', `${PATH}?environment=live`), /^422 validation_failed environment /);
    assert.match(await at('GET', `${PATH}?env=sandbox`), /^422 validation_failed env unknown_parameter/);
    assert.match(await at('GET', `${PATH}?bundle_id=a%2F..%2Fb`), /^422 validation_failed bundle_id /);
    assert.equal(await at('GET', PATH.replace('apns', 'fcm')), '422 validation_failed name unsupported');
    assert.equal(await at('GET', PATH.replace('apns', 'apn')), '404 provider_not_found');
    const { key } = await scene.gateway.keys.create({ app: 'demo', scopes: ['messages:send'] });
    const refused = await fetch(`${scene.gateway.api?.url}${PATH}`, { headers: { authorization: `Bearer ${key}` } });
    await refused.text();
    assert.equal(refused.status, 403);
  });
});
