import assert from 'node:assert/strict';
import { vendorSettings, writeConfig } from '../../../src/simulators.js';
import { openWorld, until } from '../../support/world.js';
import { openScene, type Scene, VISIBLE } from './scene.js';

const HONOR = `honor-${'AbC_-0'.repeat(8)}`;
const HONOR_GONE = `honor-${'XyZ_-1'.repeat(8)}`;
const MEIZU = `S5Q4${'b726f7a6d'.repeat(4)}`;

describe('a message to phones of Honor and Meizu', function () {
  this.timeout(60_000);
  let scene: Scene;
  before(async () => {
    const world = await openWorld();
    const { providers } = world.simulators.endpoints;
    const { honor = {}, meizu = {} } = vendorSettings(providers);
    await writeConfig(world.configDir, { apns: providers.apns, vendors: { honor, meizu } });
    scene = await openScene({ world });
    const { body } = await scene.call<{ callback_url: string }>('GET', '/v1/providers/honor');
    const callback = new URL(new URL(body.callback_url).pathname, scene.gateway.api?.url);
    // Honor takes the address in its console; Meizu is told it with each message.
    world.simulators.vendors.honor.setCallback(callback.href);
  });
  after(() => scene?.world.close());

  const phone = (id: string, provider: string, token: string, manufacturer: string) =>
    scene.call('PUT', `/v1/devices/${id}`, { platform: 'android', manufacturer, registrations: [{ provider, token }] });
  const stands = (message: string) =>
    until(
      async () => (await scene.deliveries(message)).map(({ device, state, reason }) => [device, state, reason]),
      (deliveries) => deliveries.every(([, state]) => !['queued', 'pending', 'sent'].includes(String(state))),
    );

  it('goes as service and communication, and is told as delivered by the vendors themselves', async () => {
    assert.equal((await phone('honor1', 'honor', HONOR, 'honor')).status, 201);
    assert.equal((await phone('meizu1', 'meizu', MEIZU, 'meizu')).status, 201);
    const id = await scene.send({ devices: ['honor1', 'meizu1'] }, { ...VISIBLE, class: 'transactional' });
    assert.deepEqual(await stands(id), [
      ['honor1', 'delivered', null],
      ['meizu1', 'delivered', null],
    ]);
    const [toHonor] = scene.arrivals(HONOR);
    const [toMeizu] = scene.arrivals(MEIZU);
    assert.ok(toHonor && toMeizu);
    const { android } = toHonor.payload as { android: { biTag: string; notification: { importance: string } } };
    assert.deepEqual([android.biTag, android.notification.importance], [id, 'NORMAL']);
    const { noticeBarInfo, extra } = toMeizu.payload as Record<string, Record<string, unknown>>;
    assert.deepEqual([noticeBarInfo?.noticeMsgType, extra?.['callback.param']], [1, id]);
  });

  it('ends for a phone that Honor finds without the app only afterwards, and its push token with it', async () => {
    assert.equal((await phone('honor2', 'honor', HONOR_GONE, 'honor')).status, 201);
    scene.world.simulators.vendors.honor.setReceipt(HONOR_GONE, 3);
    const id = await scene.send({ devices: ['honor2'] });
    assert.deepEqual(await stands(id), [['honor2', 'failed', 'token_invalid']]);
    const { retired } = await until(
      () => scene.show('honor2'),
      ({ registrations }) => registrations.length === 0,
    );
    assert.equal(retired[0]?.reason, '3');
  });
});
