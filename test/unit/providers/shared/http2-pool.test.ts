import assert from 'node:assert/strict';
import net, { type AddressInfo } from 'node:net';
import { Http2Pool, type Http2PoolOptions, type PoolEvent } from '../../../../providers/shared/http2-pool.js';
import type { OutgoingRequest, Reply } from '../../../../providers/shared/transport.js';
import { ok, openRawServer, openRelay, type RawRequest, type RawServer } from './raw-server.js';

const never = new AbortController().signal;
const opened: { close(): Promise<void> }[] = [];

function request(path: string, body = 'x'): OutgoingRequest {
  return { method: 'POST', path, headers: { 'x-shared': 'yes' }, body: Buffer.from(body) };
}

function pool(server: { origin: string; ca?: string }, options: Partial<Http2PoolOptions> = {}): Http2Pool {
  const made = new Http2Pool({ origin: server.origin, ca: server.ca, closeGraceMs: 500, ...options });
  opened.push(made);
  return made;
}

async function serve(...args: Parameters<typeof openRawServer>): Promise<RawServer> {
  const server = await openRawServer(...args);
  opened.push(server);
  return server;
}

function sendMany(to: Http2Pool, count: number, signal: AbortSignal = never): Promise<Reply[]> {
  return Promise.all(Array.from({ length: count }, (_, at) => to.request(request(`/${at}`), signal)));
}

function kinds(replies: readonly Reply[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const reply of replies) {
    const key =
      reply.kind === 'answer'
        ? String(reply.status)
        : reply.kind === 'not_sent'
          ? `not_sent ${reply.reason}`
          : reply.kind;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

describe('Http2Pool', () => {
  afterEach(async () => {
    for (const one of opened.reverse()) await one.close();
    opened.length = 0;
  });

  it('sends shared and own header fields and the body, and returns status, headers and body', async () => {
    const server = await serve(({ stream }) => {
      stream.respond({ ':status': 418, 'x-answer': 'tea' });
      stream.end('short and stout');
    });
    const reply = await pool(server).request({ ...request('/pot', 'häßlich'), own: { 'x-own': '1' } }, never);
    assert.equal(reply.kind, 'answer');
    assert.ok(reply.kind === 'answer');
    assert.equal(reply.status, 418);
    assert.equal(reply.headers['x-answer'], 'tea');
    assert.equal(reply.body.toString(), 'short and stout');
    assert.equal(reply.complete, true);
    const got = server.requests[0];
    assert.equal(got?.headers['x-shared'], 'yes');
    assert.equal(got?.headers['x-own'], '1');
    assert.equal(got?.headers[':path'], '/pot');
    assert.equal(got?.body.toString(), 'häßlich');
  });

  it('asks without a body by every method, and hears the whole answer', async () => {
    const server = await serve(({ stream }) => {
      stream.respond({ ':status': 200 });
      stream.end('here');
    });
    const own = pool(server);
    for (const method of ['GET', 'DELETE', 'PUT', 'POST'] as const) {
      const reply = await own.request({ ...request('/'), method, body: Buffer.alloc(0) }, never);
      assert.ok(reply.kind === 'answer' && reply.complete, method);
      assert.equal(reply.body.toString(), 'here', method);
    }
    assert.deepEqual(
      server.requests.map(({ headers, body }) => [headers[':method'], body.length]),
      [
        ['GET', 0],
        ['DELETE', 0],
        ['PUT', 0],
        ['POST', 0],
      ],
    );
  });

  it('cuts an endless answer at its bound and says so', async () => {
    const server = await serve(({ stream }) => {
      stream.respond({ ':status': 400 });
      stream.write(Buffer.alloc(40_000, 'a'));
    });
    const reply = await pool(server).request(request('/'), never);
    assert.ok(reply.kind === 'answer');
    assert.equal(reply.body.length, 16 * 1024);
    assert.equal(reply.complete, false);
  });

  it('opens one stream until a good answer came, then as many as SETTINGS allow and no more', async () => {
    const held: RawRequest[] = [];
    const server = await serve((got) => held.push(got), { maxConcurrentStreams: 7 });
    const transport = pool(server, { sessionsMax: 1, provesEntry: (status) => status === 200 });
    const replies = sendMany(transport, 30);
    await server.arrived(1);
    await new Promise((resolve) => server.sessions[0]?.ping(resolve));
    assert.equal(server.requests.length, 1);
    for (const got of held.splice(0)) got.stream.respond({ ':status': 403 }, { endStream: true });
    await server.arrived(2);
    await new Promise((resolve) => server.sessions[0]?.ping(resolve));
    assert.equal(server.requests.length, 2, 'a refusal is no proof of entry');
    for (let sent = 2; sent < 30; ) {
      for (const got of held.splice(0)) ok(got);
      sent = Math.min(30, sent + 7);
      await server.arrived(sent);
    }
    for (const got of held.splice(0)) ok(got);
    assert.deepEqual(kinds(await replies), { 200: 29, 403: 1 });
    assert.equal(server.streamsPeak(), 7);
  });

  it('obeys a limit lowered to 1 in mid-flight', async () => {
    let open = 0;
    let peakAfter = 0;
    let isLowered = false;
    const held: RawRequest[] = [];
    const answer = (got: RawRequest) => {
      open -= 1;
      ok(got);
    };
    const server = await serve(
      (got) => {
        open += 1;
        if (isLowered) {
          peakAfter = Math.max(peakAfter, open);
          setImmediate(answer, got);
        } else if (got.nth === 1) {
          answer(got);
        } else if (held.push(got) === 10) {
          got.session.settings({ maxConcurrentStreams: 1 }, () => {
            isLowered = true;
            for (const one of held) answer(one);
          });
        }
      },
      { maxConcurrentStreams: 10 },
    );
    assert.deepEqual(kinds(await sendMany(pool(server, { sessionsMax: 1 }), 60)), { 200: 60 });
    assert.equal(peakAfter, 1);
    assert.equal(server.sessions.length, 1);
    assert.equal(server.requests.length, 60);
  });

  it('waits while the limit is 0 and goes on when it is raised', async () => {
    const server = await serve(ok, { maxConcurrentStreams: 0 });
    const transport = pool(server, { sessionsMax: 1, queueTimeoutMs: 40 });
    assert.deepEqual(kinds(await sendMany(transport, 2)), { 'not_sent queued_too_long': 2 });
    server.sessions[0]?.settings({ maxConcurrentStreams: 5 });
    await new Promise((resolve) => server.sessions[0]?.ping(resolve));
    assert.deepEqual(kinds(await sendMany(transport, 3)), { 200: 3 });
  });

  it('opens another connection only when all are full, and never more than allowed', async () => {
    const held: RawRequest[] = [];
    const server = await serve((got) => (got.nthOnSession === 1 ? ok(got) : held.push(got)), {
      maxConcurrentStreams: 5,
    });
    const transport = pool(server, { sessionsMax: 3 });
    assert.deepEqual(kinds(await sendMany(transport, 1)), { 200: 1 });
    const few = sendMany(transport, 5);
    await server.arrived(6);
    assert.equal(server.sessions.length, 1);
    const many = sendMany(transport, 30);
    await server.arrived(6 + 2 + 10);
    assert.equal(server.sessions.length, 3);
    for (let done = false; !done; ) {
      for (const got of held.splice(0)) ok(got);
      done = await Promise.race([many.then(() => true), new Promise<false>((resolve) => setImmediate(resolve, false))]);
    }
    assert.deepEqual(kinds(await few), { 200: 5 });
    assert.deepEqual(kinds(await many), { 200: 30 });
    assert.equal(server.sessions.length, 3);
  });

  for (const code of [0, 2]) {
    for (const k of [1, 2, 3, 10, 50]) {
      it(`loses and doubles nothing when GOAWAY ${code} comes after every stream ${k} of a connection`, async () => {
        // Answers what it names as processed first, then goes away; streams above are not looked at.
        const processed = new Map<string, number>();
        const server = await serve(
          (got) => {
            if (got.nthOnSession > k) return;
            const path = String(got.headers[':path']);
            processed.set(path, (processed.get(path) ?? 0) + 1);
            ok(got);
            if (got.nthOnSession !== k) return;
            const lastStreamId = Number(got.stream.id);
            const { session } = got;
            got.stream.on('close', () => session.goaway(code, lastStreamId));
          },
          { maxConcurrentStreams: 20 },
        );
        const transport = pool(server, { dialBaseMs: 1, dialCapMs: 5 });
        const replies: Reply[] = [];
        const ask = async (at: number) => {
          for (;;) {
            const reply = await transport.request(request(`/${at}`), never);
            replies.push(reply);
            if (reply.kind !== 'not_sent') return reply;
          }
        };
        const final = await Promise.all(Array.from({ length: 120 }, (_, at) => ask(at)));
        assert.deepEqual(kinds(final), { 200: 120 });
        assert.equal(processed.size, 120);
        assert.deepEqual([...new Set(processed.values())], [1]);
        for (const reply of replies) if (reply.kind === 'not_sent') assert.equal(reply.reason, 'refused');
      });
    }
  }

  it('lets streams below the last id of a GOAWAY finish, and dials anew before they have', async () => {
    const held: RawRequest[] = [];
    let onSuccessor = () => {};
    const successor = new Promise<void>((resolve) => {
      onSuccessor = resolve;
    });
    const server = await serve(
      (got) => {
        if (got.nth === 1) ok(got);
        else if (server.sessions.length > 1) ok(got);
        else held.push(got);
      },
      undefined,
      (session) => {
        if (session !== server.sessions[0]) onSuccessor();
      },
    );
    const transport = pool(server, { sessionsMax: 1 });
    await sendMany(transport, 1);
    const old = sendMany(transport, 3);
    await server.arrived(4);
    server.sessions[0]?.goaway(0, Number(held[2]?.stream.id));
    await successor;
    const late = await sendMany(transport, 2);
    assert.deepEqual(kinds(late), { 200: 2 });
    assert.equal(server.sessions.length, 2);
    for (const got of held) ok(got);
    assert.deepEqual(kinds(await old), { 200: 3 });
  });

  it('has no answer for streams below the last id when the connection ends without one', async () => {
    const server = await serve((got) => {
      if (got.nth === 1) ok(got);
      else if (got.nth === 4) {
        got.session.goaway(0, Number(got.stream.id));
        setImmediate(() => got.session.destroy());
      }
    });
    const transport = pool(server);
    await sendMany(transport, 1);
    assert.deepEqual(kinds(await sendMany(transport, 3)), { no_answer: 3 });
  });

  it('sends refused streams again, and gives up after three times', async () => {
    const tries = new Map<string, number>();
    const server = await serve((got) => {
      const path = String(got.headers[':path']);
      tries.set(path, (tries.get(path) ?? 0) + 1);
      if (path === '/0' || ((tries.get(path) ?? 0) === 1 && path !== '/warm')) got.stream.close(7);
      else ok(got);
    });
    const transport = pool(server);
    await transport.request(request('/warm'), never);
    assert.deepEqual(kinds(await sendMany(transport, 8)), { 200: 7, 'not_sent refused': 1 });
    assert.equal(tries.get('/0'), 4);
    assert.equal(tries.get('/5'), 2);
  });

  it('sends what was handed back before what has waited', async () => {
    const arrivals: string[] = [];
    const server = await serve(
      (got) => {
        arrivals.push(String(got.headers[':path']));
        if (arrivals.length === 1) got.stream.close(7);
        else ok(got);
      },
      { maxConcurrentStreams: 1 },
    );
    assert.deepEqual(kinds(await sendMany(pool(server, { sessionsMax: 1 }), 3)), { 200: 3 });
    assert.deepEqual(arrivals, ['/0', '/0', '/1', '/2']);
  });

  it('halves its window when told to calm down', async () => {
    const held: RawRequest[] = [];
    const server = await serve((got) => (got.nth === 1 ? ok(got) : held.push(got)), { maxConcurrentStreams: 100 });
    const transport = pool(server, { sessionsMax: 1, streamsMax: 8 });
    await sendMany(transport, 1);
    const replies = sendMany(transport, 12);
    await server.arrived(9);
    assert.equal(transport.streamsMax, 8);
    held.shift()?.stream.close(11);
    const first = await Promise.race([replies, new Promise((resolve) => server.sessions[0]?.ping(resolve))]);
    assert.notEqual(first, replies);
    assert.equal(transport.streamsMax, 4);
    assert.equal(server.requests.length, 9, 'seven are open, so nothing more is');
    for (let done = false; !done; ) {
      for (const got of held.splice(0)) ok(got);
      done = await Promise.race([
        replies.then(() => true),
        new Promise<false>((resolve) => setImmediate(resolve, false)),
      ]);
    }
    assert.deepEqual(kinds(await replies), { 200: 11, no_answer: 1 });
  });

  it('notices a peer that stopped, has no answer for what was written and sends the rest elsewhere', async () => {
    const events: PoolEvent[] = [];
    const server = await serve(
      (got) => {
        if (server.sessions.length > 1 || got.nth === 1) ok(got);
      },
      { maxConcurrentStreams: 4 },
    );
    const relay = await openRelay(server);
    opened.push(relay);
    const transport = pool(
      { origin: relay.origin, ca: server.ca },
      {
        sessionsMax: 1,
        pingBusyMs: 50,
        pingAnswerMs: 40,
        report: (event) => events.push(event),
      },
    );
    await sendMany(transport, 1);
    const replies = sendMany(transport, 10);
    await server.arrived(5);
    relay.freeze();
    const began = performance.now();
    assert.deepEqual(kinds(await replies), { no_answer: 4, 200: 6 });
    assert.ok(performance.now() - began < 2_000);
    assert.ok(events.some((event) => event.kind === 'connection_lost' && /half-open/.test(event.cause)));
    assert.equal(server.sessions.length, 2);
  });

  it('keeps a slow peer that answers PINGs, and gives up only the request whose time is over', async () => {
    const server = await serve((got) => {
      if (got.headers[':path'] !== '/1') ok(got);
    });
    const transport = pool(server, { pingBusyMs: 20, pingAnswerMs: 40, requestTimeoutMs: 200 });
    assert.deepEqual(kinds(await sendMany(transport, 4)), { 200: 3, no_answer: 1 });
    assert.deepEqual(kinds(await sendMany(transport, 1)), { 200: 1 });
    assert.equal(server.sessions.length, 1);
  });

  it('starts the time of a request when its stream opens, not while it waits', async () => {
    const server = await serve((got) => setTimeout(ok, 30, got), { maxConcurrentStreams: 1 });
    const transport = pool(server, { sessionsMax: 1, requestTimeoutMs: 120 });
    assert.deepEqual(kinds(await sendMany(transport, 8)), { 200: 8 });
  });

  it('aborts: what waited was not sent, what was written has no answer, others go on', async () => {
    const held: RawRequest[] = [];
    const server = await serve((got) => (got.nth === 1 ? ok(got) : held.push(got)), { maxConcurrentStreams: 3 });
    const transport = pool(server, { sessionsMax: 1 });
    await sendMany(transport, 1);
    const given = new AbortController();
    const first = sendMany(transport, 5, given.signal);
    const other = transport.request(request('/other'), never);
    await server.arrived(4);
    given.abort();
    assert.deepEqual(kinds(await first), { no_answer: 3, 'not_sent aborted': 2 });
    await server.arrived(5);
    for (const got of held) ok(got);
    assert.deepEqual(kinds([await other]), { 200: 1 });
    assert.deepEqual(kinds([await transport.request(request('/late'), given.signal)]), { 'not_sent aborted': 1 });
  });

  it('is not sent where nobody listens, with the cause, and does not hammer the host', async () => {
    const closed = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => closed.once('listening', resolve));
    const origin = `https://127.0.0.1:${(closed.address() as AddressInfo).port}`;
    await new Promise((resolve) => closed.close(resolve));
    const failures: PoolEvent[] = [];
    const transport = pool(
      { origin },
      {
        dialBaseMs: 60_000,
        dialCapMs: 60_000,
        report: (event) => event.kind === 'connect_failed' && failures.push(event),
      },
    );
    const replies = await sendMany(transport, 20);
    assert.deepEqual(kinds(replies), { 'not_sent unreachable': 20 });
    assert.match(replies[0]?.kind === 'not_sent' ? replies[0].cause : '', /ECONNREFUSED/);
    assert.deepEqual(kinds(await sendMany(transport, 20)), { 'not_sent unreachable': 20 });
    assert.equal(failures.length, 1);
  });

  it('dials again after the pause', async () => {
    let isUp = false;
    const server = await serve(ok, { maxConcurrentStreams: 10 }, (session) => {
      if (!isUp) session.destroy();
    });
    const wrong = pool({ origin: server.origin }, { dialBaseMs: 1, dialCapMs: 1 });
    const reply = await wrong.request(request('/'), never);
    assert.ok(reply.kind === 'not_sent' && reply.reason === 'unreachable');
    assert.match(reply.cause, /self.signed/i);
    const transport = pool(server, { dialBaseMs: 5, dialCapMs: 5 });
    for (const down of await sendMany(transport, 3)) assert.equal(down.kind, 'not_sent');
    isUp = true;
    for (;;) {
      const again = await transport.request(request('/'), never);
      if (again.kind === 'not_sent') continue;
      assert.deepEqual(kinds([again]), { 200: 1 });
      break;
    }
  });

  it('does not hammer a host that lets connections in and ends them', async () => {
    const server = await serve(ok, { maxConcurrentStreams: 10 }, (session) => session.goaway(0, 0));
    const transport = pool(server, { dialBaseMs: 200, dialCapMs: 200, random: () => 1, queueTimeoutMs: 150 });
    for (const reply of await sendMany(transport, 5)) assert.equal(reply.kind, 'not_sent');
    assert.ok(server.sessions.length <= 2, `${server.sessions.length} connections`);
  });

  it('asks the look-up it was given for every connection, and goes where that says', async () => {
    const server = await serve(ok);
    const port = new URL(server.origin).port;
    const asked: string[] = [];
    const lookup: net.LookupFunction = (host, { all }, callback) => {
      asked.push(host);
      if (all === true) callback(null, [{ address: '127.0.0.1', family: 4 }]);
      else callback(null, '127.0.0.1', 4);
    };
    const transport = pool({ origin: `https://localhost:${port}`, ca: server.ca }, { lookup });
    assert.deepEqual(kinds(await sendMany(transport, 3)), { 200: 3 });
    assert.deepEqual(
      asked,
      server.sessions.map(() => 'localhost'),
    );
    const refusing: net.LookupFunction = (_host, _options, callback) => callback(new Error('not there'), []);
    const refused = pool({ origin: server.origin, ca: server.ca }, { lookup: refusing });
    const sessionsBefore = server.sockets.length;
    const [reply] = await sendMany(refused, 1);
    assert.ok(reply?.kind === 'not_sent' && reply.reason === 'unreachable');
    assert.match(reply.cause, /not there/);
    assert.equal(server.sockets.length, sessionsBefore);
  });

  it('gives up a host that accepts and says nothing', async () => {
    const sockets: net.Socket[] = [];
    const silent = net.createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const port = (silent.address() as AddressInfo).port;
    const transport = pool({ origin: `https://127.0.0.1:${port}` }, { connectTimeoutMs: 60 });
    const replies = await sendMany(transport, 2);
    assert.deepEqual(kinds(replies), { 'not_sent unreachable': 2 });
    assert.match(replies[0]?.kind === 'not_sent' ? replies[0].cause : '', /no connection within 60 ms/);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });

  it('refuses what cannot be encoded without harm to others', async () => {
    const server = await serve(ok);
    const transport = pool(server);
    for (const own of [{ 'bad name\n': 'x' }, { name: 'a\r\nb' }, { name: 'höhe' }, { name: '' }, { name: ' x' }]) {
      const bad = await transport.request({ ...request('/'), own: own as Record<string, string> }, never);
      assert.ok(bad.kind === 'not_sent' && bad.reason === 'invalid');
    }
    assert.deepEqual(kinds(await sendMany(transport, 2)), { 200: 2 });
    assert.equal(server.sessions.length, 1);
  });

  it('bounds what waits', async () => {
    const server = await serve(() => {}, { maxConcurrentStreams: 1 });
    const transport = pool(server, { sessionsMax: 1, queueMax: 3 });
    const given = new AbortController();
    const first = transport.request(request('/'), given.signal);
    await server.arrived(1);
    const rest = sendMany(transport, 5, given.signal);
    await Promise.resolve();
    given.abort();
    assert.deepEqual(kinds(await rest), { 'not_sent queue_full': 2, 'not_sent aborted': 3 });
    assert.deepEqual(kinds([await first]), { no_answer: 1 });
  });

  it('close lets everything asked finish, twice is harmless, and nothing is taken afterwards', async () => {
    const held: RawRequest[] = [];
    const server = await serve((got) => held.push(got), { maxConcurrentStreams: 2 });
    const transport = pool(server, { sessionsMax: 1, closeGraceMs: 5_000 });
    const replies = sendMany(transport, 5);
    await server.arrived(1);
    const closing = transport.close();
    assert.equal(transport.close(), closing);
    assert.deepEqual(kinds(await sendMany(transport, 1)), { 'not_sent closed': 1 });
    for (let done = false; !done; ) {
      for (const got of held.splice(0)) ok(got);
      done = await Promise.race([
        closing.then(() => true),
        new Promise<false>((resolve) => setImmediate(resolve, false)),
      ]);
    }
    assert.deepEqual(kinds(await replies), { 200: 5 });
  });

  it('close ends in bounded time although the peer never answers', async () => {
    const server = await serve(() => {}, { maxConcurrentStreams: 2 });
    const relay = await openRelay(server);
    opened.push(relay);
    const transport = pool({ origin: relay.origin, ca: server.ca }, { sessionsMax: 1, closeGraceMs: 50 });
    const replies = sendMany(transport, 3);
    await server.arrived(1);
    relay.freeze();
    await transport.close();
    assert.deepEqual(kinds(await replies), { no_answer: 1, 'not_sent closed': 2 });
  });

  it('sends nothing more over a connection its user retired', async () => {
    const server = await serve(ok);
    const transport = pool(server);
    const reply = await transport.request(request('/'), never);
    assert.ok(reply.kind === 'answer');
    reply.connection.retire();
    assert.deepEqual(kinds(await sendMany(transport, 3)), { 200: 3 });
    assert.equal(server.sessions.length, 2);
  });
});
