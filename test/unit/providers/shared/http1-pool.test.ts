import assert from 'node:assert/strict';
import { once, setMaxListeners } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Http1Pool, type Http1PoolEvent, type Http1PoolOptions } from '../../../../providers/shared/http1-pool.js';
import type { OutgoingRequest, Reply } from '../../../../providers/shared/transport.js';
import { type Http1Server, openHttp1Server } from './http1-server.js';

const NEVER = new AbortController().signal;
setMaxListeners(0, NEVER);

function post(text = '{}', part: Partial<OutgoingRequest> = {}): OutgoingRequest {
  return { method: 'POST', path: '/send', headers: { 'x-shared': 'yes' }, body: Buffer.from(text), ...part };
}

function told(reply: Reply): string {
  if (reply.kind === 'answer') return `answer ${reply.status}`;
  return reply.kind === 'not_sent' ? `not_sent ${reply.reason}` : 'no_answer';
}

for (const scheme of ['http', 'https'] as const) {
  describe(`Connections over HTTP/1.1, ${scheme}`, () => {
    let server: Http1Server;
    let pool: Http1Pool;
    let events: Http1PoolEvent[];

    function open(options: Partial<Http1PoolOptions> = {}): Http1Pool {
      events = [];
      const report = (event: Http1PoolEvent) => void events.push(event);
      pool = new Http1Pool({ origin: server.origin, ca: server.ca, report, ...options });
      return pool;
    }

    beforeEach(async () => {
      server = await openHttp1Server(scheme);
    });

    afterEach(async () => {
      await server.close();
      await pool.close();
    });

    it('sends what it is given, and tells the answer', async () => {
      server.answer = ({ response }) => {
        response.writeHead(429, { 'retry-after': '7', 'content-type': 'text/plain' });
        response.end('später');
      };
      const reply = await open().request(post('{"a":1}', { own: { 'x-own': '1', 'x-shared': 'own' } }), NEVER);
      assert.ok(reply.kind === 'answer');
      assert.equal(reply.status, 429);
      assert.equal(reply.headers['retry-after'], '7');
      assert.equal(reply.body.toString(), 'später');
      assert.equal(reply.complete, true);
      const [request] = server.requests;
      assert.equal(request?.method, 'POST');
      assert.equal(request?.url, '/send');
      assert.equal(request?.body, '{"a":1}');
      assert.equal(request?.headers['x-own'], '1');
      assert.equal(request?.headers['x-shared'], 'own');
      assert.equal(request?.headers['content-length'], '7');
      assert.equal(request?.headers.host, new URL(server.origin).host);
    });

    it('uses a connection again, also when requests follow one another without a pause', async () => {
      open({ connectionsMax: 1 });
      for (let at = 0; at < 3; at += 1) assert.equal(told(await pool.request(post(), NEVER)), 'answer 200');
      const many = await Promise.all(Array.from({ length: 50 }, () => pool.request(post(), NEVER)));
      assert.deepEqual(new Set(many.map(told)), new Set(['answer 200']));
      assert.equal(server.connections().opened, 1);
    });

    it('has no more connections than it may, and one request at a time on each', async () => {
      let underWay = 0;
      let most = 0;
      server.answer = ({ response }) => {
        underWay += 1;
        most = Math.max(most, underWay);
        setImmediate(() => {
          underWay -= 1;
          response.end();
        });
      };
      open({ connectionsMax: 4 });
      const replies = await Promise.all(Array.from({ length: 200 }, () => pool.request(post(), NEVER)));
      assert.deepEqual(new Set(replies.map(told)), new Set(['answer 200']));
      assert.equal(server.requests.length, 200);
      assert.ok(most <= 4, String(most));
      assert.ok(server.connections().opened <= 4, String(server.connections().opened));
      const open4 = events.flatMap((event) => (event.kind === 'connections' ? [event.open] : []));
      assert.equal(Math.max(...open4), server.connections().opened);
    });

    it('refuses what would wait behind too many, and takes more once some were given up', async () => {
      server.answer = () => undefined;
      open({ connectionsMax: 1, queueMax: 2 });
      const given = new AbortController();
      const replies = [pool.request(post(), NEVER), pool.request(post(), given.signal)];
      replies.push(pool.request(post(), given.signal));
      assert.equal(told(await pool.request(post(), NEVER)), 'not_sent queue_full');
      given.abort();
      assert.deepEqual((await Promise.all(replies.slice(1))).map(told), ['not_sent aborted', 'not_sent aborted']);
      const late = pool.request(post(), NEVER);
      await server.arrived(1);
      server.answer = ({ response }) => response.end();
      server.requests[0]?.response.end();
      assert.equal(told(await late), 'answer 200');
    });

    it('gives up what waited too long for a connection', async () => {
      server.answer = () => undefined;
      open({ connectionsMax: 1, queueTimeoutMs: 1 });
      const first = pool.request(post(), NEVER);
      assert.equal(told(await pool.request(post(), NEVER)), 'not_sent queued_too_long');
      server.requests[0]?.response.end();
      assert.equal(told(await first), 'answer 200');
    });

    it('does not know what became of a request that is not answered in time, and goes on over another connection', async () => {
      server.answer = () => undefined;
      open({ connectionsMax: 1, requestTimeoutMs: 30 });
      assert.equal(told(await pool.request(post(), NEVER)), 'no_answer');
      server.answer = ({ response }) => response.end();
      assert.equal(told(await pool.request(post(), NEVER)), 'answer 200');
      assert.deepEqual(server.connections().opened, 2);
    });

    it('sends nothing of what was given up before', async () => {
      assert.equal(told(await open().request(post(), AbortSignal.abort())), 'not_sent aborted');
      assert.equal(server.connections().opened, 0);
    });

    it('does not know what became of a request that was given up on the way, and ends its connection', async () => {
      server.answer = () => undefined;
      const given = new AbortController();
      const reply = open().request(post(), given.signal);
      await server.arrived(1);
      given.abort();
      assert.equal(told(await reply), 'no_answer');
      await server.quiet();
      assert.equal(server.requests.length, 1);
    });

    it('sends a request once, whatever ends its connection', async () => {
      open();
      assert.equal(told(await pool.request(post('first'), NEVER)), 'answer 200');
      server.answer = ({ socket }) => socket.destroy();
      assert.equal(told(await pool.request(post('over the connection that rested'), NEVER)), 'no_answer');
      assert.equal(told(await pool.request(post('over a new one'), NEVER)), 'no_answer');
      assert.equal(server.requests.length, 3);
      server.answer = ({ response }) => response.end();
      assert.equal(told(await pool.request(post(), NEVER)), 'answer 200');
    });

    it('does not wait for an answer that changes the protocol', async () => {
      server.answer = ({ socket }) =>
        socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
      assert.equal(told(await open().request(post(), NEVER)), 'no_answer');
    });

    it('tells an answer that was cut off as far as it came', async () => {
      server.answer = ({ response, socket }) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('begun', () => socket.destroy());
      };
      const reply = await open().request(post(), NEVER);
      assert.ok(reply.kind === 'answer');
      assert.deepEqual([reply.status, reply.body.toString(), reply.complete], [200, 'begun', false]);
    });

    it('cuts off an answer that is too long, and goes on over another connection', async () => {
      server.answer = ({ response }) => response.end('x'.repeat(100_000));
      const reply = await open({ bodyBytesMax: 1_000, connectionsMax: 1 }).request(post(), NEVER);
      assert.ok(reply.kind === 'answer');
      assert.deepEqual([reply.body.length, reply.complete], [1_000, false]);
      server.answer = ({ response }) => response.end('short');
      assert.equal(told(await pool.request(post(), NEVER)), 'answer 200');
    });

    it('uses a connection no more that it was told to retire', async () => {
      open({ connectionsMax: 1 });
      const first = await pool.request(post(), NEVER);
      assert.ok(first.kind === 'answer');
      first.connection.retire();
      first.connection.retire();
      assert.equal(told(await pool.request(post(), NEVER)), 'answer 200');
      assert.equal(server.connections().opened, 2);
    });

    it('ends a connection that rested too long', async () => {
      open({ idleMs: 20 });
      await pool.request(post(), NEVER);
      await server.quiet();
      assert.equal(told(await pool.request(post(), NEVER)), 'answer 200');
    });

    it('close lets what is under way and what waits finish, then frees the connections; twice is harmless', async () => {
      server.answer = () => undefined;
      open({ connectionsMax: 1 });
      const replies = [pool.request(post(), NEVER), pool.request(post(), NEVER)];
      await server.arrived(1);
      const closing = Promise.all([pool.close(), pool.close()]);
      assert.equal(told(await pool.request(post(), NEVER)), 'not_sent closed');
      server.answer = ({ response }) => response.end();
      server.requests[0]?.response.end();
      await closing;
      assert.deepEqual((await Promise.all(replies)).map(told), ['answer 200', 'answer 200']);
      await server.quiet();
    });

    it('close waits no longer than its grace', async () => {
      server.answer = () => undefined;
      open({ connectionsMax: 1, closeGraceMs: 10 });
      const replies = [pool.request(post(), NEVER), pool.request(post(), NEVER)];
      await server.arrived(1);
      await pool.close();
      assert.deepEqual((await Promise.all(replies)).map(told), ['no_answer', 'not_sent closed']);
      await server.quiet();
    });

    it('refuses fields and paths that cannot be sent, and harms nobody else', async () => {
      open();
      const bad = [
        post('{}', { headers: { 'x-bad': 'a\r\nx-injected: 1' } }),
        post('{}', { own: { 'X-Upper': '1' } }),
        post('{}', { own: { 'x-bad': 'ä' } }),
        post('{}', { path: '/a b' }),
        post('{}', { path: '/a\r\nHost: other' }),
      ];
      for (const request of bad) assert.equal(told(await pool.request(request, NEVER)), 'not_sent invalid');
      assert.equal(told(await pool.request(post(), NEVER)), 'answer 200');
      assert.equal(server.requests.length, 1);
    });

    it('counts many connections that were refused at once as one failure of the host', async () => {
      await server.close();
      let now = 0;
      open({ connectionsMax: 8, dialBaseMs: 100, dialCapMs: 100_000, monotonicMs: () => now, random: () => 0.5 });
      const replies = await Promise.all(Array.from({ length: 20 }, () => pool.request(post(), NEVER)));
      assert.deepEqual(new Set(replies.map(told)), new Set(['not_sent unreachable']));
      const failures = events.filter(({ kind }) => kind === 'connect_failed');
      assert.deepEqual(
        failures.map((event) => event.kind === 'connect_failed' && event.retryInMs),
        [75],
      );
      assert.match(failures[0]?.kind === 'connect_failed' ? failures[0].cause : '', /ECONNREFUSED/);
      assert.equal(told(await pool.request(post(), NEVER)), 'not_sent unreachable');
      now = 80;
      assert.equal(told(await pool.request(post(), NEVER)), 'not_sent unreachable');
      assert.deepEqual(
        events.flatMap((event) => (event.kind === 'connect_failed' ? [event.retryInMs] : [])),
        [75, 150],
      );
    });
  });
}

describe('Connections over HTTP/1.1 that cannot be had', () => {
  it('sends nothing to a host whose certificate is of nobody it trusts', async () => {
    const server = await openHttp1Server('https');
    const pool = new Http1Pool({ origin: server.origin });
    const reply = await pool.request(post(), NEVER);
    await pool.close();
    await server.close();
    assert.ok(reply.kind === 'not_sent');
    assert.equal(reply.reason, 'unreachable');
    assert.match(reply.cause, /certificate/i);
    assert.equal(server.requests.length, 0);
  });

  it('sends nothing over a connection whose TLS is not there in time, or was given up', async () => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      server.emit('came');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const failures: string[] = [];
    const report = (event: Http1PoolEvent) => {
      if (event.kind === 'connect_failed') failures.push(event.cause);
    };
    const pool = new Http1Pool({ origin, connectTimeoutMs: 200, report });
    const given = new AbortController();
    const came = once(server, 'came');
    const one = pool.request(post(), given.signal);
    await came;
    given.abort();
    assert.equal(told(await one), 'not_sent aborted');
    assert.deepEqual(failures, []);
    assert.equal(told(await pool.request(post(), NEVER)), 'not_sent unreachable');
    assert.deepEqual(failures, ['no connection in time']);
    await pool.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  it('looks the host up with what it was lent, and tells why that refused', async () => {
    const pool = new Http1Pool({
      origin: 'http://inner.invalid',
      lookup: (_host, _options, done) => done(new Error('that network is not allowed'), []),
    });
    const reply = await pool.request(post(), NEVER);
    await pool.close();
    assert.ok(reply.kind === 'not_sent');
    assert.match(reply.cause, /that network is not allowed/);
  });
});
