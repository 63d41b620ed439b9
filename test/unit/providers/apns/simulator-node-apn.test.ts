import assert from 'node:assert/strict';
import apn from '@parse/node-apn';
import { createApnsAuthority } from '../../../../providers/apns/simulator.js';
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

  it('sends with a certificate of the simulator’s authority, and not with another', async () => {
    const authority = await createApnsAuthority();
    const withAuthority = await openRig({ authority });
    withAuthority.clock.now = Date.now();
    const good = await authority.issue({ uid: BUNDLE_ID });
    const foreign = await (await createApnsAuthority()).issue({ uid: BUNDLE_ID });
    const reasons: unknown[] = [];
    for (const { cert, key } of [good, foreign]) {
      const client = new apn.Provider({
        cert,
        key,
        address: 'localhost',
        port: Number(new URL(withAuthority.simulator.urls.sandbox).port),
        ca: [withAuthority.ca],
      });
      const { sent, failed } = await client.send(notification(), DEVICE);
      reasons.push(sent.length === 1 ? 'sent' : failed[0]?.response?.reason);
      await client.shutdown();
    }
    await withAuthority.close();
    assert.deepEqual(reasons, ['sent', 'BadCertificate']);
  });
});
