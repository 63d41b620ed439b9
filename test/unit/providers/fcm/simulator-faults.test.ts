import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, constants } from 'node:http2';
import { Agent, request as httpsRequest } from 'node:https';
import { connect as tlsConnect } from 'node:tls';
import {
  type Answered,
  answerOf,
  DEVICE,
  errorOf,
  exchange,
  OTHER_DEVICE,
  openRig,
  type Rig,
  sendHeaders,
} from './simulator-rig.js';

const bodyFor = (token: string): string => JSON.stringify({ message: { token } });

describe('FCM simulator: faults', () => {
  let rig: Rig;
  let session: ClientHttp2Session;
  let accessToken: string;

  beforeEach(async () => {
    rig = await openRig();
    session = await rig.connect();
    accessToken = await rig.accessToken(session);
    rig.ledger.length = 0;
  });
  afterEach(() => rig.close());

  const send = (token = DEVICE, over = session): Promise<Answered> =>
    exchange(over, sendHeaders(accessToken), bodyFor(token));
  /** Sends without waiting for the answer. */
  const start = (token = DEVICE, over = session) => over.request(sendHeaders(accessToken)).end(bodyFor(token));
  const fates = (): (string | number | boolean | null)[][] =>
    rig.ledger.map(({ answer, accepted }) => [answer.status, answer.reason, accepted]);

  for (const [status, reason, expected] of [
    [400, 'INVALID_ARGUMENT', '400 INVALID_ARGUMENT INVALID_ARGUMENT'],
    [400, 'INVALID_ARGUMENT message.token', '400 INVALID_ARGUMENT INVALID_ARGUMENT message.token'],
    [400, 'bare INVALID_ARGUMENT', '400 INVALID_ARGUMENT -'],
    [400, 'bare INVALID_ARGUMENT message.token', '400 INVALID_ARGUMENT - message.token'],
    [401, 'THIRD_PARTY_AUTH_ERROR', '401 UNAUTHENTICATED THIRD_PARTY_AUTH_ERROR'],
    [401, 'UNAUTHENTICATED', '401 UNAUTHENTICATED -'],
    [403, 'SENDER_ID_MISMATCH', '403 PERMISSION_DENIED SENDER_ID_MISMATCH'],
    [403, 'PERMISSION_DENIED', '403 PERMISSION_DENIED -'],
    [404, 'UNREGISTERED', '404 NOT_FOUND UNREGISTERED'],
    [404, 'NOT_FOUND', '404 NOT_FOUND -'],
    [429, 'QUOTA_EXCEEDED', '429 RESOURCE_EXHAUSTED QUOTA_EXCEEDED'],
    [429, 'RESOURCE_EXHAUSTED', '429 RESOURCE_EXHAUSTED -'],
    [500, 'INTERNAL', '500 INTERNAL INTERNAL'],
    [503, 'UNAVAILABLE', '503 UNAVAILABLE UNAVAILABLE'],
    [503, 'bare UNAVAILABLE', '503 UNAVAILABLE -'],
    [500, 'UNSPECIFIED_ERROR', '500 INTERNAL UNSPECIFIED_ERROR'],
    [418, 'SOMETHING_NEW', '418 UNKNOWN SOMETHING_NEW'],
    [400, undefined, '400 INVALID_ARGUMENT INVALID_ARGUMENT'],
    [401, undefined, '401 UNAUTHENTICATED -'],
    [403, undefined, '403 PERMISSION_DENIED SENDER_ID_MISMATCH'],
    [404, undefined, '404 NOT_FOUND UNREGISTERED'],
    [429, undefined, '429 RESOURCE_EXHAUSTED QUOTA_EXCEEDED'],
    [500, undefined, '500 INTERNAL INTERNAL'],
    [503, undefined, '503 UNAVAILABLE UNAVAILABLE'],
    [504, undefined, '504 DEADLINE_EXCEEDED -'],
  ] as const) {
    it(`answers ${status} with ${reason ?? 'its usual reason'} as "${expected}"`, async () => {
      rig.faults.set(DEVICE, [{ kind: 'answer', status, ...(reason === undefined ? {} : { reason }) }]);
      assert.equal(errorOf(await send()), expected);
    });
  }

  it('tells of the quota that was exceeded, and when to come back', async () => {
    rig.faults.set(DEVICE, [
      { kind: 'answer', status: 429, retryAfterSeconds: 7 },
      { kind: 'answer', status: 429 },
    ]);
    const answer = await send();
    assert.equal(answer.headers['retry-after'], '7');
    assert.match(answer.text, /google\.rpc\.QuotaFailure/);
    assert.equal((await send()).headers['retry-after'], undefined);
  });

  it('answers with a page when told html, with the status it was told', async () => {
    rig.faults.set(DEVICE, [
      { kind: 'answer', status: 502 },
      { kind: 'answer', status: 503, reason: 'html', retryAfterSeconds: 2 },
    ]);
    const usual = await send();
    assert.deepEqual([usual.status, usual.headers['content-type']], [502, 'text/html; charset=UTF-8']);
    assert.match(usual.text, /^<!DOCTYPE html>/);
    const asked = await send();
    assert.deepEqual([asked.status, asked.headers['retry-after']], [503, '2']);
    assert.deepEqual(fates(), [
      [502, 'html', false],
      [503, 'html', false],
    ]);
  });

  it('is used up by one request, and 200 wins over what FCM knows of the token', async () => {
    rig.simulator.setDevice(DEVICE, { kind: 'unregistered' });
    rig.faults.set(DEVICE, [{ kind: 'answer', status: 200 }]);
    assert.equal((await send()).status, 200);
    assert.equal((await send()).status, 404);
    assert.deepEqual(fates(), [
      [200, null, true],
      [404, 'UNREGISTERED', false],
    ]);
  });

  it('leaves a request that Google would refuse to the rules, and keeps the fault for the next one', async () => {
    rig.faults.set(DEVICE, [{ kind: 'answer', status: 503 }]);
    const broken = JSON.stringify({ message: { token: DEVICE, data: { from: 'x' } } });
    assert.equal((await exchange(session, sendHeaders(accessToken), broken)).status, 400);
    assert.equal((await exchange(session, sendHeaders('made-up'), bodyFor(DEVICE))).status, 401);
    assert.equal((await send()).status, 503);
  });

  it('strikes a topic by its path', async () => {
    rig.faults.set('/topics/news', [{ kind: 'answer', status: 429 }]);
    const body = JSON.stringify({ message: { topic: 'news' } });
    assert.equal((await exchange(session, sendHeaders(accessToken), body)).status, 429);
  });

  it('answers a slowed request after the others, though the ledger names it first', async () => {
    rig.faults.set(DEVICE, [{ kind: 'answer', latencyMs: 60 }]);
    const order: string[] = [];
    const slow = send().then((answer) => {
      order.push('slow');
      return answer;
    });
    await send(OTHER_DEVICE).then(() => order.push('other'));
    assert.equal((await slow).status, 200);
    assert.deepEqual(order, ['other', 'slow']);
    assert.deepEqual(
      rig.ledger.map(({ token }) => token),
      [DEVICE, OTHER_DEVICE],
    );
  });

  it('never answers a stalled request, while the connection goes on', async () => {
    rig.faults.set(DEVICE, [{ kind: 'stall' }]);
    start().on('response', () => assert.fail('a stalled request was answered'));
    assert.equal((await send(OTHER_DEVICE)).status, 200);
    assert.deepEqual(fates(), [
      [null, 'stall', false],
      [200, null, true],
    ]);
  });

  it('resets a stream after its body, while the connection goes on', async () => {
    rig.faults.set(DEVICE, [{ kind: 'reset' }]);
    const stream = start();
    await assert.rejects(answerOf(stream), { code: 'ERR_HTTP2_STREAM_ERROR' });
    assert.equal(stream.rstCode, constants.NGHTTP2_INTERNAL_ERROR);
    assert.equal((await send(OTHER_DEVICE)).status, 200);
    assert.deepEqual(fates()[0], [null, 'reset', false]);
  });

  it('sends GOAWAY with the last stream it decided, answers that one, and drops the rest unprocessed', async () => {
    const fresh = await rig.connect();
    rig.faults.set(OTHER_DEVICE, [{ kind: 'answer', latencyMs: 60 }]);
    rig.faults.set(DEVICE, [{ kind: 'goaway' }]);
    const goaway = once(fresh, 'goaway');
    const decided = start(OTHER_DEVICE, fresh);
    const struck = start(DEVICE, fresh);
    const later = start(OTHER_DEVICE, fresh);
    const answers = await Promise.allSettled([answerOf(decided), answerOf(struck), answerOf(later)]);
    const [code, lastStreamId] = await goaway;
    assert.deepEqual([code, lastStreamId], [constants.NGHTTP2_NO_ERROR, decided.id]);
    assert.deepEqual(
      answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.status : answer.reason.code)),
      [200, 'ERR_HTTP2_STREAM_ERROR', 'ERR_HTTP2_STREAM_ERROR'],
    );
    assert.deepEqual([struck.rstCode, later.rstCode], Array(2).fill(constants.NGHTTP2_REFUSED_STREAM));
    assert.deepEqual(fates()[0], [200, null, true]);
    assert.equal(rig.ledger.filter(({ accepted }) => accepted).length, 1);
    assert.ok(fates().some(([, reason]) => reason === 'goaway'));
  });

  it('serves the very first request of a connection when GOAWAY strikes it, and names it as the last', async () => {
    rig.faults.set(DEVICE, [{ kind: 'goaway' }]);
    const fresh = await rig.connect();
    const goaway = once(fresh, 'goaway');
    const stream = start(DEVICE, fresh);
    assert.equal((await answerOf(stream)).status, 200);
    assert.equal((await goaway)[1], stream.id);
    assert.deepEqual(fates(), [[200, null, true]]);
  });

  it('lets a half-open connection answer nothing more, not even PING, while others go on', async () => {
    rig.faults.set(DEVICE, [{ kind: 'half_open' }]);
    start();
    const fresh = await rig.connect();
    // Once the ledger has the line, the connection is silent.
    while (rig.ledger.length === 0) assert.equal(await pingOf(fresh), 'pong');
    const heard: string[] = [];
    session.ping(() => heard.push('pong'));
    start(OTHER_DEVICE).on('response', () => heard.push('response'));
    session.on('goaway', () => heard.push('goaway'));
    session.on('close', () => heard.push('close'));
    // Ten round trips on another connection are time enough for an answer, were there one.
    for (let i = 0; i < 10; i += 1) assert.equal(await pingOf(fresh), 'pong');
    assert.equal((await send(DEVICE, fresh)).status, 200);
    assert.deepEqual(heard, []);
    assert.deepEqual(fates(), [
      [null, 'half_open', false],
      [200, null, true],
    ]);
  });

  it('announces another number of streams once, however many requests ask for it, and serves them', async () => {
    rig.faults.set(
      DEVICE,
      Array.from({ length: 40 }, () => ({ kind: 'max_streams', streams: 3 }) as const),
    );
    let announcements = 0;
    session.on('remoteSettings', () => {
      announcements += 1;
    });
    const answers = await Promise.all(Array.from({ length: 40 }, () => send()));
    assert.ok(answers.every(({ status }) => status === 200));
    assert.deepEqual([announcements, session.remoteSettings.maxConcurrentStreams], [1, 3]);
  });

  it('closes with answers outstanding and leaves nothing running', async () => {
    rig.faults.set(DEVICE, [{ kind: 'answer', latencyMs: 3_600_000 }]);
    const failed = assert.rejects(answerOf(start()));
    assert.equal((await send(OTHER_DEVICE)).status, 200);
    await rig.simulator.close();
    await failed;
  });

  describe('over HTTP/1.1', () => {
    let agent: Agent;

    beforeEach(() => {
      agent = new Agent({ ca: rig.ca, keepAlive: true, maxSockets: 1 });
    });
    afterEach(() => agent.destroy());

    /** Resolves with status, `connection` header and local port. */
    async function post(token = DEVICE, over = agent): Promise<[number, string | undefined, number | undefined]> {
      const { ':path': path, ':method': method = '', ...headers } = sendHeaders(accessToken);
      const request = httpsRequest(`${rig.simulator.url}${path}`, { method, headers, agent: over });
      request.end(bodyFor(token));
      const [response] = await once(request, 'response');
      const port = request.socket?.localPort;
      response.resume();
      await once(response, 'end');
      return [response.statusCode, response.headers.connection, port];
    }

    it('answers as told', async () => {
      rig.faults.set(DEVICE, [{ kind: 'answer', status: 503 }]);
      assert.equal((await post())[0], 503);
    });

    it('breaks the connection off without an answer for a reset', async () => {
      rig.faults.set(DEVICE, [{ kind: 'reset' }]);
      await assert.rejects(post(), { code: 'ECONNRESET' });
      assert.equal((await post())[0], 200);
      assert.deepEqual(fates()[0], [null, 'reset', false]);
    });

    it('answers with Connection: close for GOAWAY, and the next request comes on another connection', async () => {
      rig.faults.set(DEVICE, [{ kind: 'goaway' }]);
      const [status, connection, port] = await post();
      assert.deepEqual([status, connection], [200, 'close']);
      const next = await post();
      assert.deepEqual(next.slice(0, 2), [200, 'keep-alive']);
      assert.notEqual(next[2], port);
    });

    it('serves a request that asks for another number of streams', async () => {
      rig.faults.set(DEVICE, [{ kind: 'max_streams', streams: 1 }]);
      assert.equal((await post())[0], 200);
    });

    /** Two requests, one after the other, on a connection whose first is struck; what comes back on it. */
    async function twoOnOne(kind: 'stall' | 'half_open'): Promise<string> {
      rig.faults.set(DEVICE, [{ kind }]);
      const socket = tlsConnect({ host: '127.0.0.1', port: Number(new URL(rig.simulator.url).port), ca: rig.ca });
      let heard = '';
      socket.setEncoding('utf8').on('data', (text: string) => {
        heard += text;
      });
      await once(socket, 'secureConnect');
      const { ':path': path, ':method': method, ...headers } = sendHeaders(accessToken, { host: 'localhost' });
      const lines = Object.entries({ ...headers, 'content-length': String(bodyFor(DEVICE).length) });
      const head = [`${method} ${path} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`)].join('\r\n');
      const text = `${head}\r\n\r\n${bodyFor(DEVICE)}`;
      socket.write(text);
      // Once the ledger has the line, the first is struck.
      while (rig.ledger.length === 0) assert.equal(await pingOf(session), 'pong');
      socket.write(text);
      // Ten round trips on other connections are time enough for the second, were it read.
      for (let i = 0; i < 10; i += 1) assert.equal((await post(OTHER_DEVICE))[0], 200);
      socket.destroy();
      return heard;
    }

    it('keeps a stalled request unanswered, and reads the next one', async () => {
      assert.equal(await twoOnOne('stall'), '');
      assert.deepEqual(fates()[0], [null, 'stall', false]);
      assert.equal(rig.ledger.filter(({ token }) => token === DEVICE).length, 2);
    });

    it('reads and answers nothing more on a half-open connection, while others go on', async () => {
      assert.equal(await twoOnOne('half_open'), '');
      assert.deepEqual(fates()[0], [null, 'half_open', false]);
      assert.equal(rig.ledger.filter(({ token }) => token === DEVICE).length, 1);
    });
  });
});

function pingOf(session: ClientHttp2Session): Promise<string> {
  return new Promise((resolve) => session.ping((error) => resolve(error === null ? 'pong' : error.message)));
}
