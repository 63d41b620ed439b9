import assert from 'node:assert/strict';
import { type Answer, faultsOf, openTestGateway, type TestGateway } from '../support/test-gateway.js';

describe('users and topics over HTTP', () => {
  let house: TestGateway;

  before(async function () {
    this.timeout(60_000);
    house = await openTestGateway();
  });
  after(() => house?.close());

  const put = (id: string, body: unknown, more = {}) => house.ask(`/v1/users/${id}`, { method: 'PUT', body, ...more });
  const refused = (answer: Answer, ...faults: string[]) =>
    assert.deepEqual([answer.status, faultsOf(answer)], [422, faults]);

  describe('a user', () => {
    it('is made, changed in part and read', async () => {
      const made = await put('ann', {
        attributes: { plan: 'pro', visits: 3, sizes: ['s', 'm'] },
        tags: ['vip'],
        locale: 'zh-CN',
        timezone: 'Asia/Shanghai',
        consent: { marketing: true, at: '2026-01-02T03:04:05+08:00', source: 'checkout' },
      });
      assert.equal(made.status, 201);
      assert.equal(made.headers.get('location'), '/v1/users/ann');
      const { created_at, updated_at, ...rest } = made.body;
      assert.equal(created_at, updated_at);
      const expected = {
        id: 'ann',
        object: 'user',
        app: 'demo',
        attributes: { plan: 'pro', sizes: ['s', 'm'], visits: 3 },
        tags: ['vip'],
        locale: 'zh-CN',
        timezone: 'Asia/Shanghai',
        consent: { marketing: true, at: '2026-01-01T19:04:05.000Z', source: 'checkout' },
        devices: 0,
      };
      assert.deepEqual(rest, expected);
      await house.put('ann-phone', { platform: 'ios', user: 'ann' });
      const changed = await put('ann', {
        attributes: { visits: null },
        tags: { add: ['a'] },
        locale: null,
        consent: { marketing: false },
      });
      assert.equal(changed.status, 200);
      assert.deepEqual(
        [changed.body.attributes, changed.body.tags],
        [{ plan: 'pro', sizes: ['s', 'm'] }, ['a', 'vip']],
      );
      assert.deepEqual([changed.body.locale, changed.body.timezone, changed.body.devices], [null, 'Asia/Shanghai', 1]);
      assert.equal(changed.body.consent.marketing, false);
      assert.ok(Math.abs(Date.parse(changed.body.consent.at) - Date.now()) < 60_000, 'given now');
      assert.deepEqual((await house.ask('/v1/users/ann')).body, changed.body);
    });

    it('is known by a device alone, with an empty record; and not known otherwise', async () => {
      await house.put('lone', { platform: 'web', user: 'only devices' });
      const { status, body } = await house.ask('/v1/users/only%20devices');
      assert.equal(status, 200);
      assert.deepEqual(body, {
        id: 'only devices',
        object: 'user',
        app: 'demo',
        attributes: {},
        tags: [],
        locale: null,
        timezone: null,
        consent: null,
        devices: 1,
        created_at: null,
        updated_at: null,
      });
      for (const id of ['nobody', '%00', 'x'.repeat(257)]) {
        const unknown = await house.ask(`/v1/users/${id}`);
        assert.deepEqual([unknown.status, unknown.body.code], [404, 'user_not_found'], id);
      }
      assert.equal((await house.ask('/v1/users/lone', { key: house.keys.news })).status, 404);
    });

    it('is told every fault', async () => {
      refused(
        await put('x', { plan: 'pro', attributes: { id: 1, a: {} }, tags: ['no spaces'] }),
        '/attributes/id invalid_key',
        '/attributes/a invalid_type',
        '/tags/0 invalid_format',
        '/plan unknown_field',
      );
      refused(
        await put('x', { timezone: 'Mars/Olympus', locale: 'zh CN', consent: { at: 'yesterday' } }),
        '/locale invalid_format',
        '/timezone invalid_format',
        '/consent/marketing required',
        '/consent/at invalid_format',
      );
      refused(await put('%00', {}), 'id invalid_format');
      refused(await put('x'.repeat(257), {}), 'id invalid_format');
      const polluted = await put('x', '{"attributes":{"__proto__":{"a":1}}}');
      assert.deepEqual([polluted.status, polluted.body.code], [400, 'malformed_json']);
      assert.equal((await house.ask('/v1/users/x')).status, 404, 'nothing of it is kept');
      const many = (from: number) => Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`a${from + n}`, n]));
      assert.equal((await put('full', { attributes: many(0) })).status, 201);
      refused(await put('full', { attributes: many(40) }), '/attributes too_many_items');
      assert.equal(Object.keys((await house.ask('/v1/users/full')).body.attributes).length, 40);
    });

    it('loses nothing when calls come at once', async () => {
      const calls = Array.from({ length: 30 }, (_, n) =>
        put('busy', { tags: { add: [`t${n}`] }, attributes: { [`a${n}`]: n } }),
      );
      const statuses = (await Promise.all(calls)).map(({ status }) => status).sort();
      assert.deepEqual(statuses, [...Array(29).fill(200), 201]);
      const { body } = await house.ask('/v1/users/busy');
      assert.deepEqual([body.tags.length, Object.keys(body.attributes).length], [30, 30]);
    });

    it('needs the scopes of devices', async () => {
      assert.equal((await put('ann', {}, { key: house.keys.read })).status, 403);
      assert.equal((await house.ask('/v1/users/ann', { key: house.keys.send })).status, 403);
    });
  });

  describe('a topic', () => {
    const path = (topic: string) => `/v1/topics/${topic}/subscribers`;
    const subscribers = async (topic: string, query = '') => (await house.ask(path(topic) + query)).body;

    before(async () => {
      for (const [id, user] of [
        ['p1', 'pat'],
        ['p2', 'pat'],
        ['q1', 'quinn'],
        ['r1', null],
      ]) {
        await house.put(String(id), { platform: 'ios', user, topics: id === 'r1' ? ['news.zh'] : [] });
      }
    });

    it('has devices and devices of users, shown in pages and on the device', async () => {
      const body = { users: ['pat', 'nobody'], devices: ['q1', 'q1', 'nothing'] };
      const added = await house.ask(path('news.zh'), { body });
      assert.deepEqual(
        [added.status, added.body],
        [200, { topic: 'news.zh', added: 3, unknown: { devices: ['nothing'], users: ['nobody'] } }],
      );
      const first = await subscribers('news.zh', '?limit=3');
      assert.deepEqual(
        first.data.map((one: Record<string, string>) => [one.device, one.user]),
        [
          ['p1', 'pat'],
          ['p2', 'pat'],
          ['q1', 'quinn'],
        ],
      );
      assert.ok(first.has_more && !Number.isNaN(Date.parse(first.data[0].subscribed_at)));
      const rest = await subscribers('news.zh', `?limit=3&cursor=${first.next_cursor}`);
      assert.deepEqual([rest.data.length, rest.data[0].device, rest.has_more], [1, 'r1', false]);
      assert.deepEqual((await house.ask('/v1/devices/p1')).body.topics, ['news.zh']);
      const again = await house.ask(path('news.zh'), { body: { users: ['pat'] } });
      assert.equal(again.body.added, 0);
    });

    it('loses them again, and does not miss those it has not', async () => {
      await house.ask(path('short'), { body: { users: ['pat', 'quinn'] } });
      const remove = (body: unknown) => house.ask(path('short'), { method: 'DELETE', body });
      const { status, body } = await remove({ users: ['pat'], devices: ['r1', 'nothing'] });
      assert.deepEqual([status, body], [200, { topic: 'short', removed: 2 }]);
      assert.deepEqual((await remove({ devices: ['p1'] })).body, { topic: 'short', removed: 0 });
      assert.equal((await subscribers('short')).data.length, 1);
      assert.deepEqual((await subscribers('of-nobody')).data, []);
    });

    it('refuses bad names, no names, too many names and a cursor of another list', async () => {
      const names = (count: number) => Array.from({ length: count }, (_, n) => `n${n}`);
      for (const method of ['POST', 'DELETE']) {
        const ask = (body: unknown, topic = 'news.zh') => house.ask(path(topic), { method, body });
        refused(await ask({ devices: ['p1'] }, 'no%20spaces'), 'topic invalid_format');
        refused(await ask({ devices: ['p1'] }, 'x'.repeat(129)), 'topic invalid_format');
        refused(await ask({}), ' no_target');
        refused(await ask({ devices: [], users: [] }), ' no_target');
        refused(await ask({ devices: names(501), users: names(500) }), ' too_many_targets');
        refused(
          await ask({ devices: ['not a name'], topic: 'x' }),
          '/devices/0 invalid_format',
          '/topic unknown_field',
        );
        assert.equal((await ask({ devices: names(500), users: names(500) })).status, 200);
      }
      const devices = await house.ask('/v1/devices?limit=1');
      refused(await house.ask(`${path('news.zh')}?cursor=${devices.body.next_cursor}`), 'cursor invalid_cursor');
    });

    it('refuses a device beyond its thousandth topic, and subscribes nobody then', async () => {
      const topics = Array.from({ length: 1_000 }, (_, n) => `t${n}`);
      await house.put('full', { platform: 'ios', topics });
      const over = await house.ask(path('one-more'), { body: { devices: ['p1', 'full'] } });
      refused(over, ' too_many_topics');
      assert.match(over.body.errors[0].detail, /'full'/);
      assert.deepEqual((await subscribers('one-more')).data, []);
      refused(await house.put('full', { topics: { add: ['one-more'] } }), '/topics too_many_items');
    });

    it('needs the scopes of devices', async () => {
      const body = { devices: ['p1'] };
      assert.equal((await house.ask(path('x'), { body, key: house.keys.read })).status, 403);
      assert.equal((await house.ask(path('x'), { method: 'DELETE', body, key: house.keys.read })).status, 403);
      assert.equal((await house.ask(path('x'), { key: house.keys.send })).status, 403);
    });
  });
});
