import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { z } from 'zod';
import { loadConfig } from '../../config/load.js';
import { type Gateway, openGateway } from '../../src/compose.js';
import type { Scope } from '../../src/ports/key-store.js';
import type { Log } from '../../src/ports/log.js';
import { type Simulators, startSimulators, writeConfig } from '../../src/simulators.js';
import { freshDataDirectory } from '../support/pglite-template.js';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the answers of a foreign program; what is in them is what is tested.
  readonly body: any;
}

interface Ask {
  readonly method?: string;
  readonly body?: unknown;
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

const tokenOf = (n: number) => n.toString(16).padStart(64, '0');
const apns = (n: number) => ({ provider: 'apns', token: tokenOf(n) });
const title = { title: 'Hello' };

describe('the HTTP API', () => {
  const lines: { readonly level: string; readonly event: string; readonly fields: object }[] = [];
  let directory: string;
  let simulators: Simulators;
  let gateway: Gateway;
  let url: string;
  const keys: Record<'all' | 'send' | 'read' | 'news' | 'unbound', string> = {
    all: '',
    send: '',
    read: '',
    news: '',
    unbound: '',
  };

  before(async function () {
    this.timeout(60_000);
    directory = await mkdtemp(join(tmpdir(), 'pealbell-test-'));
    simulators = await startSimulators({ controlPort: 0, dir: directory });
    await writeConfig(directory, simulators.endpoints.providers.apns);
    await mkdir(join(directory, 'apps'), { recursive: true });
    await writeFile(join(directory, 'apps', 'news.yaml'), 'providers: {}\n');
    const data = await freshDataDirectory();
    const config = await loadConfig({
      dir: directory,
      env: {},
      flags: { 'server.listen': '127.0.0.1:0', 'server.admin': '127.0.0.1:0', 'store.url': `pglite:${data}` },
    });
    const at = (level: string) => (fields: object, event: string) => void lines.push({ level, event, fields });
    const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
    gateway = await openGateway(config, ['api', 'worker'], '0.0.0-test', { log });
    url = gateway.api?.url ?? '';
    const everything: Scope[] = [
      'messages:send',
      'messages:broadcast',
      'messages:read',
      'devices:write',
      'devices:read',
    ];
    const make = async (app: string | null, scopes: readonly Scope[]) =>
      (await gateway.keys.create({ app, scopes })).key;
    keys.all = await make('demo', everything);
    keys.send = await make('demo', ['messages:send']);
    keys.read = await make('demo', ['messages:read', 'devices:read']);
    keys.news = await make('news', everything);
    keys.unbound = await make(null, everything);
  });

  after(async () => {
    await gateway?.stop();
    await simulators?.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function ask(path: string, { method, body, key = keys.all, headers = {} }: Ask = {}): Promise<Answer> {
    const answer = await fetch(url + path, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) };
  }

  const put = (id: string, body: unknown, more: Ask = {}) => ask(`/v1/devices/${id}`, { method: 'PUT', body, ...more });
  const codes = (answer: Answer) =>
    answer.body.errors.map((fault: Record<string, string>) => `${fault.pointer ?? fault.parameter} ${fault.code}`);

  async function settled(id: string): Promise<Answer['body']> {
    for (;;) {
      const { status, body } = await ask(`/v1/messages/${id}`);
      assert.equal(status, 200);
      if (body.status === 'completed') return body;
    }
  }

  describe('keys', () => {
    it('are asked for, with the way to send one', async () => {
      const { status, headers, body } = await ask('/v1/messages', { key: null });
      assert.equal(status, 401);
      assert.equal(headers.get('www-authenticate'), 'Bearer realm="pealbell"');
      assert.equal(body.code, 'unauthorized');
    });

    it('that are mistyped, unknown, revoked or expired are told apart, and refused', async () => {
      const flip = (text: string, at: number) =>
        text.slice(0, at) + (text[at] === '0' ? '1' : '0') + text.slice(at + 1);
      const { key, kept } = await gateway.keys.create({ app: 'demo', scopes: ['messages:read'] });
      await gateway.keys.revoke(kept.id);
      const expired = await gateway.keys.create({ app: 'demo', scopes: ['messages:read'], expiresAt: 1 });
      for (const [wrong, why] of [
        ['nonsense', /not a server key/],
        [flip(keys.all, 50), /not a server key/],
        [key, /revoked/],
        [expired.key, /expired/],
      ] as const) {
        const { status, headers, body } = await ask('/v1/messages', { key: wrong });
        assert.equal(status, 401);
        assert.match(body.detail, why);
        assert.match(String(headers.get('www-authenticate')), /error="invalid_token"/);
      }
      assert.equal((await ask('/v1/messages', { key: null, headers: { authorization: 'Basic eDp5' } })).status, 401);
    });

    it('lack a scope by its name', async () => {
      const { status, headers, body } = await ask('/v1/messages', { key: keys.send });
      assert.deepEqual([status, body.code], [403, 'missing_scope']);
      assert.match(body.detail, /'messages:read'/);
      assert.match(String(headers.get('www-authenticate')), /error="insufficient_scope", scope="messages:read"/);
    });

    it('for named targets do not reach everyone', async () => {
      const { status, body } = await ask('/v1/messages', {
        key: keys.send,
        body: { to: 'everyone', notification: title },
      });
      assert.equal(status, 403);
      assert.match(body.detail, /'messages:broadcast'/);
      const both = { to: { everyone: true, users: ['a'] }, notification: title };
      assert.equal((await ask('/v1/messages', { key: keys.send, body: both })).status, 403);
    });

    it('are bound to their app, or name one', async () => {
      const app = (name: string) => ({ headers: { 'x-app': name } });
      assert.equal((await ask('/v1/devices', app('demo'))).status, 200);
      assert.equal((await ask('/v1/devices', app('news'))).body.code, 'app_mismatch');
      assert.equal((await ask('/v1/devices', { key: keys.unbound })).body.code, 'app_required');
      assert.equal((await ask('/v1/devices', { key: keys.unbound, ...app('news') })).status, 200);
      const unknown = await ask('/v1/devices', { key: keys.unbound, ...app('demmo') });
      assert.deepEqual([unknown.status, unknown.body.code], [404, 'app_not_found']);
      assert.match(unknown.body.detail, /did you mean 'demo'/);
    });
  });

  describe('devices', () => {
    it('are made, changed in part, read and deleted', async () => {
      const made = await put('d1', { platform: 'ios', user: 'alice', model: 'M1', registrations: [apns(1)] });
      assert.equal(made.status, 201);
      assert.equal(made.headers.get('location'), '/v1/devices/d1');
      assert.equal(made.body.registrations[0].provider, 'apns');
      assert.doesNotMatch(JSON.stringify(made.body), new RegExp(tokenOf(1)));

      const changed = await put('d1', { model: null, app_version: '2' });
      assert.equal(changed.status, 200);
      assert.equal(changed.body.user, 'alice');
      assert.equal(changed.body.model, undefined);
      assert.equal(changed.body.app_version, '2');
      assert.equal(changed.body.registrations.length, 1);

      const patched = await ask('/v1/devices/d1', { method: 'PATCH', body: { user: null } });
      assert.deepEqual([patched.status, patched.body.user], [200, null]);
      assert.deepEqual((await ask('/v1/devices/d1')).body, patched.body);

      assert.deepEqual((await ask('/v1/devices/d1', { method: 'DELETE' })).status, 204);
      for (const method of ['GET', 'DELETE']) {
        const gone = await ask('/v1/devices/d1', { method });
        assert.deepEqual([gone.status, gone.body.code], [404, 'device_not_found']);
      }
    });

    it('that are not there cannot be patched, nor made without a platform', async () => {
      assert.equal((await ask('/v1/devices/nobody', { method: 'PATCH', body: { user: 'x' } })).status, 404);
      const made = await put('nobody', { user: 'x' });
      assert.deepEqual([made.status, codes(made)], [422, ['/platform required']]);
    });

    it('get an id of the gateway when they have none', async () => {
      const { status, headers, body } = await ask('/v1/devices', { body: { platform: 'web' } });
      assert.equal(status, 201);
      assert.match(body.id, /^dev_[0-9a-hjkmnp-tv-z]{26}$/);
      assert.equal(headers.get('location'), `/v1/devices/${body.id}`);
      const keyed = await ask('/v1/devices', { body: { platform: 'web' }, headers: { 'idempotency-key': 'k' } });
      assert.deepEqual([keyed.status, codes(keyed)], [422, ['Idempotency-Key not_in_this_version']]);
    });

    it('cannot have a word of the API for an id', async () => {
      const made = await put('me', { platform: 'ios' });
      assert.deepEqual([made.status, codes(made)], [422, ['id reserved_id']]);
      assert.equal((await put('a%00b', { platform: 'ios' })).status, 422);
      assert.equal((await ask('/v1/devices/a%00b')).status, 404);
    });

    it('tell every fault of their registrations', async () => {
      const registrations = [
        { provider: 'apn', token: 'x' },
        { provider: 'apns', token: 'no hex' },
      ];
      const refused = await put('d2', { platform: 'ios', registrations });
      assert.equal(refused.status, 422);
      assert.deepEqual(codes(refused), [
        '/registrations/0/provider unknown_provider',
        '/registrations/1/token invalid_push_token',
      ]);
      assert.match(refused.body.errors[0].detail, /did you mean 'apns'/);
    });

    it("are the app's own", async () => {
      await put('mine', { platform: 'web' });
      assert.equal((await ask('/v1/devices/mine', { key: keys.news })).status, 404);
    });

    it('are listed in pages, also those of one user', async () => {
      for (const n of [1, 2, 3]) await put(`page-${n}`, { platform: 'web', user: 'u/1 ü' }, { key: keys.news });
      const path = `/v1/users/${encodeURIComponent('u/1 ü')}/devices`;
      const first = await ask(`${path}?limit=2`, { key: keys.news });
      assert.deepEqual([first.body.data.length, first.body.has_more], [2, true]);
      const cursor = encodeURIComponent(first.body.next_cursor);
      const second = await ask(`${path}?limit=2&cursor=${cursor}`, { key: keys.news });
      const ids = [...first.body.data, ...second.body.data].map((device) => device.id);
      assert.deepEqual(ids, ['page-1', 'page-2', 'page-3']);
      assert.deepEqual([second.body.has_more, second.body.next_cursor], [false, null]);
      assert.deepEqual((await ask('/v1/users/%00/devices')).body.data, []);
      const other = await ask(`/v1/messages?cursor=${cursor}`, { key: keys.news });
      assert.deepEqual([other.status, codes(other)], [422, ['cursor invalid_cursor']]);
    });

    it('refuse a cursor that somebody wrote themselves', async () => {
      for (const key of ['\0', '\ud800', 'x']) {
        for (const list of ['devices', 'messages', '']) {
          const forged = Buffer.from(JSON.stringify([list, key])).toString('base64url');
          for (const path of ['/v1/devices', '/v1/messages', '/v1/users/u/devices']) {
            const { status } = await ask(`${path}?cursor=${forged}`);
            assert.ok(status === 200 || status === 422, `${path} ${JSON.stringify([list, key])}: ${status}`);
          }
        }
      }
    });

    for (const query of [
      'limit=0',
      'limit=1001',
      'limit=ten',
      'limit=1&limit=2',
      'cursor=%00',
      'cursor=bm90aGluZw',
      'page=2',
    ]) {
      it(`refuse the page ${query}`, async () => {
        const refused = await ask(`/v1/devices?${query}`);
        assert.deepEqual([refused.status, refused.body.code], [422, 'validation_failed']);
        assert.equal(refused.body.errors.length, 1);
      });
    }
  });

  describe('messages', () => {
    before(async () => {
      await put('phone1', { platform: 'ios', user: 'mia', registrations: [apns(0xa1)] });
      await put('phone2', { platform: 'ios', user: 'mia', registrations: [apns(0xa2)] });
    });

    it('are accepted, delivered, and told of in every shape of the API', async () => {
      const sent = await ask('/v1/messages', {
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

      const { body } = await ask(`/v1/messages/${message.id}/deliveries?limit=1`);
      const [delivery] = body.data;
      assert.deepEqual(
        [delivery.device, delivery.user, delivery.state, delivery.reason],
        ['phone1', 'mia', 'sent', null],
      );
      assert.equal(delivery.attempts[0].outcome, 'accepted');
      assert.deepEqual(Object.keys(delivery.times), ['queued', 'sent']);
      const next = await ask(`/v1/messages/${message.id}/deliveries?limit=1&cursor=${body.next_cursor}`);
      assert.equal(next.body.data[0].device, 'phone2');

      const { body: list } = await ask('/v1/messages?limit=1');
      assert.equal(list.data[0].id, message.id);
    });

    it('to a bare push token have its hash, and never the token', async () => {
      const token = { ...apns(0xbe), platform: 'ios' };
      const sent = await ask('/v1/messages', { body: { to: { push_tokens: [token] }, notification: title } });
      assert.equal(sent.status, 202);
      await settled(sent.body.id);
      const { body } = await ask(`/v1/messages/${sent.body.id}/deliveries`);
      assert.equal(body.data[0].device, null);
      assert.equal(typeof body.data[0].token_hash, 'string');
      assert.doesNotMatch(JSON.stringify(body), new RegExp(tokenOf(0xbe)));
    });

    it('to nobody are accepted, completed, and warned of', async () => {
      const { status, body } = await ask('/v1/messages', { body: { to: { users: ['nobody'] }, notification: title } });
      assert.deepEqual([status, body.status, body.warnings[0].code], [202, 'completed', 'no_device']);
    });

    it('that are wrong tell every fault of shape at once, and are not sent', async () => {
      const before = (await ask('/v1/messages?limit=1')).body.data[0].id;
      const refused = await ask('/v1/messages', {
        body: { to: { users: [] }, notification: { titl: 'x' }, schedule: {}, delivery: { ttl: 1 } },
      });
      assert.equal(refused.status, 422);
      assert.equal(refused.headers.get('content-type'), 'application/problem+json');
      assert.deepEqual(codes(refused).sort(), [
        '/delivery/ttl invalid_type',
        '/notification required',
        '/notification/titl unknown_field',
        '/schedule not_in_this_version',
        '/to no_target',
      ]);
      assert.equal(refused.body.request_id, refused.headers.get('x-request-id'));
      assert.equal((await ask('/v1/messages?limit=1')).body.data[0].id, before);
    });

    it('tell what only the house can know', async () => {
      const refused = await ask('/v1/messages', {
        body: { to: { push_tokens: [{ provider: 'apn', token: 'x' }] }, notification: title, overrides: { fcmm: {} } },
      });
      assert.deepEqual(codes(refused), [
        '/to/push_tokens/0/provider unknown_provider',
        '/overrides/fcmm unknown_provider',
      ]);
    });

    it('over their own bound are not sent', async () => {
      const body = { to: { users: ['mia'] }, notification: title, max_devices: 1 };
      const refused = await ask('/v1/messages', { body });
      assert.deepEqual([refused.status, refused.body.code], [422, 'audience_too_large']);
    });

    it('that nobody knows, or another app sent, are not found', async () => {
      const sent = await ask('/v1/messages', { body: { to: { users: ['nobody'] }, notification: title } });
      for (const [id, key] of [
        ['msg_00000000000000000000000000', keys.all],
        ['x', keys.all],
        ['%00', keys.all],
        [sent.body.id, keys.news],
      ]) {
        for (const path of [`/v1/messages/${id}`, `/v1/messages/${id}/deliveries`]) {
          const answer = await ask(path, { key: String(key) });
          assert.deepEqual([answer.status, answer.body.code], [404, 'message_not_found'], path);
        }
        assert.equal((await ask(`/v1/messages/${id}/cancel`, { method: 'POST', key: String(key) })).status, 404);
      }
    });

    it('are canceled with an answer that tells what had left', async () => {
      const sent = await ask('/v1/messages', { body: { to: { users: ['mia'] }, notification: title } });
      const canceled = await ask(`/v1/messages/${sent.body.id}/cancel`, { method: 'POST', key: keys.all });
      assert.equal(canceled.status, 200);
      assert.ok(['canceled', 'completed', 'sending'].includes(canceled.body.status), canceled.body.status);
      const sum = Object.values<number>(canceled.body.counts).reduce((a, b) => a + b);
      assert.equal(sum, canceled.body.devices);
    });

    it('under a key that was used are the first one', async () => {
      const headers = { 'idempotency-key': 'order-8812' };
      const first = await ask('/v1/messages', { headers, body: { to: { users: ['mia'] }, notification: title } });
      // Another key order and white space, but the same body.
      const again = await ask('/v1/messages', {
        headers,
        body: '{ "notification": {"title":"Hello"}, "to" : {"users":["mia"]} }',
      });
      assert.equal(first.headers.get('idempotency-replayed'), null);
      assert.equal(again.headers.get('idempotency-replayed'), 'true');
      assert.deepEqual([again.status, again.body], [first.status, first.body]);
      const other = await ask('/v1/messages', {
        headers,
        body: { to: { users: ['mia'] }, notification: { title: 'B' } },
      });
      assert.deepEqual([other.status, other.body.code], [422, 'idempotency_mismatch']);
      const elsewhere = await ask('/v1/messages', {
        headers,
        key: keys.news,
        body: { to: { users: ['mia'] }, notification: title },
      });
      assert.equal(elsewhere.status, 202);
      assert.notEqual(elsewhere.body.id, first.body.id);
    });

    it('under one key at once are one message', async () => {
      const twin = () =>
        ask('/v1/messages', {
          headers: { 'idempotency-key': 'twins' },
          body: { to: { users: ['mia'] }, notification: title },
        });
      const answers = await Promise.all(Array.from({ length: 20 }, twin));
      assert.ok(answers.every(({ status }) => status === 202));
      assert.equal(new Set(answers.map(({ body }) => body.id)).size, 1);
      assert.equal(answers.filter(({ headers }) => headers.get('idempotency-replayed') === null).length, 1);
      const metrics = await (await fetch(`${gateway.admin.url}/metrics`)).text();
      assert.match(metrics, /^pealbell_idempotency_total\{result="replayed"\} \d+$/m);
      assert.match(metrics, /^pealbell_idempotency_total\{result="mismatch"\} \d+$/m);
    });

    it('refuse a key that is no header text', async () => {
      const body = { to: { users: ['mia'] }, notification: title };
      const refused = await ask('/v1/messages', { body, headers: { 'idempotency-key': 'x'.repeat(256) } });
      assert.deepEqual([refused.status, codes(refused)], [422, ['Idempotency-Key invalid_format']]);
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
          const { status } = await ask('/v1/messages', { body: { ...good, [path]: value } });
          assert.ok(status === 202 || status === 400 || status === 422, String(status));
        }),
        { numRuns: 200 },
      );
    });
  });

  describe('the import', () => {
    /** Sends chunks and collects the answered lines, reading while it sends. */
    function importing(
      chunks: AsyncIterable<string> | Iterable<string>,
      type = 'application/x-ndjson',
    ): Promise<Answer> {
      return new Promise((resolve, reject) => {
        const headers = { authorization: `Bearer ${keys.news}`, 'content-type': type };
        const call = request(`${url}/v1/devices/import`, { method: 'POST', headers }, (res) => {
          let text = '';
          res.setEncoding('utf8');
          res.on('data', (chunk: string) => {
            text += chunk;
          });
          res.on('end', () => {
            const body = text
              .split('\n')
              .filter((line) => line !== '')
              .map((line) => JSON.parse(line));
            resolve({ status: res.statusCode ?? 0, headers: new Headers(), body });
          });
          res.on('error', reject);
        });
        call.on('error', reject);
        void (async () => {
          for await (const chunk of chunks) {
            if (!call.write(chunk)) await new Promise((drained) => call.once('drain', drained));
          }
          call.end();
        })();
      });
    }

    it('answers every line in order, and goes on after a bad one', async () => {
      const { status, body } = await importing([
        '{"id":"i1","platform":"web"}\n{"id":"i1","user":"a"}\nnot json\n\n',
        '{"id":"i2"}\r\n{"id":"me","platform":"web"}\n',
        `{"id":"i3","platform":"web","model":"${'x'.repeat(1_100_000)}"}\n`,
        '{"id":"i4","platform":"web","tags":[]}\n{"id":"i5","platform":"web","user":"\\u0000"}\n{"id":"i6","plat',
        'form":"web"}',
      ]);
      assert.equal(status, 200);
      const told = body.map((line: Record<string, never>) => {
        const { line: number, id, status: code, problem } = line as Record<string, unknown>;
        return [number, id, code, (problem as { code?: string } | undefined)?.code];
      });
      assert.deepEqual(told, [
        [1, 'i1', 201, undefined],
        [2, 'i1', 200, undefined],
        [3, undefined, 400, 'malformed_json'],
        [5, 'i2', 422, 'validation_failed'],
        [6, undefined, 422, 'validation_failed'],
        [7, undefined, 413, 'payload_too_large'],
        [8, undefined, 422, 'validation_failed'],
        [9, undefined, 400, 'malformed_json'],
        [10, 'i6', 201, undefined],
      ]);
      assert.equal(body[3].problem.errors[0].pointer, '/platform');
      assert.equal((await ask('/v1/devices/i1', { key: keys.news })).body.user, 'a');
    });

    it('lets the last line of a device win, however many are under way', async () => {
      const many = Array.from({ length: 300 }, (_, i) => `{"id":"same","platform":"web","user":"u${i}"}\n`);
      const { body } = await importing(many);
      assert.deepEqual(
        body.map(({ status }: Answer) => status),
        [201, ...Array(299).fill(200)],
      );
      assert.equal((await ask('/v1/devices/same', { key: keys.news })).body.user, 'u299');
    });

    it('answers while the stream still arrives', async () => {
      let tell: () => void = () => {};
      const first = new Promise<void>((resolve) => {
        tell = resolve;
      });
      const headers = { authorization: `Bearer ${keys.news}`, 'content-type': 'application/x-ndjson' };
      await new Promise<void>((resolve, reject) => {
        const call = request(`${url}/v1/devices/import`, { method: 'POST', headers }, (res) => {
          res.once('data', () => tell());
          res.on('end', resolve).resume();
        });
        call.on('error', reject);
        call.write('{"id":"early","platform":"web"}\n');
        void first.then(() => call.end('{"id":"late","platform":"web"}\n'));
      });
    });

    it('takes thousands of lines', async function () {
      this.timeout(60_000);
      function* devices() {
        for (let i = 0; i < 5_000; i++) yield `{"id":"bulk-${i}","platform":"ios","user":"u${i % 100}"}\n`;
      }
      const { body } = await importing(devices());
      assert.equal(body.length, 5_000);
      assert.ok(
        body.every(({ line, status }: { line: number; status: number }, i: number) => line === i + 1 && status === 201),
      );
    });

    it('refuses another type and a missing key before it reads', async () => {
      assert.equal((await importing(['{}'], 'application/json')).status, 415);
      assert.equal((await ask('/v1/devices/import', { method: 'POST', key: keys.read, body: '' })).status, 403);
    });
  });

  describe('the description', () => {
    it('is what is mounted: every operation answers, and nothing else does', async () => {
      const { status, body } = await ask('/openapi.json', { key: null });
      assert.equal(status, 200);
      for (const [path, methods] of Object.entries<object>(body.paths)) {
        const concrete = path.replace('{id}', 'x');
        for (const method of ['get', 'put', 'post', 'patch', 'delete']) {
          const answer = await ask(concrete, { method: method.toUpperCase(), key: null });
          const expected = method in methods ? (path.startsWith('/v1/') ? 401 : 200) : 405;
          // GET /v1/devices/import is a device of that name: the path of another operation.
          if (path === '/v1/devices/import' && method !== 'post') continue;
          assert.equal(answer.status, expected, `${method} ${path}`);
        }
      }
      assert.equal((await ask('/metrics', { key: null })).status, 404);
    });

    it('holds for the answers that are given', async () => {
      const { body: document } = await ask('/openapi.json', { key: null });
      const judge = (name: string) => {
        const text = JSON.stringify({ ...document.components.schemas[name], $defs: document.components.schemas });
        return z.fromJSONSchema(JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')));
      };
      const list = (await ask('/v1/messages')).body;
      judge('ListMessagesAnswer').parse(list);
      const sent = list.data.find((message: Answer['body']) => message.devices > 0);
      judge('ListDeliveriesAnswer').parse((await ask(`/v1/messages/${sent.id}/deliveries`)).body);
      judge('ListDevicesAnswer').parse((await ask('/v1/devices')).body);
      judge('Problem').parse((await ask('/v1/messages/x')).body);
      judge('ReadyAnswer').parse((await ask('/readyz', { key: null })).body);
    });
  });

  describe('the log', () => {
    it('writes one line per request, and never a key or a push token', async () => {
      const requests = lines.filter(({ event }) => event === 'http.request');
      assert.ok(requests.length > 200);
      const text = JSON.stringify(lines);
      for (const key of Object.values(keys)) assert.equal(text.includes(key), false);
      for (const n of [1, 0xa1, 0xbe]) assert.equal(text.includes(tokenOf(n)), false);
      assert.deepEqual(
        lines.filter(({ event }) => event === 'http.failed' || event === 'import.line_failed'),
        [],
      );
    });
  });
});
