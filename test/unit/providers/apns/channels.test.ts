import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, connect, type OutgoingHttpHeaders } from 'node:http2';
import apn from '@parse/node-apn';
import { apnsKind } from '../../../../providers/apns/kind.js';
import { type ChannelKeeper, isChannelKeeper, type Provider } from '../../../../providers/contract.js';
import { testEnv } from '../../../contract/provider.suite.js';
import { answerOf, BUNDLE_ID, openRig, type Rig } from './simulator-rig.js';

const never = new AbortController().signal;
const PRODUCTION = { environment: 'production' } as const;
const SANDBOX = { environment: 'sandbox' } as const;
const WANTED = { 'message-storage-policy': 1, 'push-type': 'LiveActivity' };

describe('managing broadcast channels of APNs', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await openRig();
  });
  afterEach(() => rig.close());

  const open = (part: { channels_production?: string; keyId?: string } = {}) => {
    const { privateKey, keyId, teamId } = rig.credentials;
    const { urls, manageUrls } = rig.simulator;
    const channels = { channels_production: manageUrls.production, channels_sandbox: manageUrls.sandbox };
    const { keyId: other, ...endpoints } = part;
    return apnsKind.open(
      {
        ...{ key: privateKey, key_id: other ?? keyId, team_id: teamId, bundle_id: BUNDLE_ID, ca: rig.ca },
        endpoints: { ...urls, ...channels, ...endpoints },
      },
      testEnv({ now: () => rig.clock.now }),
    );
  };

  describe('by the provider', () => {
    let keeper: Provider & ChannelKeeper;
    beforeEach(async () => {
      const provider = await open();
      assert.ok(isChannelKeeper(provider));
      keeper = provider;
    });
    afterEach(() => keeper.close());

    it('makes, reads, lists and deletes them', async () => {
      const made = await keeper.createChannel(PRODUCTION, 'none', never);
      assert.ok(made.kind === 'done');
      const { id } = made.value;
      assert.deepEqual(made.value, { id, storage: 'none' });
      assert.deepEqual(await keeper.readChannel(PRODUCTION, id, never), made);
      assert.deepEqual(await keeper.listChannels(PRODUCTION, never), { kind: 'done', value: [id] });
      assert.deepEqual(await keeper.deleteChannel(PRODUCTION, id, never), { kind: 'done', value: undefined });
      assert.deepEqual(await keeper.readChannel(PRODUCTION, id, never), { kind: 'missing' });
      assert.deepEqual(await keeper.deleteChannel(PRODUCTION, id, never), { kind: 'missing' });
      assert.deepEqual(await keeper.listChannels(PRODUCTION, never), { kind: 'done', value: [] });
      assert.equal(rig.ledger.filter(({ accepted }) => accepted).length, 0);
    });

    it('asks nobody about what is no id of a channel', async () => {
      for (const id of ['', 'no-base64', '😀', 'a\r\nb: c']) {
        assert.deepEqual(await keeper.readChannel(PRODUCTION, id, never), { kind: 'missing' });
        assert.deepEqual(await keeper.deleteChannel(PRODUCTION, id, never), { kind: 'missing' });
      }
      assert.equal(rig.ledger.length, 0);
    });

    it('keeps those of production and sandbox apart', async () => {
      const made = await keeper.createChannel(SANDBOX, 'most_recent', never);
      assert.ok(made.kind === 'done');
      assert.deepEqual(await keeper.readChannel(PRODUCTION, made.value.id, never), { kind: 'missing' });
      assert.deepEqual(await keeper.readChannel(SANDBOX, made.value.id, never), made);
    });

    it('says what Apple says, and what to do', async () => {
      const foreign = await keeper.createChannel({ ...PRODUCTION, bundleId: 'com.example.other' }, 'none', never);
      assert.ok(foreign.kind === 'refused');
      assert.match(foreign.detail, /^APNs refuses \(400 TopicDisallowed\): this key or certificate may not send/);
      rig.faults.set(BUNDLE_ID, [
        { kind: 'answer', status: 400, reason: 'CannotCreateChannelConfig' },
        { kind: 'answer', status: 503, reason: 'ServiceUnavailable' },
        { kind: 'stall' },
      ]);
      assert.deepEqual(await keeper.createChannel(PRODUCTION, 'none', never), {
        kind: 'refused',
        detail: 'APNs refuses (400 CannotCreateChannelConfig): the app has 10,000 channels already',
        cure: 'Delete channels that nobody needs any more.',
      });
      const busy = await keeper.listChannels(PRODUCTION, never);
      assert.ok(busy.kind === 'unreachable');
      assert.equal(busy.detail, 'APNs cannot do it now (503 ServiceUnavailable)');
      const silent = await keeper.listChannels(PRODUCTION, AbortSignal.timeout(50));
      assert.equal(silent.kind, 'unreachable');
    });

    it('tells credentials that are refused, and a host that is not there', async () => {
      const stranger = await open({ keyId: 'STRANGER12' });
      const away = await open({ channels_production: 'https://127.0.0.1:9' });
      assert.ok(isChannelKeeper(stranger) && isChannelKeeper(away));
      const refused = await stranger.listChannels(PRODUCTION, never);
      assert.ok(refused.kind === 'refused');
      assert.match(refused.detail, /403 InvalidProviderToken/);
      assert.match(refused.cure ?? '', /key_id/);
      assert.equal((await away.listChannels(PRODUCTION, AbortSignal.timeout(500))).kind, 'unreachable');
      await stranger.close();
      await away.close();
    });
  });

  describe('at the simulator', () => {
    let session: ClientHttp2Session;
    beforeEach(async () => {
      session = connect(rig.simulator.manageUrls.production, { ca: rig.ca });
      await once(session, 'remoteSettings');
    });
    afterEach(() => session.destroy());

    const ask = async (method: string, changes: OutgoingHttpHeaders = {}, body?: unknown) => {
      const headers = {
        ...{ ':method': method, ':path': `/1/apps/${BUNDLE_ID}/channels`, authorization: `bearer ${rig.jwt()}` },
        ...changes,
      };
      const given = Object.entries(headers).filter(([, value]) => value !== undefined);
      const stream = session.request(Object.fromEntries(given), { endStream: false });
      stream.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
      return answerOf(stream);
    };
    const verdict = async (...asked: Parameters<typeof ask>) => {
      const { status, body } = await ask(...asked);
      return body?.reason === undefined ? String(status) : `${status} ${body.reason}`;
    };

    it('answers a new one with 201 and its id, and nothing else', async () => {
      const answer = await ask('POST', {}, WANTED);
      assert.equal(answer.status, 201);
      assert.match(String(answer.headers['apns-channel-id']), /^[A-Za-z0-9+/]{22}==$/);
      assert.equal(answer.body, undefined);
    });

    it('is as strict as Apple', async () => {
      for (const [expected, ...asked] of [
        ['403 MissingProviderToken', 'POST', { authorization: undefined }, WANTED],
        ['400 BadRequestPayload', 'POST', {}, 'no JSON'],
        ['400 MissingPushType', 'POST', {}, { 'message-storage-policy': 1 }],
        ['400 InvalidPushType', 'POST', {}, { ...WANTED, 'push-type': 'liveactivity' }],
        ['400 BadRequestParams', 'POST', {}, { ...WANTED, 'message-storage-policy': 2 }],
        ['400 TopicDisallowed', 'POST', { ':path': '/1/apps/com.example.other/channels' }, WANTED],
        ['400 MissingChannelId', 'GET', {}],
        ['400 BadChannelId', 'GET', { 'apns-channel-id': 'no-base64' }],
        ['400 ChannelNotRegistered', 'DELETE', { 'apns-channel-id': 'bm9uZQ==' }],
        ['400 BadMessageId', 'GET', { 'apns-request-id': '7' }],
        ['404 BadPath', 'GET', { ':path': '/1/apps/channels' }],
        ['405 MethodNotAllowed', 'PUT', {}],
      ] as [string, ...Parameters<typeof ask>][]) {
        assert.equal(await verdict(...asked), expected);
      }
    });

    it('understands node-apn', async () => {
      rig.clock.now = Date.now(); // it issues its tokens by the clock of the machine
      const { keyId, teamId, privateKey } = rig.credentials;
      const client = new apn.Provider({
        ...{ token: { key: privateKey, keyId, teamId }, ca: [rig.ca], address: 'localhost' },
        port: Number(new URL(rig.simulator.urls.sandbox).port),
        manageChannelsAddress: 'localhost',
        manageChannelsPort: Number(new URL(rig.simulator.manageUrls.sandbox).port),
      } as apn.ProviderOptions);
      // Its own spelling of the push type is not Apple's.
      const note = new apn.Notification({ rawPayload: WANTED });
      const made = await client.manageChannels(note, BUNDLE_ID, 'create');
      assert.deepEqual(made.failed, []);
      const id = (made.sent[0] as unknown as Record<string, string>)['apns-channel-id'];
      assert.match(id ?? '', /==$/);
      const all = await client.manageChannels(new apn.Notification(), BUNDLE_ID, 'readAll');
      assert.deepEqual((all.sent[0] as unknown as { channels: string[] }).channels, [id]);
      await client.shutdown();
    });
  });
});
