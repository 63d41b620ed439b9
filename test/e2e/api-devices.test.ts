import assert from 'node:assert/strict';
import { request } from 'node:http';
import { type Answer, apns, faultsOf, openTestGateway, type TestGateway, tokenOf } from '../support/test-gateway.js';

const title = { title: 'Hello' };

describe('keys and devices over HTTP', () => {
  let house: TestGateway;

  before(async function () {
    this.timeout(60_000);
    house = await openTestGateway();
  });
  after(() => house?.close());

  describe('keys', () => {
    it('are asked for, with the way to send one', async () => {
      const { status, headers, body } = await house.ask('/v1/messages', { key: null });
      assert.equal(status, 401);
      assert.equal(headers.get('www-authenticate'), 'Bearer realm="pealbell"');
      assert.equal(body.code, 'unauthorized');
    });

    it('that are mistyped, unknown, revoked or expired are told apart, and refused', async () => {
      const flip = (text: string, at: number) =>
        text.slice(0, at) + (text[at] === '0' ? '1' : '0') + text.slice(at + 1);
      const { key, kept } = await house.gateway.keys.create({ app: 'demo', scopes: ['messages:read'] });
      await house.gateway.keys.revoke(kept.id);
      const expired = await house.gateway.keys.create({ app: 'demo', scopes: ['messages:read'], expiresAt: 1 });
      for (const [wrong, why] of [
        ['nonsense', /not a server key/],
        [flip(house.keys.all, 50), /not a server key/],
        [key, /revoked/],
        [expired.key, /expired/],
      ] as const) {
        const { status, headers, body } = await house.ask('/v1/messages', { key: wrong });
        assert.equal(status, 401);
        assert.match(body.detail, why);
        assert.match(String(headers.get('www-authenticate')), /error="invalid_token"/);
      }
      assert.equal(
        (await house.ask('/v1/messages', { key: null, headers: { authorization: 'Basic eDp5' } })).status,
        401,
      );
    });

    it('lack a scope by its name', async () => {
      const { status, headers, body } = await house.ask('/v1/messages', { key: house.keys.send });
      assert.deepEqual([status, body.code], [403, 'missing_scope']);
      assert.match(body.detail, /'messages:read'/);
      assert.match(String(headers.get('www-authenticate')), /error="insufficient_scope", scope="messages:read"/);
    });

    it('for named targets do not reach everyone', async () => {
      const { status, body } = await house.ask('/v1/messages', {
        key: house.keys.send,
        body: { to: 'everyone', notification: title },
      });
      assert.equal(status, 403);
      assert.match(body.detail, /'messages:broadcast'/);
      const both = { to: { everyone: true, users: ['a'] }, notification: title };
      assert.equal((await house.ask('/v1/messages', { key: house.keys.send, body: both })).status, 403);
    });

    it('are bound to their app, or name one', async () => {
      const app = (name: string) => ({ headers: { 'x-app': name } });
      assert.equal((await house.ask('/v1/devices', app('demo'))).status, 200);
      assert.equal((await house.ask('/v1/devices', app('news'))).body.code, 'app_mismatch');
      assert.equal((await house.ask('/v1/devices', { key: house.keys.unbound })).body.code, 'app_required');
      assert.equal((await house.ask('/v1/devices', { key: house.keys.unbound, ...app('news') })).status, 200);
      const unknown = await house.ask('/v1/devices', { key: house.keys.unbound, ...app('demmo') });
      assert.deepEqual([unknown.status, unknown.body.code], [404, 'app_not_found']);
      assert.match(unknown.body.detail, /did you mean 'demo'/);
    });
  });

  describe('devices', () => {
    it('are made, changed in part, read and deleted', async () => {
      const made = await house.put('d1', { platform: 'ios', user: 'alice', model: 'M1', registrations: [apns(1)] });
      assert.equal(made.status, 201);
      assert.equal(made.headers.get('location'), '/v1/devices/d1');
      assert.equal(made.body.registrations[0].provider, 'apns');
      assert.doesNotMatch(JSON.stringify(made.body), new RegExp(tokenOf(1)));

      const changed = await house.put('d1', { model: null, app_version: '2' });
      assert.equal(changed.status, 200);
      assert.equal(changed.body.user, 'alice');
      assert.equal(changed.body.model, undefined);
      assert.equal(changed.body.app_version, '2');
      assert.equal(changed.body.registrations.length, 1);

      const patched = await house.ask('/v1/devices/d1', { method: 'PATCH', body: { user: null } });
      assert.deepEqual([patched.status, patched.body.user], [200, null]);
      assert.deepEqual((await house.ask('/v1/devices/d1')).body, patched.body);

      assert.deepEqual((await house.ask('/v1/devices/d1', { method: 'DELETE' })).status, 204);
      for (const method of ['GET', 'DELETE']) {
        const gone = await house.ask('/v1/devices/d1', { method });
        assert.deepEqual([gone.status, gone.body.code], [404, 'device_not_found']);
      }
    });

    it('that are not there cannot be patched, nor made without a platform', async () => {
      assert.equal((await house.ask('/v1/devices/nobody', { method: 'PATCH', body: { user: 'x' } })).status, 404);
      const made = await house.put('nobody', { user: 'x' });
      assert.deepEqual([made.status, faultsOf(made)], [422, ['/platform required']]);
    });

    it('get an id of the gateway when they have none', async () => {
      const { status, headers, body } = await house.ask('/v1/devices', { body: { platform: 'web' } });
      assert.equal(status, 201);
      assert.match(body.id, /^dev_[0-9a-hjkmnp-tv-z]{26}$/);
      assert.equal(headers.get('location'), `/v1/devices/${body.id}`);
      const keyed = await house.ask('/v1/devices', { body: { platform: 'web' }, headers: { 'idempotency-key': 'k' } });
      assert.deepEqual([keyed.status, faultsOf(keyed)], [422, ['Idempotency-Key not_in_this_version']]);
    });

    it('cannot have a word of the API for an id', async () => {
      const own = await house.put('me', { platform: 'ios' });
      assert.deepEqual([own.status, own.body.code], [401, 'token_refused']);
      assert.match(own.body.detail, /server key/);
      for (const word of ['import', 'export']) {
        assert.equal((await house.put(word, { platform: 'ios' })).status, 405);
      }
      const headers = { 'content-type': 'application/x-ndjson' };
      const made = await house.ask('/v1/devices/import', { body: '{"id":"me","platform":"ios"}', headers });
      assert.deepEqual(made.body.problem.errors[0].code, 'reserved_id');
      assert.equal((await house.put('a%00b', { platform: 'ios' })).status, 422);
      assert.equal((await house.ask('/v1/devices/a%00b')).status, 404);
    });

    it('tell every fault of their registrations', async () => {
      const registrations = [
        { provider: 'apn', token: 'x' },
        { provider: 'apns', token: 'no hex' },
      ];
      const refused = await house.put('d2', { platform: 'ios', registrations });
      assert.equal(refused.status, 422);
      assert.deepEqual(faultsOf(refused), [
        '/registrations/0/provider unknown_provider',
        '/registrations/1/token invalid_push_token',
      ]);
      assert.match(refused.body.errors[0].detail, /did you mean 'apns'/);
    });

    it("are the app's own", async () => {
      await house.put('mine', { platform: 'web' });
      assert.equal((await house.ask('/v1/devices/mine', { key: house.keys.news })).status, 404);
    });

    it('are listed in pages, also those of one user', async () => {
      for (const n of [1, 2, 3])
        await house.put(`page-${n}`, { platform: 'web', user: 'u/1 ü' }, { key: house.keys.news });
      const path = `/v1/users/${encodeURIComponent('u/1 ü')}/devices`;
      const first = await house.ask(`${path}?limit=2`, { key: house.keys.news });
      assert.deepEqual([first.body.data.length, first.body.has_more], [2, true]);
      const cursor = encodeURIComponent(first.body.next_cursor);
      const second = await house.ask(`${path}?limit=2&cursor=${cursor}`, { key: house.keys.news });
      const ids = [...first.body.data, ...second.body.data].map((device) => device.id);
      assert.deepEqual(ids, ['page-1', 'page-2', 'page-3']);
      assert.deepEqual([second.body.has_more, second.body.next_cursor], [false, null]);
      assert.deepEqual((await house.ask('/v1/users/%00/devices')).body.data, []);
      const other = await house.ask(`/v1/messages?cursor=${cursor}`, { key: house.keys.news });
      assert.deepEqual([other.status, faultsOf(other)], [422, ['cursor invalid_cursor']]);
    });

    it('refuse a cursor that somebody wrote themselves', async () => {
      for (const key of ['\0', '\ud800', 'x']) {
        for (const list of ['devices', 'messages', '']) {
          const forged = Buffer.from(JSON.stringify([list, key])).toString('base64url');
          for (const path of ['/v1/devices', '/v1/messages', '/v1/users/u/devices']) {
            const { status } = await house.ask(`${path}?cursor=${forged}`);
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
        const refused = await house.ask(`/v1/devices?${query}`);
        assert.deepEqual([refused.status, refused.body.code], [422, 'validation_failed']);
        assert.equal(refused.body.errors.length, 1);
      });
    }
  });

  describe('the import', () => {
    /** Sends chunks and collects the answered lines, reading while it sends. */
    function importing(
      chunks: AsyncIterable<string> | Iterable<string>,
      type = 'application/x-ndjson',
    ): Promise<Answer> {
      return new Promise((resolve, reject) => {
        const headers = { authorization: `Bearer ${house.keys.news}`, 'content-type': type };
        const call = request(`${house.url}/v1/devices/import`, { method: 'POST', headers }, (res) => {
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
        '{"id":"i4","platform":"web","tags":7}\n{"id":"i5","platform":"web","user":"\\u0000"}\n{"id":"i6","plat',
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
      assert.equal((await house.ask('/v1/devices/i1', { key: house.keys.news })).body.user, 'a');
    });

    it('lets the last line of a device win, however many are under way', async () => {
      const many = Array.from({ length: 300 }, (_, i) => `{"id":"same","platform":"web","user":"u${i}"}\n`);
      const { body } = await importing(many);
      assert.deepEqual(
        body.map(({ status }: Answer) => status),
        [201, ...Array(299).fill(200)],
      );
      assert.equal((await house.ask('/v1/devices/same', { key: house.keys.news })).body.user, 'u299');
    });

    it('answers while the stream still arrives', async () => {
      let tell: () => void = () => {};
      const first = new Promise<void>((resolve) => {
        tell = resolve;
      });
      const headers = { authorization: `Bearer ${house.keys.news}`, 'content-type': 'application/x-ndjson' };
      await new Promise<void>((resolve, reject) => {
        const call = request(`${house.url}/v1/devices/import`, { method: 'POST', headers }, (res) => {
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
      assert.equal(
        (await house.ask('/v1/devices/import', { method: 'POST', key: house.keys.read, body: '' })).status,
        403,
      );
    });
  });
});
