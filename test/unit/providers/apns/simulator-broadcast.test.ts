import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import apn from '@parse/node-apn';
import { createApnsCredentials } from '../../../../providers/apns/simulator.js';
import { BUNDLE_ID, openRig, push, pushHeaders, type Rig } from './simulator-rig.js';

const CHANNEL = 'dHN0LXNyY2gtY2hubA==';
const UPDATE = { aps: { event: 'update', timestamp: 1, 'content-state': { home: 1 } } };

type Changes = Record<string, string | undefined>;

describe('APNs simulator: broadcasts', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await openRig();
  });
  afterEach(() => rig.close());

  const headers = (changes: Changes = {}) =>
    pushHeaders(rig, {
      ':path': `/4/broadcasts/apps/${BUNDLE_ID}`,
      'apns-topic': undefined,
      'apns-channel-id': CHANNEL,
      'apns-push-type': 'liveactivity',
      'apns-priority': '5',
      'apns-expiration': '0',
      ...changes,
    });
  const verdict = async (changes: Changes = {}, body: unknown = UPDATE) => {
    const answer = await push(await rig.connect(), headers(changes), body === '' ? '' : JSON.stringify(body));
    return answer.status === 200 ? '200' : `${answer.status} ${answer.body?.reason}`;
  };

  it('takes one and echoes its request id; the ledger names the channel', async () => {
    const id = randomUUID();
    const answer = await push(await rig.connect(), headers({ 'apns-request-id': id }), JSON.stringify(UPDATE));
    assert.equal(answer.status, 200);
    assert.deepEqual([answer.headers['apns-request-id'], answer.headers['apns-id']], [id, undefined]);
    const entry = rig.ledger.at(-1);
    assert.deepEqual([entry?.token, entry?.id, entry?.accepted], [CHANNEL, id, true]);
  });

  const refusals: readonly (readonly [string, Changes, string])[] = [
    ['without a channel', { 'apns-channel-id': undefined }, '400 MissingChannelId'],
    ['with a channel id that is no base64', { 'apns-channel-id': 'no-channel' }, '400 BadChannelId'],
    ['without a push type', { 'apns-push-type': undefined }, '400 MissingPushType'],
    ['of another push type', { 'apns-push-type': 'alert' }, '400 InvalidPushType'],
    ['in the spelling of the management hosts', { 'apns-push-type': 'LiveActivity' }, '400 InvalidPushType'],
    ["for another team's app", { ':path': '/4/broadcasts/apps/com.example.other' }, '400 TopicDisallowed'],
    [
      'with a push type in the path',
      { ':path': `/4/broadcasts/apps/${BUNDLE_ID}.push-type.liveactivity` },
      '400 TopicDisallowed',
    ],
    ['of a priority that Live Activities have not', { 'apns-priority': '1' }, '400 BadPriority'],
    ['until no time', { 'apns-expiration': 'soon' }, '400 BadExpirationDate'],
    ['with a request id that is no UUID', { 'apns-request-id': '7' }, '400 BadMessageId'],
    ['without credentials', { authorization: undefined }, '403 MissingProviderToken'],
    ['to no app', { ':path': '/4/broadcasts/apps/' }, '404 BadPath'],
    ['that asks', { ':method': 'PUT' }, '405 MethodNotAllowed'],
  ];
  for (const [what, changes, expected] of refusals) {
    it(`refuses one ${what}`, async () => {
      assert.equal(await verdict(changes), expected);
      assert.equal(rig.ledger.at(-1)?.accepted, false);
    });
  }

  it('takes 5120 bytes, and only what updates or ends', async () => {
    const sized = (bytes: number) => {
      const bare = { ...UPDATE, x: '' };
      return { ...bare, x: 'x'.repeat(bytes - JSON.stringify(bare).length) };
    };
    assert.equal(await verdict({}, sized(5_120)), '200');
    assert.equal(await verdict({}, sized(5_121)), '413 PayloadTooLarge');
    assert.equal(await verdict({}, ''), '400 PayloadEmpty');
    assert.equal(await verdict({}, { aps: { event: 'end', timestamp: 1 } }), '200');
    const start = { ...UPDATE.aps, event: 'start', 'attributes-type': 'T', attributes: {}, alert: 'x' };
    assert.equal(await verdict({}, { aps: start }), '400 BadRequestPayload');
    assert.equal(await verdict({}, { aps: { alert: 'x' } }), '400 BadRequestPayload');
  });

  it('knows channels that were deleted, or made for another app or environment', async () => {
    for (const state of [
      { kind: 'deleted' },
      { kind: 'open', bundleId: 'com.example.other' },
      { kind: 'open', environment: 'sandbox' },
    ] as const) {
      rig.simulator.setChannel(CHANNEL, state);
      assert.equal(await verdict(), '400 ChannelNotRegistered');
    }
    rig.simulator.setChannel(CHANNEL, { kind: 'open', bundleId: BUNDLE_ID, environment: 'production' });
    assert.equal(await verdict(), '200');
  });

  it('keeps nothing for later in a channel without storage', async () => {
    rig.simulator.setChannel(CHANNEL, { kind: 'open', storage: 'none' });
    assert.equal(await verdict(), '200');
    assert.equal(await verdict({ 'apns-expiration': undefined }), '200');
    assert.equal(await verdict({ 'apns-expiration': '1800003600' }), '400 BadExpirationDate');
    rig.simulator.setChannel(CHANNEL, { kind: 'open', storage: 'most_recent' });
    assert.equal(await verdict({ 'apns-expiration': '1800003600' }), '200');
  });

  it('lets a key for any app send for every app', async () => {
    const anyApp = createApnsCredentials({ bundleIds: 'any' });
    const own = await openRig({ accounts: [anyApp] });
    const sent = pushHeaders(own, {
      ...headers({ ':path': '/4/broadcasts/apps/com.whoever' }),
      authorization: `bearer ${own.jwt({}, {}, anyApp)}`,
    } as Record<string, string>);
    assert.equal((await push(await own.connect(), sent, JSON.stringify(UPDATE))).status, 200);
    await own.close();
  });

  it('understands node-apn', async () => {
    rig.clock.now = Date.now(); // it issues its tokens by the clock of the machine
    const { keyId, teamId, privateKey } = rig.credentials;
    const provider = new apn.Provider({
      token: { key: privateKey, keyId, teamId },
      address: 'localhost',
      port: Number(new URL(rig.simulator.urls.sandbox).port),
      ca: [rig.ca],
    });
    const gone = 'Z29uZQ==';
    rig.simulator.setChannel(gone, { kind: 'deleted' });
    const told: unknown[] = [];
    // One after the other: a connection takes a single stream before its first token is known, and node-apn does not wait.
    for (const channelId of [CHANNEL, gone]) {
      const notification = new apn.Notification({
        rawPayload: UPDATE,
        pushType: 'liveactivity',
        priority: 5,
        expiry: 0,
      });
      notification.channelId = channelId;
      const { sent, failed } = await provider.broadcast(notification, BUNDLE_ID);
      told.push([sent.length, ...failed.map(({ status, response }) => `${status} ${response?.reason}`)]);
    }
    await provider.shutdown();
    assert.deepEqual(told, [[1], [0, '400 ChannelNotRegistered']]);
    assert.deepEqual(
      rig.ledger.map(({ token, accepted }) => [token, accepted]),
      [
        [CHANNEL, true],
        [gone, false],
      ],
    );
  });
});
