import assert from 'node:assert/strict';
import { VISIBLE } from '../delivery/scene.js';
import { type LiveScene, openLiveScene } from './live-scene.js';

interface DeviceBody {
  readonly online: boolean;
  readonly last_seen_at: string | null;
}

describe('delivery.per_user', function () {
  this.timeout(60_000);
  let scene: LiveScene;
  before(async () => {
    scene = await openLiveScene();
    for (const [device, user] of [
      ['u1-desk', 'una'],
      ['u1-phone', 'una'],
      ['u2-desk', 'uwe'],
      ['u2-phone', 'uwe'],
      ['u3-shared', null],
    ] as const) {
      await scene.device(device, { user });
      scene.clock.forward(60_000);
    }
    await scene.online('u1-desk', 'una');
  });
  after(() => scene?.world.close());

  const everyone = ['u1-desk', 'u1-phone', 'u2-desk', 'u2-phone', 'u3-shared'];
  async function reached(perUser: string, to: unknown = { devices: everyone }): Promise<(string | null)[]> {
    const delivery = { per_user: perUser, route: 'push_only' };
    const id = await scene.send(to, { ...VISIBLE, delivery });
    await scene.reaches(id);
    return (await scene.deliveries(id)).map(({ device }) => device);
  }

  it('goes to all, to the one that was heard of last, or to those that are connected', async () => {
    assert.deepEqual(await reached('all'), everyone);
    assert.deepEqual(await reached('last_active'), ['u1-phone', 'u2-phone', 'u3-shared']);
    const online = ['u1-desk', 'u2-phone', 'u3-shared'];
    assert.deepEqual(await reached('online_or_last_active'), online);
    assert.deepEqual(await reached('online_or_last_active', 'everyone'), online, 'of everyone as well');
    assert.deepEqual(await reached('last_active', { devices: ['u1-desk', 'u2-phone'] }), ['u1-desk', 'u2-phone']);
  });

  it('is shown by a dry run', async () => {
    const body = { to: { devices: everyone }, ...VISIBLE, delivery: { per_user: 'last_active', route: 'push_only' } };
    const { body: plan } = await scene.call<{ audience: { devices: number }; providers: { devices?: number }[] }>(
      'POST',
      '/v1/messages/validate',
      body,
    );
    assert.equal(plan.audience.devices, 3);
    const wrong = await scene.call('POST', '/v1/messages/validate', { ...body, delivery: { per_user: 'newest' } });
    assert.equal(wrong.status, 422);
  });

  it('devices tell whether they are connected, and when they were last heard of', async () => {
    const get = async (id: string) => (await scene.call<DeviceBody>('GET', `/v1/devices/${id}`)).body;
    const [desk, phone] = [await get('u1-desk'), await get('u1-phone')];
    assert.deepEqual([desk.online, phone.online], [true, false]);
    assert.ok((phone.last_seen_at ?? '') > (desk.last_seen_at ?? ''));
    const { body } = await scene.call<{ data: (DeviceBody & { id: string })[] }>('GET', '/v1/users/una/devices');
    assert.deepEqual(
      body.data.map(({ id, online }) => [id, online]),
      [
        ['u1-desk', true],
        ['u1-phone', false],
      ],
    );
  });
});
