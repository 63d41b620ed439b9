import assert from 'node:assert/strict';
import { Registry } from 'prom-client';
import { z } from 'zod';
import { createEdge, type Gate } from '../../../src/http/edge.js';
import { json, type KeyedCall, type Operation, type Reply } from '../../../src/http/operation.js';
import { Refusal } from '../../../src/http/refusal.js';
import { clock, keptLog, pledge, random, serving } from './serve.js';

const described = { operationId: 'x', summary: 'x', tag: 'things', answers: [], problems: [] } as const;

function operation(
  method: Operation['method'],
  path: string,
  handle: (call: KeyedCall) => Promise<Reply>,
  body: Operation['body'] = 'none',
): Operation {
  return { ...described, method, path, scopes: ['messages:read'], body, handle };
}

const gate: Gate = {
  bodyBytes: 1_000,
  requestsMax: 2,
  async admit(req) {
    if (req.headers.authorization === undefined) throw new Refusal('unauthorized', 'no key');
    return { keyId: 'key_1', app: 'shop', scopes: new Set() };
  },
  countMore: () => Promise.resolve(),
};

async function asking<T>(
  operations: readonly Operation[],
  use: (ask: (path: string, init?: RequestInit) => Promise<Response>, log: ReturnType<typeof keptLog>) => Promise<T>,
  trustedProxies: readonly string[] = [],
): Promise<T> {
  const log = keptLog();
  const health = { live: () => true, ready: async () => ({ ok: true, checks: {} }) };
  const house = { health, metrics: new Registry(), clock, random, log, version: '0', trustedProxies };
  return serving(createEdge(house, operations, gate), ({ url }) =>
    use(
      (path, init = {}) => fetch(url + path, { ...init, headers: { authorization: 'Bearer k', ...init.headers } }),
      log,
    ),
  );
}

const things = operation('get', '/v1/things/{id}', async (call) => json(200, { id: call.path.id }));

describe('every answer of the edge', () => {
  it('says its request id, is not stored, and does not say what made it', async () => {
    await asking([things], async (ask) => {
      for (const path of ['/v1/things/1', '/nowhere']) {
        const { headers } = await ask(path);
        assert.match(String(headers.get('x-request-id')), /^req_[0-9a-hjkmnp-tv-z]{26}$/);
        assert.equal(headers.get('cache-control'), 'no-store');
        assert.equal(headers.get('x-powered-by'), null);
        assert.equal(headers.get('etag'), null);
      }
    });
  });

  it('keeps the id that the caller gave, unless it could do harm', async () => {
    await asking([things], async (ask) => {
      const idFor = async (given: string) =>
        (await ask('/v1/things/1', { headers: { 'x-request-id': given } })).headers.get('x-request-id');
      assert.equal(await idFor('trace-7:a.b_c'), 'trace-7:a.b_c');
      for (const harmful of ['a b', 'x'.repeat(129), 'a"b', '<script>']) {
        assert.match(String(await idFor(harmful)), /^req_/, harmful);
      }
    });
  });

  it('is a problem in its own media type where something is wrong', async () => {
    await asking([things], async (ask) => {
      const answer = await ask('/nowhere', { headers: { 'x-request-id': 'mine' } });
      assert.equal(answer.status, 404);
      assert.equal(answer.headers.get('content-type'), 'application/problem+json');
      const problem = (await answer.json()) as Record<string, unknown>;
      assert.equal(problem.code, 'not_found');
      assert.equal(problem.request_id, 'mine');
    });
  });
});

describe('the edge', () => {
  it('decodes the path and refuses one that cannot be decoded', async () => {
    await asking([things], async (ask) => {
      assert.deepEqual(await (await ask('/v1/things/a%20b%2Fc')).json(), { id: 'a b/c' });
      const broken = await ask('/v1/things/%E0%A4%A');
      assert.equal(broken.status, 400);
      assert.equal(((await broken.json()) as { code: string }).code, 'malformed_request');
    });
  });

  it('names the methods of a path that has others', async () => {
    await asking([things], async (ask) => {
      const answer = await ask('/v1/things/1', { method: 'DELETE' });
      assert.equal(answer.status, 405);
      assert.equal(answer.headers.get('allow'), 'GET, HEAD');
    });
  });

  it('takes a path that is written out for no value of another, whatever was named first', async () => {
    const named = operation('get', '/v1/things/{id}', async () => json(200, 'by id'));
    const count = operation('post', '/v1/things/count', async () => json(200, 'count'));
    await asking([named, count], async (ask) => {
      const wrong = await ask('/v1/things/count');
      assert.deepEqual([wrong.status, wrong.headers.get('allow')], [405, 'POST']);
      assert.equal(await (await ask('/v1/things/counts')).json(), 'by id');
    });
  });

  it('answers HEAD as GET without the body', async () => {
    await asking([things], async (ask) => {
      const answer = await ask('/v1/things/1', { method: 'HEAD' });
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get('content-length'), '10');
      assert.equal(await answer.text(), '');
    });
  });

  it('refuses a query parameter that the operation does not have', async () => {
    await asking([things], async (ask) => {
      const answer = await ask('/v1/things/1?verbose=1');
      assert.equal(answer.status, 422);
      const { errors } = (await answer.json()) as { errors: { parameter: string; code: string }[] };
      assert.deepEqual(
        errors.map(({ parameter, code }) => [parameter, code]),
        [['verbose', 'unknown_parameter']],
      );
    });
  });

  it('asks who is there before it reads a body', async () => {
    const refused = operation('post', '/v1/things', async () => json(200, {}), { schema: z.object({}) });
    await asking([refused], async (ask) => {
      const answer = await ask('/v1/things', { method: 'POST', body: '{', headers: { authorization: '' } });
      // An empty header still is one; without it there is nobody.
      assert.equal(answer.status, 415);
    });
    await serving(
      createEdge(
        {
          health: { live: () => true, ready: async () => ({ ok: true, checks: {} }) },
          metrics: new Registry(),
          clock,
          random,
          log: keptLog(),
          version: '0',
        },
        [refused],
        gate,
      ),
      async ({ url }) => {
        assert.equal((await fetch(`${url}/v1/things`, { method: 'POST', body: '{' })).status, 401);
      },
    );
  });

  it('refuses a body where none is wanted, and an empty one where one is', async () => {
    const cancel = operation('post', '/v1/cancel', async () => json(200, {}));
    const send = operation('post', '/v1/send', async () => json(200, {}), { schema: z.object({}) });
    await asking([cancel, send], async (ask) => {
      const post = (path: string, body?: string) =>
        ask(path, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body }),
        });
      assert.equal((await post('/v1/cancel')).status, 200);
      assert.equal((await post('/v1/cancel', '{}')).status, 200);
      assert.equal((await post('/v1/cancel', '{"reason":"x"}')).status, 422);
      assert.equal((await post('/v1/send')).status, 400);
    });
  });

  it('answers what is unexpected with a bare 500 and logs its text under the request id', async () => {
    const broken = operation('get', '/v1/broken', async () => {
      throw Object.assign(new Error('password=secret'), { params: ['a push token'] });
    });
    await asking([broken], async (ask, log) => {
      const answer = await ask('/v1/broken', { headers: { 'x-request-id': 'r1' } });
      assert.equal(answer.status, 500);
      assert.doesNotMatch(await answer.text(), /secret/);
      const line = log.lines.find(({ event }) => event === 'http.failed');
      assert.equal(line?.level, 'error');
      assert.equal(line?.fields.request_id, 'r1');
      assert.match(String(line?.fields.error), /secret/);
      assert.doesNotMatch(JSON.stringify(line), /a push token/);
    });
  });

  it('sheds what is over its bound with 503 and Retry-After, and takes again when there is room', async () => {
    const release = pledge<void>();
    const two = pledge<void>();
    let entered = 0;
    const slow = operation('get', '/v1/slow', async () => {
      if (++entered === gate.requestsMax) two.resolve();
      await release.promise;
      return json(200, {});
    });
    await asking([slow], async (ask) => {
      const running = [ask('/v1/slow'), ask('/v1/slow')];
      await two.promise;
      const shed = await ask('/v1/slow');
      assert.equal(shed.status, 503);
      assert.equal(shed.headers.get('retry-after'), '1');
      assert.equal(((await shed.json()) as { code: string }).code, 'overloaded');
      release.resolve();
      for (const answer of await Promise.all(running)) assert.equal(answer.status, 200);
      assert.equal((await ask('/v1/slow')).status, 200);
    });
  });

  it('logs one line per request, with the route instead of the path, and neither body nor key', async () => {
    const send = operation('post', '/v1/things/{id}', async () => json(200, { answer: 'content' }), {
      schema: z.object({}),
    });
    await asking([send], async (ask, log) => {
      const logged = log.next('http.request');
      await ask('/v1/things/7', {
        method: 'POST',
        body: '{"token":"verysecret"}',
        headers: {
          'content-type': 'application/json',
          'x-request-id': 'r2',
          authorization: 'Bearer verysecret',
          traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
        },
      });
      const { level, fields } = await logged;
      assert.equal(level, 'info');
      const { ms, ...rest } = fields;
      assert.equal(typeof ms, 'number');
      assert.deepEqual(JSON.parse(JSON.stringify(rest)), {
        method: 'POST',
        client: '127.0.0.1',
        route: '/v1/things/{id}',
        status: 200,
        key: 'key_1',
        app: 'shop',
        request_id: 'r2',
        trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
      });
      assert.doesNotMatch(JSON.stringify(log.lines), /verysecret|content/);
    });
  });

  for (const [proxies, client] of [
    [['127.0.0.0/8'], '203.0.113.7'],
    [['10.0.0.0/8'], '127.0.0.1'],
    [[], '127.0.0.1'],
  ] as const) {
    it(`believes X-Forwarded-For only from trusted proxies (${proxies.join() || 'none'})`, async () => {
      await asking(
        [things],
        async (ask, log) => {
          const logged = log.next('http.request');
          await ask('/v1/things/1', { headers: { 'x-forwarded-for': '203.0.113.7' } });
          assert.equal((await logged).fields.client, client);
        },
        proxies,
      );
    });
  }

  for (const traceparent of [
    '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
    'ff-x',
    '00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01',
  ]) {
    it(`takes the trace ${traceparent.slice(0, 9)}… for none`, async () => {
      await asking([things], async (ask, log) => {
        const logged = log.next('http.request');
        await ask('/v1/things/1', { headers: { traceparent } });
        assert.equal((await logged).fields.trace_id, undefined);
      });
    });
  }
});
