import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { apnsKind } from '../../../../providers/apns/kind.js';
import { compile } from '../../../../providers/apns/payload.js';
import { pushTypesFor } from '../../../../providers/apns/push-types.js';
import { InvalidInputError, type Message, type Outcome, type Provider } from '../../../../providers/contract.js';
import { testEnv } from '../../../contract/provider.suite.js';
import { BUNDLE_ID, openRig, type Rig } from './simulator-rig.js';

const never = new AbortController().signal;
const CHANNEL = 'dHN0LXNyY2gtY2hubA==';
const NOW_MS = 1_700_000_000_000;
const UPDATE = { event: 'update', timestamp: 1_700_000_000, 'content-state': { home: 1 } };

function message(part: Partial<Message> = {}, aps: object = UPDATE): Message {
  const override = { payload: { aps } } as NonNullable<Message['override']>;
  return { id: 'msg_1', app: 'shop', ttlSeconds: 0, priority: 'high', override, ...part };
}

describe('broadcasts of APNs', () => {
  it('go to channel ids as Apple gave them', () => {
    const parse = (raw: unknown) => apnsKind.parsePushToken(raw, undefined, 'broadcast');
    assert.equal(parse(CHANNEL), CHANNEL);
    for (const bad of ['', 'no-base64', 'abc', `${CHANNEL}=`, 'A'.repeat(260), 7, undefined]) {
      assert.throws(() => parse(bad), InvalidInputError, String(bad));
    }
    assert.throws(() => apnsKind.parsePushToken(CHANNEL), InvalidInputError);
  });

  it('are Live Activity pushes of 5120 bytes at most, without a collapse id', () => {
    assert.deepEqual(pushTypesFor('broadcast'), ['liveactivity']);
    const big = (size: number) => compile(message({ data: { x: 'x'.repeat(size) } }), NOW_MS, 'broadcast');
    assert.ok(big(4_900).compiled);
    assert.deepEqual(
      big(5_120).misfits.map(({ code }) => code),
      ['payload_too_large'],
    );
    assert.equal(compile(message({ data: { x: 'x'.repeat(4_900) } }), NOW_MS, 'live_activity').compiled, undefined);
    const { compiled } = compile(message({ collapseKey: 'match-7', ttlSeconds: 86_400 }), NOW_MS, 'broadcast');
    assert.deepEqual(compiled?.headers, {
      'apns-push-type': 'liveactivity',
      'apns-priority': '10',
      'apns-expiration': String(NOW_MS / 1_000 + 8 * 3_600), // as long as a channel keeps anything
    });
  });

  it('update or end, and start nothing', () => {
    const start = { ...UPDATE, event: 'start', 'attributes-type': 'Match', attributes: {}, alert: { title: 'Go' } };
    const { misfits } = compile(message({}, start), NOW_MS, 'broadcast');
    assert.deepEqual(
      misfits.map(({ code, pointer }) => [code, pointer]),
      [['push_type_mismatch', '/overrides/apns/payload/aps/event']],
    );
    assert.ok(compile(message({}, { event: 'end', timestamp: 1 }), NOW_MS, 'broadcast').compiled);
  });

  describe('against the simulator', () => {
    let rig: Rig;
    let provider: Provider;
    beforeEach(async () => {
      rig = await openRig();
      const { privateKey, keyId, teamId } = rig.credentials;
      provider = await apnsKind.open(
        {
          key: privateKey,
          key_id: keyId,
          team_id: teamId,
          bundle_id: BUNDLE_ID,
          endpoints: rig.simulator.urls,
          ca: rig.ca,
        },
        testEnv({ now: () => rig.clock.now }),
      );
    });
    afterEach(async () => {
      await provider.close();
      await rig.close();
    });

    const send = async (what = message(), part: { bundleId?: string; environment?: 'sandbox' } = {}) => {
      const pushToken = apnsKind.parsePushToken(CHANNEL, undefined, 'broadcast');
      const target = { pushToken, notificationId: randomUUID(), purpose: 'broadcast', ...part };
      const [outcome] = await provider.send({ message: what, targets: [target] }, never);
      return { outcome: outcome as Outcome, id: target.notificationId }; // one target, one outcome
    };

    it('name the app in the path and the channel in a header; the same id comes back', async () => {
      const { outcome, id } = await send();
      assert.deepEqual(outcome, { kind: 'accepted', vendorId: id });
      const { token, headers } = rig.ledger.at(-1) ?? {};
      const { authorization, ...others } = headers ?? {};
      assert.equal(token, CHANNEL);
      assert.deepEqual(others, {
        'apns-push-type': 'liveactivity',
        'apns-priority': '10',
        'apns-expiration': '0',
        'apns-channel-id': CHANNEL,
        'apns-request-id': id,
      });
    });

    it('go beside pushes to devices in one batch', async () => {
      const device = { pushToken: apnsKind.parsePushToken('ab'.repeat(32)), notificationId: randomUUID() };
      const activity = { ...device, notificationId: randomUUID(), purpose: 'live_activity' };
      const pushToken = apnsKind.parsePushToken(CHANNEL, undefined, 'broadcast');
      const channel = { pushToken, notificationId: randomUUID(), purpose: 'broadcast' };
      const outcomes = await provider.send({ message: message(), targets: [activity, channel] }, never);
      assert.deepEqual(
        outcomes.map(({ kind }) => kind),
        ['accepted', 'accepted'],
      );
      assert.deepEqual(
        new Set(rig.ledger.map(({ headers }) => headers['apns-topic'])),
        new Set([`${BUNDLE_ID}.push-type.liveactivity`, undefined]),
      );
    });

    it('say what is wrong with the channel, and never block the account', async () => {
      rig.simulator.setChannel(CHANNEL, { kind: 'deleted' });
      assert.equal((await send()).outcome.kind, 'unregistered');
      rig.simulator.setChannel(CHANNEL, { kind: 'open', storage: 'none' });
      const late = (await send(message({ ttlSeconds: 60 }))).outcome;
      assert.ok(late.kind === 'rejected' && late.reason === 'payload_rejected');
      assert.equal(late.detail?.code, 'BadExpirationDate');
      assert.equal((await send()).outcome.kind, 'accepted');
      const foreign = (await send(message(), { bundleId: 'com.example.other' })).outcome;
      assert.ok(foreign.kind === 'rejected' && foreign.reason === 'token_wrong_app');
      for (const reason of ['FeatureNotEnabled', 'BroadcastFeatureNotEnabled', 'TopicMismatch']) {
        rig.faults.set(CHANNEL, [{ kind: 'answer', status: reason === 'TopicMismatch' ? 403 : 400, reason }]);
        const { outcome } = await send();
        assert.ok(outcome.kind === 'rejected' && outcome.reason === 'payload_rejected', reason);
      }
    });
  });
});
