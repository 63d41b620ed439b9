import assert from 'node:assert/strict';
import { SCOPES } from '../../../src/ports/key-store.js';
import { createCaller } from '../../support/world.js';
import { newToken, ok, openScene, type Scene, VISIBLE } from '../delivery/scene.js';

/** Topics and filters, judged token by token at the vendors' side. */
describe('send: topics and filters', function () {
  this.timeout(60_000);
  let scene: Scene;
  /** Push tokens by device. */
  const tokens = new Map<string, string>();

  const plan = (value: string) => ({ attr: 'user.plan', op: 'eq', value });
  const put = async (id: string, body: unknown) => {
    const { status } = await scene.call('PUT', `/v1/users/${id}`, body);
    assert.ok(status === 200 || status === 201, String(status));
  };

  before(async () => {
    scene = await openScene();
    await put('ann', { attributes: { plan: 'pro', visits: 7 }, tags: ['vip'], locale: 'de' });
    await put('bob', { attributes: { plan: 'free', visits: 12 } });
    await put('cid', { attributes: { plan: 'pro' } });
    const devices = {
      'ann-phone': { user: 'ann', app_version: '5.10.0', topics: ['news', 'sport'], tags: ['beta'] },
      'ann-pad': { user: 'ann', app_version: '5.9.1', topics: ['news'], attributes: { screen: 'large' } },
      'bob-phone': { user: 'bob', app_version: '5.10.0', topics: ['news', 'quiet'] },
      'cid-mac': { user: 'cid', platform: 'macos', topics: ['sport'], attributes: { screen: 'large' } },
      nobodys: { topics: ['news'] },
    };
    for (const [id, fields] of Object.entries(devices)) tokens.set(id, await scene.device(id, fields));
  });
  after(() => scene?.world.close());

  /** Sends and waits. @returns the devices whose push tokens were reached, each as often as it was */
  async function reached(to: unknown, more: Record<string, unknown> = {}): Promise<string[]> {
    const before = scene.arrivals().length;
    const id = await scene.send(to, { ...VISIBLE, ...more });
    const ended = await scene.reaches(id);
    const arrived = scene.arrivals().slice(before);
    assert.equal(ended.counts.sent, arrived.length);
    const names = new Map([...tokens].map(([device, token]) => [token, device]));
    return arrived.map(({ token }) => names.get(token) ?? token).sort();
  }

  const cases: readonly (readonly [string, unknown, Record<string, unknown>, readonly string[]])[] = [
    ['a topic', { topics: ['news'] }, {}, ['ann-pad', 'ann-phone', 'bob-phone', 'nobodys']],
    ['a topic less another', { topics: ['news'] }, { except: { topics: ['quiet', 'sport'] } }, ['ann-pad', 'nobodys']],
    [
      'two topics, each device once',
      { topics: ['news', 'sport'] },
      {},
      ['ann-pad', 'ann-phone', 'bob-phone', 'cid-mac', 'nobodys'],
    ],
    ['a filter', { filter: plan('pro') }, {}, ['ann-pad', 'ann-phone', 'cid-mac']],
    [
      'a union of a user, a topic and a filter',
      { users: ['bob'], topics: ['sport'], filter: { attr: 'device.screen', op: 'eq', value: 'large' } },
      {},
      ['ann-pad', 'ann-phone', 'bob-phone', 'cid-mac'],
    ],
    [
      'everyone, narrowed by a filter',
      'everyone',
      { only: { filter: { not: { attr: 'user.plan', op: 'exists' } } } },
      ['nobodys'],
    ],
    [
      'a user, narrowed by a filter',
      { users: ['ann'] },
      { only: { filter: { attr: 'device.app_version', op: 'lt', value: '5.10' } } },
      ['ann-pad'],
    ],
    [
      'a filter, narrowed by platform, less a device',
      { filter: { attr: 'user.visits', op: 'gte', value: 7 } },
      { only: { platforms: ['ios'] }, except: { devices: ['ann-pad'] } },
      ['ann-phone', 'bob-phone'],
    ],
    [
      'tags of the user and of the device',
      {
        filter: {
          all: [
            { attr: 'user.tags', op: 'contains', value: 'vip' },
            { attr: 'device.tags', op: 'in', value: ['beta', 'alpha'] },
          ],
        },
      },
      {},
      ['ann-phone'],
    ],
  ];
  for (const [what, to, more, expected] of cases) {
    it(`reaches ${what}`, async () => assert.deepEqual(await reached(to, more), expected));
  }

  it('goes over the wanted road alone, and only to whom it leads', async () => {
    const apns = newToken();
    const fcm = 'fcm-token-of-two-roads';
    await scene.device('two-roads', {
      user: 'dora',
      registrations: [
        { provider: 'apns', token: apns },
        { provider: 'fcm', token: fcm },
      ],
    });
    await scene.device('one-road', { user: 'dora' });
    const id = await scene.send({ users: ['dora'] }, { ...VISIBLE, only: { providers: ['fcm'] } });
    assert.equal((await scene.reaches(id)).counts.sent, 1);
    const delivery = await scene.delivery(id);
    assert.deepEqual([delivery.device, delivery.provider], ['two-roads', 'fcm']);
    assert.equal(scene.arrivals(apns).length, 0);
    // A route leads nowhere else either: APNs has forgotten the device, and FCM is not asked.
    scene.fault(apns, { kind: 'answer', status: 410 }, 1);
    const dead = await scene.send({ devices: ['two-roads'] }, { ...VISIBLE, only: { providers: ['apns'] } });
    assert.deepEqual((await scene.reaches(dead)).reasons, { token_invalid: 1 });
    const ended = await scene.delivery(dead);
    assert.deepEqual([ended.provider, ended.attempts.length], ['apns', 1]);
    const unknown = await scene.call<{ errors: { pointer: string; detail: string }[] }>('POST', '/v1/messages', {
      to: 'everyone',
      only: { providers: ['fmc'] },
      ...VISIBLE,
    });
    assert.equal(unknown.status, 422);
    assert.equal(unknown.body.errors[0]?.pointer, '/only/providers/0');
    assert.match(unknown.body.errors[0]?.detail ?? '', /did you mean 'fcm'/);
  });

  it('reaches a push token that a topic reaches as well once, and one that nobody narrows for', async () => {
    const token = String(tokens.get('ann-pad'));
    const bare = { provider: 'apns', token };
    const to = { topics: ['news'], push_tokens: [bare] };
    assert.deepEqual(await reached(to), ['ann-pad', 'ann-phone', 'bob-phone', 'nobodys']);
    assert.deepEqual(await reached(to, { except: { topics: ['quiet'] }, only: { filter: plan('free') } }), []);
    assert.deepEqual(await reached({ push_tokens: [bare], users: ['bob'] }, { only: { providers: ['apns'] } }), [
      'ann-pad',
      'bob-phone',
    ]);
  });

  it('accepts a message to a filter or a topic that nobody matches, and says so', async () => {
    for (const to of [{ filter: plan('platinum') }, { topics: ['of-nobody'] }]) {
      const answer = await scene.call<{ status: string; warnings: { code: string }[]; audience: object }>(
        'POST',
        '/v1/messages',
        { to, ...VISIBLE },
      );
      assert.equal(answer.status, 202);
      assert.deepEqual(
        [answer.body.status, answer.body.warnings.map(({ code }) => code)],
        ['completed', ['no_device']],
      );
      assert.deepEqual(answer.body.audience, {
        state: 'resolved',
        users: 0,
        devices: 0,
        by_platform: {},
        no_device: [],
      });
    }
  });

  it('counts before it sends, and sends nothing beyond max_devices', async () => {
    const body = { to: { topics: ['news'] }, max_devices: 3, ...VISIBLE };
    const before = scene.arrivals().length;
    const refused = await scene.call<{ code: string }>('POST', '/v1/messages', body);
    assert.deepEqual([refused.status, refused.body.code], [422, 'audience_too_large']);
    assert.equal(scene.arrivals().length, before);
    assert.equal((await reached(body.to, { max_devices: 4 })).length, 4);
  });

  it('plans a large topic less another, and nobody who came after it was accepted', async () => {
    const made = await scene.devices('fan', 1_200, () => 'fans');
    const names = (from: number, to: number) =>
      made.slice(from, to).map((_, n) => `fan${String(from + n).padStart(5, '0')}`);
    const subscribe = async (topic: string, devices: string[]) =>
      ok(await scene.call<{ added: number }>('POST', `/v1/topics/${topic}/subscribers`, { devices }), 200).added;
    assert.equal(await subscribe('fans', names(0, 600)), 600);
    assert.equal(await subscribe('fans', names(600, 1_200)), 600);
    assert.equal(await subscribe('asleep', names(100, 200)), 100);
    const answer = await scene.call<{ id: string; audience: { state: string } }>('POST', '/v1/messages', {
      to: { topics: ['fans'] },
      except: { topics: ['asleep'] },
      ...VISIBLE,
    });
    assert.deepEqual([answer.status, answer.body.audience.state], [202, 'resolving']);
    assert.equal(
      (
        await scene.call('PUT', '/v1/devices/zz-late', {
          platform: 'ios',
          topics: ['fans'],
          registrations: [{ provider: 'apns', token: newToken() }],
        })
      ).status,
      201,
    );
    const ended = await scene.reaches(answer.body.id);
    assert.deepEqual([ended.devices, ended.counts.sent], [1_100, 1_100]);
    const reachedTokens = new Set(scene.arrivals().map(({ token }) => token));
    assert.deepEqual(
      made.filter((token) => !reachedTokens.has(token)),
      made.slice(100, 200),
    );
  });

  it('needs the scope of broadcasts for topics and filters, and both for a union', async () => {
    const { key } = await scene.gateway.keys.create({
      app: 'demo',
      scopes: SCOPES.filter((scope) => scope !== 'messages:broadcast'),
    });
    const call = createCaller(scene.gateway.api?.url ?? '', key);
    for (const to of [{ topics: ['news'] }, { filter: plan('pro') }, { users: ['bob'], topics: ['news'] }]) {
      const refused = await call<{ code: string; detail: string }>('POST', '/v1/messages', { to, ...VISIBLE });
      assert.deepEqual([refused.status, refused.body.code], [403, 'missing_scope']);
      assert.match(refused.body.detail, /messages:broadcast/);
    }
    const narrowed = {
      to: { users: ['nobody'] },
      only: { filter: plan('pro') },
      except: { topics: ['quiet'] },
      ...VISIBLE,
    };
    assert.equal((await call('POST', '/v1/messages', narrowed)).status, 202);
  });

  it('tells before anything is sent whom a message would reach', async () => {
    const plans = await scene.call<{
      class: string;
      audience: { devices: number };
      providers: { provider: string; devices: number }[];
    }>('POST', '/v1/messages/validate', { to: { filter: plan('pro') }, except: { topics: ['sport'] }, ...VISIBLE });
    assert.deepEqual([plans.status, plans.body.class, plans.body.audience.devices], [200, 'marketing', 1]);
    assert.equal(plans.body.providers.find(({ provider }) => provider === 'apns')?.devices, 1);
  });
});
