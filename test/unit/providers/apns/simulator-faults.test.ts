import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, constants } from 'node:http2';
import { answerOf, DEVICE, openRig, push, pushHeaders, type Rig, START_MS } from './simulator-rig.js';

const OTHER_DEVICE = 'b2'.repeat(32);

describe('APNs simulator: faults', () => {
  let rig: Rig;
  let session: ClientHttp2Session;

  beforeEach(async () => {
    rig = await openRig();
    session = await rig.connect();
    // The first push opens the connection to many streams.
    const widened = once(session, 'remoteSettings');
    await push(session, pushHeaders(rig, { ':path': `/3/device/${OTHER_DEVICE}` }));
    await widened;
    rig.ledger.length = 0;
  });
  afterEach(() => rig.close());

  const toOther = (): ReturnType<typeof push> =>
    push(session, pushHeaders(rig, { ':path': `/3/device/${OTHER_DEVICE}` }));
  const fates = (): (string | number | boolean | null)[][] =>
    rig.ledger.map(({ answer, accepted }) => [answer.status, answer.reason, accepted]);

  it('answers status, reason and Retry-After as told, once', async () => {
    rig.faults.set(DEVICE, [{ kind: 'answer', status: 429, reason: 'TooManyRequests', retryAfterSeconds: 7 }]);
    const answer = await push(session, pushHeaders(rig));
    assert.deepEqual(
      [answer.status, answer.body, answer.headers['retry-after']],
      [429, { reason: 'TooManyRequests' }, '7'],
    );
    assert.equal((await push(session, pushHeaders(rig))).status, 200);
    assert.deepEqual(fates(), [
      [429, 'TooManyRequests', false],
      [200, null, true],
    ]);
  });

  it('names the usual reason of a status when told none', async () => {
    rig.faults.set(DEVICE, [{ kind: 'answer', status: 503 }]);
    assert.deepEqual((await push(session, pushHeaders(rig))).body, { reason: 'ServiceUnavailable' });
  });

  it('gives 410 the time it was told, or now', async () => {
    rig.faults.set(DEVICE, [
      { kind: 'answer', status: 410, timestampMs: 1234 },
      { kind: 'answer', status: 410, reason: 'ExpiredToken' },
    ]);
    assert.deepEqual((await push(session, pushHeaders(rig))).body, { reason: 'Unregistered', timestamp: 1234 });
    assert.deepEqual((await push(session, pushHeaders(rig))).body, { reason: 'ExpiredToken', timestamp: START_MS });
  });

  it('leaves a request that Apple would refuse to the rules, and keeps the fault for the next one', async () => {
    rig.faults.set(DEVICE, [{ kind: 'answer', status: 503 }]);
    assert.equal((await push(session, pushHeaders(rig, { 'apns-priority': '9' }))).status, 400);
    assert.equal((await push(session, pushHeaders(rig))).status, 503);
  });

  it('answers a slowed request after the others, though the ledger names it first', async () => {
    rig.faults.set(DEVICE, [{ kind: 'answer', latencyMs: 60 }]);
    const order: string[] = [];
    const slow = push(session, pushHeaders(rig)).then((answer) => {
      order.push('slow');
      return answer;
    });
    await toOther().then(() => order.push('other'));
    assert.equal((await slow).status, 200);
    assert.deepEqual(order, ['other', 'slow']);
    assert.deepEqual(
      rig.ledger.map(({ token }) => token),
      [DEVICE, OTHER_DEVICE],
    );
  });

  it('never answers a stalled request, while the connection goes on', async () => {
    rig.faults.set(DEVICE, [{ kind: 'stall' }]);
    const stream = session.request(pushHeaders(rig)).end('{"aps":{}}');
    stream.on('response', () => assert.fail('a stalled request was answered'));
    assert.equal((await toOther()).status, 200);
    assert.deepEqual(fates(), [
      [null, 'stall', false],
      [200, null, true],
    ]);
  });

  it('resets a stream after its body, while the connection goes on', async () => {
    rig.faults.set(DEVICE, [{ kind: 'reset' }]);
    const stream = session.request(pushHeaders(rig)).end('{"aps":{}}');
    await assert.rejects(answerOf(stream), { code: 'ERR_HTTP2_STREAM_ERROR' });
    assert.equal(stream.rstCode, constants.NGHTTP2_INTERNAL_ERROR);
    assert.equal((await toOther()).status, 200);
    assert.deepEqual(fates()[0], [null, 'reset', false]);
  });

  it('sends GOAWAY with the last stream it decided, answers that one, and drops the rest unprocessed', async () => {
    rig.faults.set(OTHER_DEVICE, [{ kind: 'answer', latencyMs: 60 }]);
    rig.faults.set(DEVICE, [{ kind: 'goaway' }]);
    const goaway = once(session, 'goaway');
    const toOtherDevice = pushHeaders(rig, { ':path': `/3/device/${OTHER_DEVICE}` });
    const decided = session.request(toOtherDevice).end('{"aps":{}}');
    const struck = session.request(pushHeaders(rig)).end('{"aps":{}}');
    const later = session.request(toOtherDevice).end('{"aps":{}}');
    const answers = await Promise.allSettled([answerOf(decided), answerOf(struck), answerOf(later)]);
    const [code, lastStreamId, debug] = await goaway;
    assert.equal(code, constants.NGHTTP2_NO_ERROR);
    assert.equal(lastStreamId, decided.id);
    assert.deepEqual(JSON.parse(Buffer.from(debug).toString()), { reason: 'Shutdown' });
    assert.deepEqual(
      answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.status : answer.reason.code)),
      [200, 'ERR_HTTP2_STREAM_ERROR', 'ERR_HTTP2_STREAM_ERROR'],
    );
    assert.deepEqual(
      [struck.rstCode, later.rstCode],
      [constants.NGHTTP2_REFUSED_STREAM, constants.NGHTTP2_REFUSED_STREAM],
    );
    assert.deepEqual(fates()[0], [200, null, true]);
    assert.equal(rig.ledger.filter(({ accepted }) => accepted).length, 1);
    assert.ok(fates().some(([, reason]) => reason === 'goaway'));
    if (!session.closed) await once(session, 'close');
  });

  it('serves the very first request of a connection when GOAWAY strikes it, and names it as the last', async () => {
    rig.faults.set(DEVICE, [{ kind: 'goaway' }]);
    const fresh = await rig.connect();
    const goaway = once(fresh, 'goaway');
    const stream = fresh.request(pushHeaders(rig)).end('{"aps":{}}');
    assert.equal((await answerOf(stream)).status, 200);
    assert.equal((await goaway)[1], stream.id);
    assert.deepEqual(fates(), [[200, null, true]]);
  });

  it('lets a half-open connection answer nothing more, not even PING, while others go on', async () => {
    rig.faults.set(DEVICE, [{ kind: 'half_open' }]);
    session.request(pushHeaders(rig)).end('{"aps":{}}');
    const fresh = await rig.connect();
    const heard: string[] = [];
    // Once the ledger has the line, the connection is silent.
    while (rig.ledger.length === 0) assert.equal(await pingOf(fresh), 'pong');
    session.ping(() => heard.push('pong'));
    const stream = session.request(pushHeaders(rig, { ':path': `/3/device/${OTHER_DEVICE}` })).end('{"aps":{}}');
    stream.on('response', () => heard.push('response'));
    session.on('goaway', () => heard.push('goaway'));
    session.on('close', () => heard.push('close'));
    // Ten round trips on another connection are time enough for an answer, were there one.
    for (let i = 0; i < 10; i += 1) assert.equal(await pingOf(fresh), 'pong');
    assert.equal((await push(fresh, pushHeaders(rig))).status, 200);
    assert.deepEqual(heard, []);
    assert.deepEqual(fates(), [
      [null, 'half_open', false],
      [200, null, true],
    ]);
  });

  it('announces another number of streams, and serves the request', async () => {
    rig.faults.set(DEVICE, [{ kind: 'max_streams', streams: 3 }]);
    const changed = once(session, 'remoteSettings');
    assert.equal((await push(session, pushHeaders(rig))).status, 200);
    await changed;
    assert.equal(session.remoteSettings.maxConcurrentStreams, 3);
  });

  it('announces a number of streams once, however many requests ask for it', async () => {
    rig.faults.set(
      DEVICE,
      Array.from({ length: 40 }, () => ({ kind: 'max_streams', streams: 100 }) as const),
    );
    let announcements = 0;
    session.on('remoteSettings', () => {
      announcements += 1;
    });
    const answers = await Promise.all(Array.from({ length: 40 }, () => push(session, pushHeaders(rig))));
    assert.ok(answers.every(({ status }) => status === 200));
    assert.equal(announcements, 1);
  });

  it('closes with answers outstanding and leaves nothing running', async () => {
    rig.faults.set(DEVICE, [{ kind: 'answer', latencyMs: 3_600_000 }]);
    const stream = session.request(pushHeaders(rig)).end('{"aps":{}}');
    const failed = assert.rejects(answerOf(stream));
    assert.equal((await toOther()).status, 200);
    await rig.simulator.close();
    await failed;
  });
});

function pingOf(session: ClientHttp2Session): Promise<string> {
  return new Promise((resolve) => session.ping((error) => resolve(error === null ? 'pong' : error.message)));
}
