import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSseWire, type SseWire } from '../../../src/connector/sse-wire.js';
import { SharedBody } from '../../../src/connector/wire.js';

describe('SSE as a wire', () => {
  let server: Server;
  let now = 0;
  let events: string[] = [];

  before(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  beforeEach(() => {
    now = 0;
    events = [];
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  /** A wire on the server's side of a request, and the client's. */
  async function open(): Promise<{
    wire: SseWire;
    res: ServerResponse;
    answer: Promise<IncomingMessage>;
    end(): void;
  }> {
    const asked = get({ port: (server.address() as AddressInfo).port, agent: false });
    asked.on('error', () => {});
    const answer = once(asked, 'response').then(([found]) => found as IncomingMessage);
    const [, res] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
    const house = {
      ticks: () => now,
      drained: () => void events.push('drained'),
      gone: () => void events.push('gone'),
    };
    return { wire: createSseWire(res, house), res, answer, end: () => void asked.destroy() };
  }

  async function textOf(answer: IncomingMessage): Promise<string> {
    let text = '';
    for await (const part of answer.setEncoding('utf8')) text += part;
    return text;
  }

  it('keeps proxies from holding the stream back, from changing it and from keeping it', async () => {
    const { wire, answer } = await open();
    wire.send('{"t":"welcome"}');
    const { headers, statusCode } = await answer;
    assert.equal(statusCode, 200);
    assert.equal(headers['content-type'], 'text/event-stream; charset=utf-8');
    assert.equal(headers['x-accel-buffering'], 'no');
    assert.equal(headers['cache-control'], 'no-cache, no-transform');
    wire.end({ reason: 'draining' });
    (await answer).resume();
    await wire.over;
  });

  it('makes an event of each frame, with the cursor of a push as its id', async () => {
    const { wire, answer } = await open();
    wire.send('{"t":"welcome"}');
    wire.push('{"t":"push","seq":1,', new SharedBody('{"id":"msg_1","data":{"é":"😀"}}'), 'e.7');
    wire.end({ reason: 'draining', retryAfterMs: 1_500.2 });
    assert.equal(
      await textOf(await answer),
      'data: {"t":"welcome"}\n\n' +
        'id: e.7\ndata: {"t":"push","seq":1,"id":"msg_1","data":{"é":"😀"}}\n\n' +
        'retry: 1501\ndata: {"t":"bye","code":4000,"reason":"draining","retry_after_ms":1500.2}\n\n',
    );
    assert.equal(await wire.over, undefined);
    assert.deepEqual(events, [], 'an end from here is told to nobody');
  });

  it('writes nothing where the first word is bye: that is for the HTTP status', async () => {
    const { wire, res, answer } = await open();
    wire.end({ reason: 'unknown_device' });
    assert.deepEqual(await wire.over, { reason: 'unknown_device' });
    assert.equal(res.headersSent, false);
    res.writeHead(404).end();
    assert.equal((await answer).resume().statusCode, 404);
  });

  it('tells that the client has gone, and takes nothing more', async () => {
    const { wire, answer, end } = await open();
    wire.send('{"t":"welcome"}');
    await answer;
    end();
    assert.equal(await wire.over, undefined);
    assert.deepEqual(events.splice(0), ['drained', 'gone']);
    wire.send('{"t":"ping"}');
    wire.end({ reason: 'draining' });
    assert.deepEqual(events, []);
  });

  it('counts what waits for a client that does not read, since when, and lets go of it at once', async () => {
    const { wire, res, answer } = await open();
    const large = `"${'x'.repeat(1_000_000)}"`;
    wire.send(large);
    assert.ok(wire.bufferedBytes >= 1_000_000, 'also what was not written yet');
    (await answer).pause();
    now = 5;
    while (wire.stuckSince() === undefined) {
      wire.send(large);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const since = wire.stuckSince();
    now = 1_000;
    assert.equal(wire.stuckSince(), since);
    const cut = once(res, 'close');
    wire.end({ reason: 'too_slow' });
    await cut;
    assert.deepEqual(
      events.filter((event) => event === 'gone'),
      [],
    );
  });

  it('tells that there is room where the system took all of it at once', async () => {
    const { wire, end } = await open();
    wire.send(`"${'x'.repeat(70_000)}"`);
    while (!events.includes('drained')) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(wire.bufferedBytes, 0);
    end();
    await wire.over;
  });

  it('tells when there is room again', async () => {
    const { wire, answer, end } = await open();
    wire.send(`"${'x'.repeat(5_000_000)}"`);
    (await answer).resume();
    while (!events.includes('drained')) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(wire.bufferedBytes, 0);
    assert.equal(wire.stuckSince(), undefined);
    end();
    await wire.over;
  });
});
