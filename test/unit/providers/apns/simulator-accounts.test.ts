import assert from 'node:assert/strict';
import { createApnsCredentials } from '../../../../providers/apns/simulator.js';
import { BUNDLE_ID, DEVICE, openRig, push, pushHeaders, type Rig, START_MS } from './simulator-rig.js';

describe('APNs simulator: accounts and devices', () => {
  const otherTeam = createApnsCredentials({ bundleIds: ['com.example.other'] });
  const sameTeam = createApnsCredentials({ bundleIds: [BUNDLE_ID], teamId: otherTeam.teamId });
  const sandboxOnly = { ...createApnsCredentials({ bundleIds: [BUNDLE_ID] }), environment: 'sandbox' as const };
  let rig: Rig;

  beforeEach(async () => {
    rig = await openRig({ accounts: [otherTeam, sameTeam, sandboxOnly] });
  });
  afterEach(() => rig.close());

  it('binds a connection to the team of its first token', async () => {
    const session = await rig.connect();
    assert.equal((await push(session, pushHeaders(rig))).status, 200);
    const stranger = { authorization: `bearer ${rig.jwt({}, {}, otherTeam)}`, 'apns-topic': 'com.example.other' };
    const answer = await push(session, pushHeaders(rig, stranger));
    assert.deepEqual([answer.status, answer.body], [403, { reason: 'InvalidProviderToken' }]);
    assert.equal((await push(await rig.connect(), pushHeaders(rig, stranger))).status, 200);
  });

  it('refuses another key of the same team on a bound connection', async () => {
    const session = await rig.connect();
    const first = { authorization: `bearer ${rig.jwt({}, {}, otherTeam)}`, 'apns-topic': 'com.example.other' };
    assert.equal((await push(session, pushHeaders(rig, first))).status, 200);
    const answer = await push(session, pushHeaders(rig, { authorization: `bearer ${rig.jwt({}, {}, sameTeam)}` }));
    assert.deepEqual([answer.status, answer.body], [403, { reason: 'UnrelatedKeyIdInToken' }]);
  });

  it('refuses a key of the other environment', async () => {
    const headers = pushHeaders(rig, { authorization: `bearer ${rig.jwt({}, {}, sandboxOnly)}` });
    const answer = await push(await rig.connect('production'), headers);
    assert.deepEqual([answer.status, answer.body], [403, { reason: 'BadEnvironmentKeyIdInToken' }]);
    assert.equal((await push(await rig.connect('sandbox'), headers)).status, 200);
  });

  it('calls a token of the other environment a bad one', async () => {
    rig.simulator.setDevice(DEVICE, { kind: 'active', environment: 'sandbox' });
    const answer = await push(await rig.connect('production'), pushHeaders(rig));
    assert.deepEqual([answer.status, answer.body], [400, { reason: 'BadDeviceToken' }]);
    assert.equal((await push(await rig.connect('sandbox'), pushHeaders(rig))).status, 200);
  });

  it('refuses a token of another topic', async () => {
    rig.simulator.setDevice(DEVICE, { kind: 'active', topic: 'com.example.other' });
    const answer = await push(await rig.connect(), pushHeaders(rig));
    assert.deepEqual([answer.status, answer.body], [400, { reason: 'DeviceTokenNotForTopic' }]);
  });

  it('answers 410 with the time of death for a token that is unregistered or expired', async () => {
    const session = await rig.connect();
    rig.simulator.setDevice(DEVICE.toUpperCase(), { kind: 'unregistered', sinceMs: START_MS - 5 });
    const unregistered = await push(session, pushHeaders(rig));
    assert.equal(unregistered.status, 410);
    assert.deepEqual(unregistered.body, { reason: 'Unregistered', timestamp: START_MS - 5 });
    rig.simulator.setDevice(DEVICE, { kind: 'expired', sinceMs: START_MS - 9 });
    assert.deepEqual((await push(session, pushHeaders(rig))).body, { reason: 'ExpiredToken', timestamp: START_MS - 9 });
  });

  it('answers 429 for a throttled device', async () => {
    rig.simulator.setDevice(DEVICE, { kind: 'throttled' });
    const answer = await push(await rig.connect(), pushHeaders(rig));
    assert.deepEqual([answer.status, answer.body], [429, { reason: 'TooManyRequests' }]);
  });

  it('lets a key for any app push to every topic that fits its push type', async () => {
    const anyApp = createApnsCredentials({ bundleIds: 'any' });
    const own = await openRig({ accounts: [anyApp] });
    try {
      const session = await own.connect();
      const ask = async (topic: string, type?: string) => {
        const headers = {
          authorization: `bearer ${own.jwt({}, {}, anyApp)}`,
          'apns-topic': topic,
          'apns-push-type': type,
        };
        const { status, body } = await push(session, pushHeaders(own, headers));
        return status === 200 ? 200 : (body as { reason: string }).reason;
      };
      assert.equal(await ask('com.whoever.app', 'alert'), 200);
      assert.equal(await ask('com.whoever.app.voip', 'voip'), 200);
      assert.equal(await ask('com.whoever.app', 'voip'), 'BadTopic');
      assert.equal(await ask('.voip', 'voip'), 'BadTopic');
      assert.equal(await ask('', 'alert'), 'MissingTopic');
    } finally {
      await own.close();
    }
  });
});
