import assert from 'node:assert/strict';
import fc from 'fast-check';
import { z } from 'zod';
import { type Answer, apns, faultsOf, openTestGateway, type TestGateway, tokenOf } from '../support/test-gateway.js';

const title = { title: 'Hello' };

describe('messages over HTTP', () => {
  let house: TestGateway;

  before(async function () {
    this.timeout(60_000);
    house = await openTestGateway();
  });
  after(() => house?.close());

  async function settled(id: string): Promise<Answer['body']> {
    for (;;) {
      const { status, body } = await house.ask(`/v1/messages/${id}`);
      assert.equal(status, 200);
      if (body.status === 'completed') return body;
    }
  }

  describe('messages', () => {
    before(async () => {
      await house.put('phone1', { platform: 'ios', user: 'mia', registrations: [apns(0xa1)] });
      await house.put('phone2', { platform: 'ios', user: 'mia', registrations: [apns(0xa2)] });
    });

    it('are accepted, delivered, and told of in every shape of the API', async () => {
      const sent = await house.ask('/v1/messages', {
        body: {
          to: { users: ['mia', 'nobody'] },
          notification: title,
          metadata: { campaign: 'autumn' },
          tags: ['orders'],
        },
      });
      assert.equal(sent.status, 202);
      assert.equal(sent.headers.get('location'), `/v1/messages/${sent.body.id}`);
      assert.deepEqual(
        { ...sent.body, id: '', created_at: '' },
        {
          id: '',
          object: 'message',
          app: 'demo',
          status: 'queued',
          created_at: '',
          audience: { state: 'resolved', users: 1, devices: 2, by_platform: { ios: 2 }, no_device: ['nobody'] },
          warnings: [],
        },
      );
      const message = await settled(sent.body.id);
      assert.deepEqual([message.devices, message.settled], [2, 2]);
      assert.equal(message.counts.sent, 2);
      assert.deepEqual(message.reached, { sent: 2, delivered: 0, displayed: 0, opened: 0 });
      assert.deepEqual([message.blocked, message.reasons], [[], {}]);
      assert.deepEqual([message.metadata, message.tags], [{ campaign: 'autumn' }, ['orders']]);
      assert.ok(Date.parse(message.completed_at) >= Date.parse(message.created_at));

      const { body } = await house.ask(`/v1/messages/${message.id}/deliveries?limit=1`);
      const [delivery] = body.data;
      assert.deepEqual(
        [delivery.device, delivery.user, delivery.state, delivery.reason],
        ['phone1', 'mia', 'sent', null],
      );
      assert.equal(delivery.attempts[0].outcome, 'accepted');
      assert.deepEqual(Object.keys(delivery.times), ['queued', 'sent']);
      const next = await house.ask(`/v1/messages/${message.id}/deliveries?limit=1&cursor=${body.next_cursor}`);
      assert.equal(next.body.data[0].device, 'phone2');

      const { body: list } = await house.ask('/v1/messages?limit=1');
      assert.equal(list.data[0].id, message.id);
    });

    it('to a bare push token have its hash, and never the token', async () => {
      const token = { ...apns(0xbe), platform: 'ios' };
      const sent = await house.ask('/v1/messages', { body: { to: { push_tokens: [token] }, notification: title } });
      assert.equal(sent.status, 202);
      await settled(sent.body.id);
      const { body } = await house.ask(`/v1/messages/${sent.body.id}/deliveries`);
      assert.equal(body.data[0].device, null);
      assert.equal(typeof body.data[0].token_hash, 'string');
      assert.doesNotMatch(JSON.stringify(body), new RegExp(tokenOf(0xbe)));
    });

    it('to nobody are accepted, completed, and warned of', async () => {
      const { status, body } = await house.ask('/v1/messages', {
        body: { to: { users: ['nobody'] }, notification: title },
      });
      assert.deepEqual([status, body.status, body.warnings[0].code], [202, 'completed', 'no_device']);
    });

    it('that are wrong tell every fault of shape at once, and are not sent', async () => {
      const before = (await house.ask('/v1/messages?limit=1')).body.data[0].id;
      const refused = await house.ask('/v1/messages', {
        body: { to: { users: [] }, notification: { titl: 'x' }, schedule: {}, delivery: { ttl: 1 } },
      });
      assert.equal(refused.status, 422);
      assert.equal(refused.headers.get('content-type'), 'application/problem+json');
      assert.deepEqual(faultsOf(refused).sort(), [
        '/delivery/ttl invalid_type',
        '/notification required',
        '/notification/titl unknown_field',
        '/schedule not_in_this_version',
        '/to no_target',
      ]);
      assert.equal(refused.body.request_id, refused.headers.get('x-request-id'));
      assert.equal((await house.ask('/v1/messages?limit=1')).body.data[0].id, before);
    });

    it('tell what only the house can know', async () => {
      const refused = await house.ask('/v1/messages', {
        body: { to: { push_tokens: [{ provider: 'apn', token: 'x' }] }, notification: title, overrides: { fcmm: {} } },
      });
      assert.deepEqual(faultsOf(refused), [
        '/to/push_tokens/0/provider unknown_provider',
        '/overrides/fcmm unknown_provider',
      ]);
    });

    it('over their own bound are not sent', async () => {
      const body = { to: { users: ['mia'] }, notification: title, max_devices: 1 };
      const refused = await house.ask('/v1/messages', { body });
      assert.deepEqual([refused.status, refused.body.code], [422, 'audience_too_large']);
    });

    it('that nobody knows, or another app sent, are not found', async () => {
      const sent = await house.ask('/v1/messages', { body: { to: { users: ['nobody'] }, notification: title } });
      for (const [id, key] of [
        ['msg_00000000000000000000000000', house.keys.all],
        ['x', house.keys.all],
        ['%00', house.keys.all],
        [sent.body.id, house.keys.news],
      ]) {
        for (const path of [`/v1/messages/${id}`, `/v1/messages/${id}/deliveries`]) {
          const answer = await house.ask(path, { key: String(key) });
          assert.deepEqual([answer.status, answer.body.code], [404, 'message_not_found'], path);
        }
        assert.equal((await house.ask(`/v1/messages/${id}/cancel`, { method: 'POST', key: String(key) })).status, 404);
      }
    });

    it('are canceled with an answer that tells what had left', async () => {
      const sent = await house.ask('/v1/messages', { body: { to: { users: ['mia'] }, notification: title } });
      const canceled = await house.ask(`/v1/messages/${sent.body.id}/cancel`, { method: 'POST', key: house.keys.all });
      assert.equal(canceled.status, 200);
      assert.ok(['canceled', 'completed', 'sending'].includes(canceled.body.status), canceled.body.status);
      const sum = Object.values<number>(canceled.body.counts).reduce((a, b) => a + b);
      assert.equal(sum, canceled.body.devices);
    });

    it('under a key that was used are the first one', async () => {
      const headers = { 'idempotency-key': 'order-8812' };
      const first = await house.ask('/v1/messages', { headers, body: { to: { users: ['mia'] }, notification: title } });
      // Another key order and white space, but the same body.
      const again = await house.ask('/v1/messages', {
        headers,
        body: '{ "notification": {"title":"Hello"}, "to" : {"users":["mia"]} }',
      });
      assert.equal(first.headers.get('idempotency-replayed'), null);
      assert.equal(again.headers.get('idempotency-replayed'), 'true');
      assert.deepEqual([again.status, again.body], [first.status, first.body]);
      const other = await house.ask('/v1/messages', {
        headers,
        body: { to: { users: ['mia'] }, notification: { title: 'B' } },
      });
      assert.deepEqual([other.status, other.body.code], [422, 'idempotency_mismatch']);
      const elsewhere = await house.ask('/v1/messages', {
        headers,
        key: house.keys.news,
        body: { to: { users: ['mia'] }, notification: title },
      });
      assert.equal(elsewhere.status, 202);
      assert.notEqual(elsewhere.body.id, first.body.id);
    });

    it('under one key at once are one message', async () => {
      const twin = () =>
        house.ask('/v1/messages', {
          headers: { 'idempotency-key': 'twins' },
          body: { to: { users: ['mia'] }, notification: title },
        });
      const answers = await Promise.all(Array.from({ length: 20 }, twin));
      assert.ok(answers.every(({ status }) => status === 202));
      assert.equal(new Set(answers.map(({ body }) => body.id)).size, 1);
      assert.equal(answers.filter(({ headers }) => headers.get('idempotency-replayed') === null).length, 1);
      const metrics = await (await fetch(`${house.gateway.admin.url}/metrics`)).text();
      assert.match(metrics, /^pealbell_idempotency_total\{result="replayed"\} \d+$/m);
      assert.match(metrics, /^pealbell_idempotency_total\{result="mismatch"\} \d+$/m);
    });

    it('refuse a key that is no header text', async () => {
      const body = { to: { users: ['mia'] }, notification: title };
      const refused = await house.ask('/v1/messages', { body, headers: { 'idempotency-key': 'x'.repeat(256) } });
      assert.deepEqual([refused.status, faultsOf(refused)], [422, ['Idempotency-Key invalid_format']]);
    });

    it('never answer with a fault of the house, however a body is bent', async function () {
      this.timeout(60_000);
      const good = {
        to: { users: ['mia'] },
        data: { k: 'v' },
        delivery: { ttl: '0s' },
        tags: ['t'],
        metadata: { a: 1 },
      };
      const paths = fc.constantFrom(
        'to',
        'data',
        'delivery',
        'tags',
        'metadata',
        'notification',
        'overrides',
        'class',
        'x',
      );
      const junk = fc.oneof(
        fc.jsonValue({ maxDepth: 3 }),
        fc.string({ unit: 'binary' }),
        fc.constant({ users: ['\u0000'] }),
      );
      await fc.assert(
        fc.asyncProperty(paths, junk, async (path, value) => {
          const { status } = await house.ask('/v1/messages', { body: { ...good, [path]: value } });
          assert.ok(status === 202 || status === 400 || status === 422, String(status));
        }),
        { numRuns: 200 },
      );
    });
  });

  describe('the description', () => {
    it('is what is mounted: every operation answers, and nothing else does', async () => {
      const { status, body } = await house.ask('/openapi.json', { key: null });
      assert.equal(status, 200);
      for (const [path, methods] of Object.entries<object>(body.paths)) {
        const concrete = path.replace('{code}', 'overloaded').replaceAll(/\{\w+\}/g, 'x');
        for (const method of ['get', 'put', 'post', 'patch', 'delete']) {
          const answer = await fetch(house.url + concrete, { method: method.toUpperCase() });
          await answer.arrayBuffer();
          // A WebSocket shows its access token in its first frame; what is none is asked to become one.
          const refused = path === '/v1/realtime/ws' ? 426 : 401;
          // Whoever does not know the address is told no more than of one that is none.
          const open = path.startsWith('/callbacks/') ? 404 : 200;
          const expected = method in methods ? (path.startsWith('/v1/') ? refused : open) : 405;
          assert.equal(answer.status, expected, `${method} ${path}`);
        }
      }
      assert.equal((await house.ask('/metrics', { key: null })).status, 404);
    });

    it('holds for the answers that are given', async () => {
      const { body: document } = await house.ask('/openapi.json', { key: null });
      const judge = (name: string) => {
        const text = JSON.stringify({ ...document.components.schemas[name], $defs: document.components.schemas });
        return z.fromJSONSchema(JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')));
      };
      const list = (await house.ask('/v1/messages')).body;
      judge('ListMessagesAnswer').parse(list);
      const sent = list.data.find((message: Answer['body']) => message.devices > 0);
      judge('ListDeliveriesAnswer').parse((await house.ask(`/v1/messages/${sent.id}/deliveries`)).body);
      judge('ListDevicesAnswer').parse((await house.ask('/v1/devices')).body);
      judge('Problem').parse((await house.ask('/v1/messages/x')).body);
      judge('ReadyAnswer').parse((await house.ask('/readyz', { key: null })).body);
    });
  });

  describe('the log', () => {
    it('writes one line per request, and never a key or a push token', async () => {
      const requests = house.lines.filter(({ event }) => event === 'http.request');
      assert.ok(requests.length > 200);
      const text = JSON.stringify(house.lines);
      for (const key of Object.values(house.keys)) assert.equal(text.includes(key), false);
      for (const n of [0xa1, 0xa2, 0xbe]) assert.equal(text.includes(tokenOf(n)), false);
      assert.deepEqual(
        house.lines.filter(({ event }) => event === 'http.failed' || event === 'import.line_failed'),
        [],
      );
    });
  });
});
