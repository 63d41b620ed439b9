import assert from 'node:assert/strict';
import apn from '@parse/node-apn';
import { BUNDLE_ID, DEVICE, openRig, type Rig, START_MS } from './simulator-rig.js';

const GONE = 'dead'.repeat(16);

/** A client that others wrote judges whether the simulator speaks Apple's language. */
describe('APNs simulator, as node-apn sees it', () => {
  let rig: Rig;
  let provider: apn.Provider;

  beforeEach(async () => {
    rig = await openRig();
    // node-apn issues its tokens by the clock of the machine.
    rig.clock.now = Date.now();
    const { keyId, teamId, privateKey } = rig.credentials;
    provider = new apn.Provider({
      token: { key: privateKey, keyId, teamId },
      address: 'localhost',
      port: Number(new URL(rig.simulator.urls.sandbox).port),
      ca: [rig.ca],
    });
  });
  afterEach(async () => {
    await provider.shutdown();
    await rig.close();
  });

  function notification(): apn.Notification {
    return new apn.Notification({ alert: 'hello', topic: BUNDLE_ID, pushType: 'alert' });
  }

  it('sends a notification', async () => {
    const result = await provider.send(notification(), DEVICE);
    assert.deepEqual(result.failed, []);
    assert.deepEqual(
      result.sent.map(({ device }) => device),
      [DEVICE],
    );
    assert.deepEqual(JSON.parse(rig.ledger[0]?.payloadJson ?? ''), { aps: { alert: 'hello' } });
  });

  it('learns that a device is gone, and since when', async () => {
    rig.simulator.setDevice(GONE, { kind: 'unregistered', sinceMs: START_MS });
    const result = await provider.send(notification(), GONE);
    assert.deepEqual(result.sent, []);
    const [failure] = result.failed;
    assert.deepEqual(
      [failure?.device, failure?.status, failure?.response],
      [GONE, 410, { reason: 'Unregistered', timestamp: START_MS }],
    );
  });

  it('is refused with a key that Apple does not know', async () => {
    const stranger = new apn.Provider({
      token: { key: rig.credentials.privateKey, keyId: 'UNKNOWN123', teamId: rig.credentials.teamId },
      address: 'localhost',
      port: Number(new URL(rig.simulator.urls.sandbox).port),
      ca: [rig.ca],
    });
    const result = await stranger.send(notification(), DEVICE);
    await stranger.shutdown();
    assert.deepEqual(
      result.failed.map(({ status, response }) => [status, response?.reason]),
      [[403, 'InvalidProviderToken']],
    );
  });
});
