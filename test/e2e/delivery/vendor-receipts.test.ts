import assert from 'node:assert/strict';
import { vendorSettings, writeConfig } from '../../../src/simulators.js';
import { openWorld, until } from '../../support/world.js';
import { openScene, type Scene, VISIBLE } from './scene.js';

/** A phone of each maker, with a push token as that vendor gives them. */
const PHONES: readonly (readonly [provider: string, manufacturer: string, token: string])[] = [
  ['huawei', 'HUAWEI', `IQAAAACy${'0aB_-'.repeat(24)}`],
  ['honor', 'HONOR', `honor-${'AbC_-0'.repeat(8)}`],
  ['xiaomi', 'Xiaomi', `${'aB+/'.repeat(15)}abc=`],
  ['oppo', 'OPPO', `CN_${'8fa0618f'.repeat(4)}`],
  ['vivo', 'vivo', '15513410784181118114999'],
  ['meizu', 'Meizu', `S5Q4${'b726f7a6d'.repeat(4)}`],
];
const HONOR_GONE = `honor-${'XyZ_-1'.repeat(8)}`;

describe('a message to phones whose makers tell of it', function () {
  this.timeout(60_000);
  let scene: Scene;
  before(async () => {
    const world = await openWorld();
    const { providers } = world.simulators.endpoints;
    const { http: _, ...vendors } = vendorSettings(providers);
    await writeConfig(world.configDir, { apns: providers.apns, vendors });
    scene = await openScene({ world });
    // These two take the address in their console; the others are told it with each message.
    const { huawei, honor } = world.simulators.vendors;
    huawei.setReceipts({ url: await callbackOf('huawei') });
    honor.setCallback(await callbackOf('honor'));
  });
  after(() => scene?.world.close());

  async function callbackOf(provider: string): Promise<string> {
    const { body } = await scene.call<{ callback_url: string }>('GET', `/v1/providers/${provider}`);
    return new URL(new URL(body.callback_url).pathname, scene.gateway.api?.url).href;
  }
  const phone = (id: string, provider: string, token: string, manufacturer: string) =>
    scene.call('PUT', `/v1/devices/${id}`, { platform: 'android', manufacturer, registrations: [{ provider, token }] });
  const stands = (message: string) =>
    until(
      async () => (await scene.deliveries(message)).map(({ device, state, reason }) => [device, state, reason]),
      (deliveries) => deliveries.every(([, state]) => !['queued', 'pending', 'sent'].includes(String(state))),
    );

  it('is delivered by the word of each vendor, whatever form that has', async () => {
    for (const [provider, manufacturer, token] of PHONES) {
      assert.equal((await phone(`phone-${provider}`, provider, token, manufacturer)).status, 201);
    }
    const devices = PHONES.map(([provider]) => `phone-${provider}`);
    const id = await scene.send({ devices }, { ...VISIBLE, class: 'transactional' });
    assert.deepEqual(await stands(id), devices.map((device) => [device, 'delivered', null]).sort());
    for (const [provider, , token] of PHONES) {
      const [arrival, ...more] = scene.arrivals(token);
      assert.deepEqual([arrival?.accepted, more.length], [true, 0], provider);
      assert.ok(JSON.stringify(arrival?.payload).includes(id), `${provider} has no word of ours to give back`);
    }
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
