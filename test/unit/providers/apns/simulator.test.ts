import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, connect } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import { createApnsCredentials } from '../../../../providers/apns/simulator.js';
import {
  ALERT,
  BUNDLE_ID,
  DEVICE,
  MINUTE_MS,
  openRig,
  push,
  pushHeaders,
  type Rig,
  START_MS,
} from './simulator-rig.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const ID = '123e4567-e89b-42d3-a456-426614174000';

describe('APNs simulator', () => {
  let rig: Rig;
  let session: ClientHttp2Session;

  beforeEach(async () => {
    rig = await openRig();
    session = await rig.connect();
  });
  afterEach(() => rig.close());

  async function refusal(changes: Record<string, string | string[] | undefined>, body?: string): Promise<string> {
    const answer = await push(session, pushHeaders(rig, changes), body);
    assert.deepEqual(
      rig.ledger.at(-1)?.answer.status,
      answer.status,
      'the ledger tells the same as what came over the wire',
    );
    assert.equal(rig.ledger.at(-1)?.accepted, answer.status === 200);
    return answer.status === 200 ? '200' : `${answer.status} ${answer.body?.reason}`;
  }

  it('accepts a well-formed push with an empty body and echoes its id', async () => {
    const answer = await push(session, pushHeaders(rig, { 'apns-id': ID }));
    assert.equal(answer.status, 200);
    assert.equal(answer.body, undefined);
    assert.equal(answer.headers['apns-id'], ID);
    assert.equal(answer.headers['apns-unique-id'], undefined);
  });

  it('makes up an id when the sender gives none', async () => {
    const answer = await push(session, pushHeaders(rig));
    assert.match(String(answer.headers['apns-id']), UUID);
  });

  it('adds apns-unique-id in the sandbox only', async () => {
    const sandbox = await rig.connect('sandbox');
    const answer = await push(sandbox, pushHeaders(rig));
    assert.match(String(answer.headers['apns-unique-id']), UUID);
  });

  it('writes down token, id, headers, payload, answer and time', async () => {
    await push(session, pushHeaders(rig, { 'apns-id': ID, 'apns-collapse-id': 'news' }));
    const { headers, payloadJson, ...entry } = rig.ledger[0] ?? assert.fail('nothing was written');
    assert.deepEqual(entry, {
      provider: 'apns',
      token: DEVICE,
      id: ID,
      answer: { status: 200, reason: null },
      accepted: true,
      at: START_MS,
    });
    assert.equal(payloadJson, ALERT);
    assert.equal(headers['apns-collapse-id'], 'news');
    assert.ok(!Object.keys(headers).some((name) => name.startsWith(':')));
  });

  it('refuses every method but POST', async () => {
    assert.equal(await refusal({ ':method': 'GET' }, ''), '405 MethodNotAllowed');
  });
  it('refuses an unknown path', async () => {
    assert.equal(await refusal({ ':path': `/2/device/${DEVICE}` }), '404 BadPath');
    assert.equal(await refusal({ ':path': `/3/device/${DEVICE}/x` }), '404 BadPath');
  });
  it('refuses a path without a device token', async () => {
    assert.equal(await refusal({ ':path': '/3/device/' }), '400 MissingDeviceToken');
  });
  it('refuses a device token that is not hexadecimal', async () => {
    assert.equal(await refusal({ ':path': '/3/device/nothex' }), '400 BadDeviceToken');
    assert.equal(await refusal({ ':path': `/3/device/${DEVICE}a` }), '400 BadDeviceToken');
  });
  it('refuses a header that comes twice', async () => {
    // node:http2 joins an array into one header only for cookies; others go out once per value.
    assert.equal(await refusal({ 'apns-topic': [BUNDLE_ID, BUNDLE_ID] }), '400 DuplicateHeaders');
  });
  it('refuses an id that is no canonical UUID', async () => {
    assert.equal(await refusal({ 'apns-id': ID.toUpperCase() }), '400 BadMessageId');
    assert.equal(await refusal({ 'apns-id': ID.replaceAll('-', '') }), '400 BadMessageId');
  });
  it('refuses a missing topic', async () => {
    assert.equal(await refusal({ 'apns-topic': undefined }), '400 MissingTopic');
  });
  it('refuses a malformed topic and one whose suffix is not of the push type', async () => {
    assert.equal(await refusal({ 'apns-topic': 'com example' }), '400 BadTopic');
    assert.equal(await refusal({ 'apns-topic': `${BUNDLE_ID}.voip` }), '400 BadTopic');
    assert.equal(await refusal({ 'apns-push-type': 'voip' }), '400 BadTopic');
  });
  it('refuses a topic that the key may not push to', async () => {
    assert.equal(await refusal({ 'apns-topic': 'com.example.other' }), '400 TopicDisallowed');
  });
  const changed = '{"aps":{"content-changed":true}}';
  const activity = '{"aps":{"event":"update","timestamp":1800000000,"content-state":{}}}';
  for (const [type, suffix, body] of [
    ['voip', '.voip', ALERT],
    ['complication', '.complication', ALERT],
    ['controls', '.push-type.controls', changed],
    ['fileprovider', '.pushkit.fileprovider', ALERT],
    ['liveactivity', '.push-type.liveactivity', activity],
    ['location', '.location-query', ALERT],
    ['pushtotalk', '.voip-ptt', ALERT],
    ['widgets', '.push-type.widgets', changed],
  ] as const) {
    it(`takes push type ${type} on the topic ending in ${suffix}, and on no other`, async () => {
      const headers = { 'apns-push-type': type, 'apns-topic': `${BUNDLE_ID}${suffix}` };
      assert.equal(await refusal(headers, body), '200');
      assert.equal(await refusal({ ...headers, 'apns-topic': BUNDLE_ID }, body), '400 BadTopic');
    });
  }
  it('refuses an MDM push over a token', async () => {
    assert.equal(await refusal({ 'apns-push-type': 'mdm' }, '{"mdm":"MAGIC"}'), '400 TopicDisallowed');
  });
  it('refuses priority 1 where Apple names 5 and 10 only', async () => {
    for (const [type, suffix] of [
      ['liveactivity', '.push-type.liveactivity'],
      ['location', '.location-query'],
    ] as const) {
      const headers = { 'apns-push-type': type, 'apns-topic': `${BUNDLE_ID}${suffix}` };
      assert.equal(await refusal({ ...headers, 'apns-priority': '1' }, activity), '400 BadPriority');
      assert.equal(await refusal({ ...headers, 'apns-priority': '5' }, activity), '200');
    }
  });
  it('refuses an unknown push type', async () => {
    assert.equal(await refusal({ 'apns-push-type': 'loud' }), '400 InvalidPushType');
  });
  it('goes by the topic when there is no push type', async () => {
    assert.equal(await refusal({ 'apns-push-type': undefined }), '200');
    assert.equal(await refusal({ 'apns-push-type': undefined, 'apns-topic': `${BUNDLE_ID}.voip` }), '200');
    assert.equal(await refusal({ 'apns-push-type': undefined, 'apns-topic': `${BUNDLE_ID}.x` }), '400 BadTopic');
  });
  it('refuses a priority other than 10, 5 and 1', async () => {
    assert.equal(await refusal({ 'apns-priority': '7' }), '400 BadPriority');
    for (const priority of ['10', '5', '1', undefined])
      assert.equal(await refusal({ 'apns-priority': priority }), '200');
  });
  it('refuses a background push at priority 10, also when that is only the default', async () => {
    const background = { 'apns-push-type': 'background' };
    assert.equal(await refusal({ ...background, 'apns-priority': '10' }), '400 BadPriority');
    assert.equal(await refusal({ ...background, 'apns-priority': undefined }), '400 BadPriority');
    assert.equal(await refusal({ ...background, 'apns-priority': '5' }), '200');
  });
  it('refuses an expiration that is no whole number of seconds', async () => {
    assert.equal(await refusal({ 'apns-expiration': '-1' }), '400 BadExpirationDate');
    assert.equal(await refusal({ 'apns-expiration': '1800000000.5' }), '400 BadExpirationDate');
    assert.equal(await refusal({ 'apns-expiration': 'soon' }), '400 BadExpirationDate');
    assert.equal(await refusal({ 'apns-expiration': '0' }), '200');
    assert.equal(await refusal({ 'apns-expiration': '1800000600' }), '200');
  });
  it('refuses a collapse id of more than 64 bytes', async () => {
    assert.equal(await refusal({ 'apns-collapse-id': 'c'.repeat(65) }), '400 BadCollapseId');
    assert.equal(await refusal({ 'apns-collapse-id': 'c'.repeat(64) }), '200');
  });
  it('refuses an empty payload and one that is no JSON dictionary', async () => {
    assert.equal(await refusal({}, ''), '400 PayloadEmpty');
    assert.equal(await refusal({}, '{"aps":'), '400 PayloadEmpty');
    assert.equal(rig.ledger.at(-1)?.payloadJson, '"{\\"aps\\":"', 'the ledger keeps what came, as a JSON string');
    assert.equal(await refusal({}, '["aps"]'), '400 PayloadEmpty');
  });
  it('refuses a payload of more than 4096 bytes, counted in UTF-8', async () => {
    const padding = (bytes: number): string => `{"aps":"${'é'.repeat((bytes - 10) / 2)}"}`;
    assert.equal(Buffer.byteLength(padding(4096)), 4096);
    assert.equal(await refusal({}, padding(4096)), '200');
    assert.equal(await refusal({}, padding(4098)), '413 PayloadTooLarge');
    assert.equal(await refusal({}, `{"aps":"${'x'.repeat(100_000)}"}`), '413 PayloadTooLarge');
    assert.equal(rig.ledger.at(-1)?.payloadJson, null, 'a body beyond all measure is not kept');
  });
  it('gives voip pushes 5120 bytes', async () => {
    const voip = { 'apns-push-type': 'voip', 'apns-topic': `${BUNDLE_ID}.voip` };
    assert.equal(await refusal(voip, `{"aps":"${'x'.repeat(5110)}"}`), '200');
    assert.equal(await refusal(voip, `{"aps":"${'x'.repeat(5111)}"}`), '413 PayloadTooLarge');
  });
  it('writes nothing down for a request whose body never arrived whole', async () => {
    const widened = once(session, 'remoteSettings');
    assert.equal(await refusal({}), '200');
    await widened;
    const stream = session.request(pushHeaders(rig));
    stream.write('{"aps":');
    // An answer to a later stream shows that the piece of the earlier one has arrived.
    assert.equal(await refusal({}), '200');
    // close() would end the body first, and make it whole; destroy() only resets the stream.
    stream.destroy();
    await once(stream, 'close');
    assert.equal(await refusal({}), '200');
    assert.deepEqual(
      rig.ledger.map((entry) => entry.payloadJson),
      [ALERT, ALERT, ALERT],
    );
  });

  describe('provider tokens', () => {
    const bearer = (jwt: string): { authorization: string } => ({ authorization: `bearer ${jwt}` });

    it('refuses a request without one', async () => {
      assert.equal(await refusal({ authorization: undefined }), '403 MissingProviderToken');
    });
    it('refuses what is no JWT', async () => {
      assert.equal(await refusal({ authorization: 'bearer nonsense' }), '403 InvalidProviderToken');
      assert.equal(await refusal({ authorization: `basic ${rig.jwt()}` }), '403 InvalidProviderToken');
      assert.equal(await refusal({ authorization: 'bearer bnVsbA.bnVsbA.bnVsbA' }), '403 InvalidProviderToken');
    });
    it('refuses a signature by another key', async () => {
      const stranger = createApnsCredentials({ ...rig.credentials });
      assert.equal(await refusal(bearer(rig.jwt({}, {}, stranger))), '403 InvalidProviderToken');
    });
    it('refuses an unknown key id', async () => {
      assert.equal(await refusal(bearer(rig.jwt({}, { kid: 'UNKNOWN123' }))), '403 InvalidProviderToken');
    });
    it('refuses another algorithm', async () => {
      assert.equal(await refusal(bearer(rig.jwt({}, { alg: 'HS256' }))), '403 InvalidProviderToken');
    });
    it('refuses another team as the issuer', async () => {
      assert.equal(await refusal(bearer(rig.jwt({ iss: 'SOMEBODY01' }))), '403 InvalidProviderToken');
    });
    it('refuses a token without a time of issue, and one from the future', async () => {
      assert.equal(await refusal(bearer(rig.jwt({ iat: undefined }))), '403 InvalidProviderToken');
      assert.equal(await refusal(bearer(rig.jwt({ iat: START_MS / 1000 + 600 }))), '403 InvalidProviderToken');
    });
    it('calls a token expired after an hour, also one it took before', async () => {
      const authorization = `bearer ${rig.jwt()}`;
      rig.clock.now += 60 * MINUTE_MS;
      assert.equal(await refusal({ authorization }), '200');
      rig.clock.now += 1;
      assert.equal(await refusal({ authorization }), '403 ExpiredProviderToken');
    });
    it('refuses a second new token within 20 minutes on one connection, and keeps serving the first', async () => {
      const first = `bearer ${rig.jwt()}`;
      assert.equal(await refusal({ authorization: first }), '200');
      rig.clock.now += 19 * MINUTE_MS;
      const second = `bearer ${rig.jwt()}`;
      assert.equal(await refusal({ authorization: second }), '429 TooManyProviderTokenUpdates');
      assert.equal(await refusal({ authorization: first }), '200');
      rig.clock.now += MINUTE_MS;
      assert.equal(await refusal({ authorization: second }), '200');
    });
    it('does not hold the age of a connection against a token that was due', async () => {
      const first = `bearer ${rig.jwt()}`;
      rig.clock.now += 48 * MINUTE_MS;
      assert.equal(await refusal({ authorization: first }), '200');
      rig.clock.now += 2 * MINUTE_MS;
      assert.equal(await refusal({}), '200');
    });
  });

  it('offers one stream before the first valid token and a thousand after it', async () => {
    const fresh = await rig.connect();
    assert.equal(fresh.remoteSettings.maxConcurrentStreams, 1);
    await push(fresh, pushHeaders(rig, { authorization: undefined }));
    assert.equal(fresh.remoteSettings.maxConcurrentStreams, 1);
    const widened = once(fresh, 'remoteSettings');
    await push(fresh, pushHeaders(rig));
    await widened;
    assert.equal(fresh.remoteSettings.maxConcurrentStreams, 1000);
  });

  it('refuses streams beyond the one it allows to a connection that has shown no token yet', async () => {
    const hasty = connect(rig.simulator.urls.production, { ca: rig.ca });
    const answers = await Promise.allSettled([1, 2, 3, 4].map(() => push(hasty, pushHeaders(rig))));
    hasty.destroy();
    const refused = answers.filter((answer) => answer.status === 'rejected');
    assert.ok(refused.length > 0);
    for (const { reason } of refused) assert.match(String(reason), /NGHTTP2_REFUSED_STREAM/);
    assert.equal(rig.ledger.length, answers.length - refused.length);
  });

  it('speaks nothing but HTTP/2', async () => {
    const request = httpsRequest(`${rig.simulator.urls.production}/3/device/${DEVICE}`, { ca: rig.ca, method: 'POST' });
    request.end();
    const [outcome] = await Promise.race([once(request, 'response'), once(request, 'error')]).catch((error) => [error]);
    assert.notEqual(outcome.statusCode, 200);
    assert.deepEqual(rig.ledger, []);
  });

  it('frees its ports when closed, and closing twice is harmless', async () => {
    await rig.simulator.close();
    await rig.simulator.close();
    await assert.rejects(
      new Promise((resolve, reject) => {
        httpsRequest(rig.simulator.urls.production).on('response', resolve).on('error', reject).end();
      }),
      { code: 'ECONNREFUSED' },
    );
  });
});
