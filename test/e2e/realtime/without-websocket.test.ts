import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { until } from '../../support/world.js';
import type { Frame } from './plain-client.js';
import { openRealtimeScene, type RealtimeScene } from './scene.js';

const SHOP = 'https://shop.example';

/** A stream of events, read as they come. */
interface Events {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** The next event that has data. @throws when the stream ends before */
  next(): Promise<{ readonly id: string | undefined; readonly frame: Frame }>;
  readonly closed: Promise<unknown>;
  cut(): void;
}

interface Poll {
  readonly status: number;
  readonly body: { readonly frames: readonly Frame[]; readonly cursor: string; readonly code?: string };
}

describe('realtime without a WebSocket', function () {
  this.timeout(60_000);
  let scene: RealtimeScene;

  before(async () => {
    scene = await openRealtimeScene({ realtime: [`origins: ['${SHOP}']`] });
    await scene.register(['s1', 's2', 's3', 's4', 's5', 's9', 'p1', 'p2', 'p3', 'p4', 'c1']);
  });
  after(() => scene?.close());

  const bearer = (device: string, claims = {}) => ({ authorization: `Bearer ${scene.token(device, claims)}` });

  async function stream(path: string, headers: Record<string, string>): Promise<Events> {
    const asked = get(scene.url + path, { headers, agent: false });
    asked.on('error', () => {});
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    const closed = new Promise((resolve) => answer.once('close', resolve));
    const lines = answer.setEncoding('utf8')[Symbol.asyncIterator]() as AsyncIterator<string>;
    let text = '';
    return {
      status: answer.statusCode ?? 0,
      headers: answer.headers,
      closed,
      cut: () => asked.destroy(),
      async next() {
        for (;;) {
          const end = text.indexOf('\n\n');
          if (end === -1) {
            const { value, done } = await lines.next();
            if (done === true) throw new Error(`the stream ended after ${JSON.stringify(text)}`);
            text += value;
            continue;
          }
          const fields = text.slice(0, end).split('\n');
          text = text.slice(end + 2);
          const of = (name: string) => fields.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
          const data = of('data');
          if (data !== undefined) return { id: of('id'), frame: JSON.parse(data) as Frame };
        }
      },
    };
  }

  async function post(path: string, device: string, body?: unknown) {
    const answer = await fetch(scene.url + path, {
      method: 'POST',
      headers: { ...bearer(device), 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  async function poll(device: string, query: Record<string, string> = {}): Promise<Poll> {
    const answer = await fetch(`${scene.url}/v1/realtime/poll?${new URLSearchParams(query)}`, {
      headers: bearer(device),
    });
    return { status: answer.status, body: (await answer.json()) as Poll['body'] };
  }

  const ofKind = (frames: readonly Frame[], t: string) => frames.filter((frame) => frame.t === t);
  const idsIn = ({ body }: Poll) => ofKind(body.frames, 'push').map(({ id }) => id);

  describe('over SSE', () => {
    it('brings messages as events, and takes got and done by acks', async () => {
      const events = await stream('/v1/realtime/sse?ping_ms=5000', bearer('s1'));
      assert.equal(events.status, 200);
      assert.equal(events.headers['x-accel-buffering'], 'no');
      const { frame: welcome } = await events.next();
      assert.deepEqual([welcome.t, welcome.device, welcome.ping_ms], ['welcome', 's1', 5_000]);
      const message = await scene.send('s1', 'one');
      const { id, frame: push } = await events.next();
      assert.deepEqual([push.t, push.id, push.seq, push.cursor], ['push', message, 1, id]);
      const said = await post('/v1/realtime/acks', 's1', { session: welcome.session, got: 1, done: [message] });
      assert.deepEqual([said.status, said.body], [200, { errors: [] }]);
      events.cut();
      const again = await stream('/v1/realtime/sse', { ...bearer('s1'), 'last-event-id': id ?? '' });
      const { frame } = await again.next();
      assert.deepEqual([frame.t, frame.resumed], ['welcome', true]);
      const second = await scene.send('s1', 'two');
      assert.equal((await again.next()).frame.id, second, 'what was done did not come again');
      again.cut();
    });

    it('brings again what was not done, to a stream that never said a session too', async () => {
      const events = await stream('/v1/realtime/sse', bearer('s2'));
      await events.next();
      const message = await scene.send('s2');
      assert.equal((await events.next()).frame.id, message);
      events.cut();
      const again = await stream('/v1/realtime/sse', bearer('s2'));
      await again.next();
      assert.equal((await again.next()).frame.id, message);
      again.cut();
      const said = await post('/v1/realtime/acks', 's2', { session: 'of another process', got: 9, done: [message] });
      assert.equal(said.status, 200);
      const third = await stream('/v1/realtime/sse', bearer('s2'));
      await third.next();
      const next = await scene.send('s2');
      assert.equal((await third.next()).frame.id, next);
      third.cut();
    });

    it('begins no connection for a client that left while its access token was looked at', async () => {
      const { hostname, port } = new URL(scene.url);
      const request = `GET /v1/realtime/sse HTTP/1.1\r\nhost: x\r\nauthorization: ${bearer('s9').authorization}\r\n\r\n`;
      for (let n = 0; n < 20; n++) {
        const socket = connect(Number(port), hostname);
        await once(socket, 'connect');
        await new Promise((resolve) => socket.write(request, resolve));
        socket.destroy();
        await once(socket, 'close');
      }
      await until(
        () => scene.call<{ online: boolean }>('GET', '/v1/devices/s9'),
        ({ body }) => !body.online,
      );
    });

    it('ends the older stream of a device with bye, and what it says counts no more', async () => {
      const older = await stream('/v1/realtime/sse', bearer('s3'));
      await older.next();
      const newer = await stream('/v1/realtime/sse', bearer('s3'));
      await newer.next();
      const { frame } = await older.next();
      assert.deepEqual([frame.t, frame.code, frame.reason], ['bye', 4509, 'replaced']);
      await older.closed;
      newer.cut();
    });

    it('takes a ticket where headers cannot be sent, and that once', async () => {
      const { status, body } = await post('/v1/realtime/tickets', 's4');
      assert.equal(status, 201);
      assert.ok(Date.parse(String(body.expires_at)) > Date.now());
      const events = await stream(`/v1/realtime/sse?ticket=${body.ticket}`, {});
      assert.equal((await events.next()).frame.device, 's4');
      events.cut();
      const again = await stream(`/v1/realtime/sse?ticket=${body.ticket}`, {});
      assert.equal(again.status, 401);
    });

    it('refuses by HTTP status before the first event', async () => {
      assert.equal((await stream('/v1/realtime/sse', bearer('nobody'))).status, 404);
      assert.equal((await stream('/v1/realtime/sse', bearer('s4', { sub: 'eve' }))).status, 403);
      assert.equal((await stream('/v1/realtime/sse', { authorization: 'Bearer x' })).status, 401);
      assert.equal((await stream('/v1/realtime/sse?ping_ms=soon', bearer('s4'))).status, 422);
    });

    it('takes events and upstream messages in order, and says which can never be taken', async () => {
      const events = await stream('/v1/realtime/sse?stream=a', bearer('s5'));
      await events.next();
      const message = await scene.send('s5');
      await events.next();
      const at = new Date().toISOString();
      const said = await post('/v1/realtime/acks', 's5', {
        stream: 'a',
        done: [message],
        events: [
          { n: 1, id: message, event: 'opened', at },
          { n: 3, id: message, event: 'eaten', at },
        ],
        up: [{ n: 2, topic: 'chat', data: { text: 'hi' } }],
      });
      assert.equal(said.status, 200);
      assert.equal(said.body.ok, 3);
      assert.deepEqual(
        (said.body.errors as Frame[]).map(({ n, code }) => [n, code]),
        [[3, 'unknown_event']],
      );
      const { body } = await scene.call<{ data: { topic: string }[] }>('GET', '/v1/upstream');
      assert.deepEqual(
        body.data.map(({ topic }) => topic),
        ['chat'],
      );
      events.cut();
    });
  });

  describe('over long poll', () => {
    it('says welcome first, waits, and takes the next question for got and done', async () => {
      const first = await poll('p1', { wait: '1s' });
      assert.equal(first.status, 200);
      assert.equal(first.body.frames[0]?.t, 'welcome');
      const waiting = poll('p1', { cursor: first.body.cursor, wait: '20s' });
      const message = await scene.send('p1');
      const second = await waiting;
      assert.deepEqual(idsIn(second), [message]);
      const third = await poll('p1', { cursor: second.body.cursor, wait: '0s' });
      assert.deepEqual(third.body.frames, []);
      await until(
        () => scene.call<{ counts: { delivered: number } }>('GET', `/v1/messages/${message}`),
        ({ body }) => body.counts.delivered === 1,
      );
    });

    it('gives an answer that was lost once more', async () => {
      const first = await poll('p2', { wait: '0s' });
      const message = await scene.send('p2');
      const second = await poll('p2', { cursor: first.body.cursor, wait: '5s' });
      const again = await poll('p2', { cursor: first.body.cursor, wait: '5s' });
      assert.deepEqual(again.body, second.body);
      assert.deepEqual(idsIn(again), [message]);
    });

    it('knows from the cursor alone what was done, when the session is not there any more', async () => {
      const first = await poll('p3', { wait: '0s' });
      const message = await scene.send('p3');
      const second = await poll('p3', { cursor: first.body.cursor, wait: '5s' });
      assert.deepEqual(idsIn(second), [message]);
      // Another connection takes the session's place.
      const other = await scene.connect('p3');
      other.cut();
      const third = await poll('p3', { cursor: second.body.cursor, wait: '0s' });
      const bye = ofKind(third.body.frames, 'bye')[0];
      assert.equal(bye?.reason, 'replaced', 'the session says that it was replaced');
      const fourth = await poll('p3', { cursor: second.body.cursor, wait: '0s' });
      assert.deepEqual(
        fourth.body.frames.map(({ t }) => t),
        ['welcome'],
      );
    });

    it('lets the newer of two questions win', async () => {
      const first = await poll('p4', { wait: '0s' });
      const older = poll('p4', { cursor: first.body.cursor, wait: '20s' });
      await new Promise((resolve) => setTimeout(resolve, 300)); // nothing tells that the older one waits already
      const newer = poll('p4', { cursor: first.body.cursor, wait: '20s' });
      const { body } = await older;
      assert.deepEqual(
        body.frames.map(({ reason }) => reason),
        ['replaced'],
      );
      assert.equal(body.cursor, first.body.cursor);
      const message = await scene.send('p4');
      assert.deepEqual(idsIn(await newer), [message]);
    });

    it('refuses a cursor that never was one, and a wait without end', async () => {
      assert.equal((await poll('p4', { cursor: 'x' })).body.code, 'validation_failed');
      assert.equal((await poll('p4', { wait: '51s' })).body.code, 'validation_failed');
      assert.equal((await poll('nobody')).body.code, 'unknown_device');
    });
  });

  describe('from pages', () => {
    it('lets those of the app’s origins call, and no others', async () => {
      const call = (origin: string) =>
        fetch(`${scene.url}/v1/realtime/poll?wait=0s`, { headers: { ...bearer('c1'), origin } });
      const good = await call(SHOP);
      assert.deepEqual([good.status, good.headers.get('access-control-allow-origin')], [200, SHOP]);
      const bad = await call('https://evil.example');
      assert.deepEqual([bad.status, bad.headers.get('access-control-allow-origin')], [403, null]);
      const preflight = await fetch(`${scene.url}/v1/realtime/acks`, {
        method: 'OPTIONS',
        headers: { origin: SHOP, 'access-control-request-method': 'POST' },
      });
      assert.deepEqual([preflight.status, preflight.headers.get('access-control-allow-methods')], [204, 'POST']);
    });
  });
});
