import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, constants } from 'node:http2';
import { Agent, request as httpsRequest } from 'node:https';
import webPush from 'web-push';
import type { PushSubscriptionJson } from '../../../../providers/webpush/simulator.js';
import { answerOf, encrypt, openRig, push, pushHeaders, type Rig, SUBJECT } from './simulator-rig.js';

describe('Web Push simulator: faults', () => {
  let rig: Rig;
  let session: ClientHttp2Session;
  let target: PushSubscriptionJson;
  let other: PushSubscriptionJson;

  beforeEach(async () => {
    rig = await openRig();
    [target, other] = [await rig.subscribe(), await rig.subscribe()];
    session = await rig.connect(target.endpoint);
  });
  afterEach(() => rig.close());

  const to = (subscription: PushSubscriptionJson, via = session): ReturnType<typeof push> =>
    push(via, pushHeaders(rig, subscription), encrypt(subscription));
  const begin = (subscription: PushSubscriptionJson, via = session) =>
    via.request(pushHeaders(rig, subscription)).end(encrypt(subscription));
  const fates = (): (string | number | boolean | null)[][] =>
    rig.ledger.map(({ answer, accepted }) => [answer.status, answer.reason, accepted]);

  it('answers status, word and Retry-After as told, once', async () => {
    rig.faults.set(target.endpoint, [{ kind: 'answer', status: 429, reason: 'slow down', retryAfterSeconds: 7 }]);
    const answer = await to(target);
    assert.deepEqual([answer.status, answer.body, answer.headers['retry-after']], [429, 'slow down', '7']);
    assert.equal((await to(target)).status, 201);
    assert.deepEqual(fates(), [
      [429, 'slow down', false],
      [201, null, true],
    ]);
  });

  it('speaks each service’s language when told only the status', async () => {
    const [mozilla, apple, windows] = [
      await rig.subscribe('mozilla'),
      await rig.subscribe('apple'),
      await rig.subscribe('windows'),
    ];
    for (const [{ endpoint }, status] of [
      [mozilla, 503],
      [apple, 429],
      [windows, 406],
    ] as const) {
      rig.faults.set(endpoint, [{ kind: 'answer', status }]);
    }
    const busy = await to(mozilla, await rig.connect(mozilla.endpoint));
    assert.deepEqual([busy.status, JSON.parse(busy.body).errno, busy.headers['retry-after']], [503, 201, '120']);
    assert.equal((await to(apple, await rig.connect(apple.endpoint))).body, '{"reason":"TooManyRequests"}');
    const throttled = await to(windows, await rig.connect(windows.endpoint));
    assert.deepEqual([throttled.status, throttled.headers['x-wns-status'], throttled.body], [406, 'appthrottled', '']);
  });

  it('lets the time that it was told win over the one Mozilla usually names', async () => {
    const mozilla = await rig.subscribe('mozilla');
    rig.faults.set(mozilla.endpoint, [
      { kind: 'answer', status: 503, retryAfterSeconds: 3 },
      { kind: 'answer', status: 503, reason: '202' },
    ]);
    const via = await rig.connect(mozilla.endpoint);
    assert.equal((await to(mozilla, via)).headers['retry-after'], '3');
    const atOnce = await to(mozilla, via);
    assert.deepEqual([JSON.parse(atOnce.body).errno, atOnce.headers['retry-after']], [202, undefined]);
  });

  it('answers another success, and Windows a word beyond ASCII, without a stumble', async () => {
    const windows = await rig.subscribe('windows');
    rig.faults.set(target.endpoint, [{ kind: 'answer', status: 202 }]);
    rig.faults.set(windows.endpoint, [{ kind: 'answer', status: 500, reason: 'kaputt ☹\n' }]);
    assert.equal((await to(target)).status, 202);
    assert.deepEqual(fates()[0], [202, null, true]);
    const broken = await to(windows, await rig.connect(windows.endpoint));
    assert.deepEqual([broken.status, broken.headers['x-wns-error-description']], [500, 'kaputt ??']);
  });

  it('redirects to an endpoint that works, so that the ledger tells on a sender who follows', async () => {
    rig.faults.set(target.endpoint, [{ kind: 'answer', status: 307 }]);
    const { status, headers } = await to(target);
    assert.equal(status, 307);
    const moved = { ...target, endpoint: String(headers.location) };
    assert.notEqual(moved.endpoint, target.endpoint);
    assert.equal((await to(moved)).status, 201);
    assert.equal(rig.ledger.at(-1)?.token, moved.endpoint);
  });

  it('leaves a request that the service would refuse to the rules, and keeps the fault for the next one', async () => {
    rig.faults.set(target.endpoint, [{ kind: 'answer', status: 503 }]);
    assert.equal((await push(session, pushHeaders(rig, target, { ttl: 'x' }), encrypt(target))).status, 400);
    assert.equal((await push(session, pushHeaders(rig, target), encrypt(other))).status, 400);
    assert.equal((await to(target)).status, 503);
  });

  it('answers a slowed request after the others, though the ledger names it first', async () => {
    rig.faults.set(target.endpoint, [{ kind: 'answer', latencyMs: 60 }]);
    const order: string[] = [];
    const slow = to(target).then(() => order.push('slow'));
    await to(other).then(() => order.push('other'));
    await slow;
    assert.deepEqual(order, ['other', 'slow']);
    assert.deepEqual(
      rig.ledger.map(({ token }) => token),
      [target.endpoint, other.endpoint],
    );
  });

  it('waits for its base latency', async () => {
    const slow = await openRig({ latencyMs: 50 });
    const subscription = await slow.subscribe();
    const via = await slow.connect(subscription.endpoint);
    const start = performance.now();
    await push(via, pushHeaders(slow, subscription), encrypt(subscription));
    assert.ok(performance.now() - start >= 49);
    await slow.close();
  });

  it('never answers a stalled request, while the connection goes on', async () => {
    rig.faults.set(target.endpoint, [{ kind: 'stall' }]);
    begin(target).on('response', () => assert.fail('a stalled request was answered'));
    assert.equal((await to(other)).status, 201);
    assert.deepEqual(fates(), [
      [null, 'stall', false],
      [201, null, true],
    ]);
  });

  it('resets a stream after its body, while the connection goes on', async () => {
    rig.faults.set(target.endpoint, [{ kind: 'reset' }]);
    const stream = begin(target);
    await assert.rejects(answerOf(stream), { code: 'ERR_HTTP2_STREAM_ERROR' });
    assert.equal(stream.rstCode, constants.NGHTTP2_INTERNAL_ERROR);
    assert.equal((await to(other)).status, 201);
    assert.deepEqual(fates()[0], [null, 'reset', false]);
  });

  it('sends GOAWAY with the last stream it decided, answers that one, and drops the rest unprocessed', async () => {
    rig.faults.set(other.endpoint, [{ kind: 'answer', latencyMs: 60 }]);
    rig.faults.set(target.endpoint, [{ kind: 'goaway' }]);
    const goaway = once(session, 'goaway');
    const [decided, struck, later] = [begin(other), begin(target), begin(other)];
    const answers = await Promise.allSettled([decided, struck, later].map(answerOf));
    const [code, lastStreamId] = await goaway;
    assert.deepEqual([code, lastStreamId], [constants.NGHTTP2_NO_ERROR, decided.id]);
    assert.deepEqual(
      answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.status : answer.reason.code)),
      [201, 'ERR_HTTP2_STREAM_ERROR', 'ERR_HTTP2_STREAM_ERROR'],
    );
    assert.deepEqual(
      [struck.rstCode, later.rstCode],
      [constants.NGHTTP2_REFUSED_STREAM, constants.NGHTTP2_REFUSED_STREAM],
    );
    assert.equal(rig.ledger.filter(({ accepted }) => accepted).length, 1);
    assert.ok(fates().some(([, reason]) => reason === 'goaway'));
  });

  it('serves the very first request of a connection when GOAWAY strikes it, and names it as the last', async () => {
    rig.faults.set(target.endpoint, [{ kind: 'goaway' }]);
    const goaway = once(session, 'goaway');
    const stream = begin(target);
    assert.equal((await answerOf(stream)).status, 201);
    assert.equal((await goaway)[1], stream.id);
  });

  it('lets a half-open connection answer nothing more, not even PING, while others go on', async () => {
    rig.faults.set(target.endpoint, [{ kind: 'half_open' }]);
    begin(target);
    const fresh = await rig.connect(target.endpoint);
    const heard: string[] = [];
    // Once the ledger has the line, the connection is silent.
    while (rig.ledger.length === 0) assert.equal(await pingOf(fresh), 'pong');
    session.ping(() => heard.push('pong'));
    begin(other).on('response', () => heard.push('response'));
    session.on('goaway', () => heard.push('goaway'));
    session.on('close', () => heard.push('close'));
    // Ten round trips on another connection are time enough for an answer, were there one.
    for (let i = 0; i < 10; i += 1) assert.equal(await pingOf(fresh), 'pong');
    assert.equal((await to(target, fresh)).status, 201);
    assert.deepEqual(heard, []);
    assert.deepEqual(fates(), [
      [null, 'half_open', false],
      [201, null, true],
    ]);
  });

  it('announces another number of streams once, and serves the requests', async () => {
    const asks = Array.from({ length: 20 }, () => ({ kind: 'max_streams', streams: 3 }) as const);
    rig.faults.set(target.endpoint, asks);
    let announcements = 0;
    const changed = once(session, 'remoteSettings');
    session.on('remoteSettings', () => {
      announcements += 1;
    });
    const answers = await Promise.all(asks.map(() => to(target)));
    await changed;
    assert.ok(answers.every(({ status }) => status === 201));
    assert.deepEqual([session.remoteSettings.maxConcurrentStreams, announcements], [3, 1]);
  });

  it('closes with answers outstanding and leaves nothing running', async () => {
    rig.faults.set(target.endpoint, [{ kind: 'answer', latencyMs: 3_600_000 }]);
    const failed = assert.rejects(answerOf(begin(target)));
    assert.equal((await to(other)).status, 201);
    await rig.simulator.close();
    await rig.simulator.close();
    await failed;
  });

  describe('over HTTP/1.1', () => {
    let agent: Agent;
    beforeEach(() => {
      rig.clock.now = Date.now();
      agent = new Agent({ ca: rig.ca, keepAlive: true, maxSockets: 1 });
    });
    afterEach(() => agent.destroy());

    const send = (subscription: PushSubscriptionJson): Promise<webPush.SendResult> =>
      webPush.sendNotification(subscription, 'x', { agent, vapidDetails: { subject: SUBJECT, ...rig.vapid } });

    it('resets the connection', async () => {
      rig.faults.set(target.endpoint, [{ kind: 'reset' }]);
      await assert.rejects(send(target), { code: 'ECONNRESET' });
      assert.equal((await send(target)).statusCode, 201);
      assert.deepEqual(fates(), [
        [null, 'reset', false],
        [201, null, true],
      ]);
    });

    it('closes the connection after the answer where HTTP/2 would say GOAWAY', async () => {
      rig.faults.set(target.endpoint, [{ kind: 'goaway' }, { kind: 'max_streams', streams: 1 }]);
      const closing = await send(target);
      const staying = await send(target);
      assert.deepEqual([closing.statusCode, closing.headers.connection], [201, 'close']);
      assert.deepEqual([staying.statusCode, staying.headers.connection], [201, 'keep-alive']);
    });

    for (const kind of ['stall', 'half_open'] as const) {
      it(`says nothing and keeps the connection with ${kind}`, async () => {
        rig.faults.set(target.endpoint, [{ kind }]);
        const { authorization, ttl, 'content-encoding': encoding } = pushHeaders(rig, target);
        const headers = { authorization, ttl, 'content-encoding': encoding };
        const waiting = httpsRequest(target.endpoint, { method: 'POST', agent, headers }).end(encrypt(target));
        const heard: string[] = [];
        waiting.on('response', () => heard.push('response'));
        waiting.on('error', () => heard.push('error'));
        // Round trips on another connection, the first of them until the ledger has the line.
        while (rig.ledger.length === 0) assert.equal(await pingOf(session), 'pong');
        for (let i = 0; i < 10; i += 1) assert.equal(await pingOf(session), 'pong');
        assert.deepEqual([heard, fates()], [[], [[null, kind, false]]]);
      });
    }
  });
});

function pingOf(session: ClientHttp2Session): Promise<string> {
  return new Promise((resolve) => session.ping((error) => resolve(error === null ? 'pong' : error.message)));
}
