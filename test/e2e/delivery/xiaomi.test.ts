import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { vendorSettings, writeConfig } from '../../../src/simulators.js';
import { openWorld, until } from '../../support/world.js';
import { openScene, type Scene, VISIBLE } from './scene.js';

interface Registered {
  readonly registrations: readonly {
    readonly provider: string;
    readonly region?: string;
    readonly token_hash: string;
  }[];
  readonly retired: readonly { readonly explanation: string }[];
}

interface Refusal {
  readonly errors: readonly { readonly pointer?: string; readonly code: string; readonly detail: string }[];
}

/** From the device API over the store to Xiaomi's host of the region, and back by its receipts. */
describe('delivery: Xiaomi', function () {
  this.timeout(60_000);
  let scene: Scene;
  before(async () => {
    const world = await openWorld();
    const { providers } = world.simulators.endpoints;
    const vendors = vendorSettings(providers);
    const xiaomi = { ...vendors.xiaomi, recall: true };
    await writeConfig(world.configDir, { ...providers, vendors: { ...vendors, xiaomi } });
    scene = await openScene({ world });
  });
  after(() => scene?.world.close());

  const register = (id: string, token: string, region?: string) =>
    scene.call<Registered & Refusal>('PUT', `/v1/devices/${id}`, {
      platform: 'android',
      registrations: [{ provider: 'xiaomi', token, ...(region === undefined ? {} : { region }) }],
    });
  const shown = async (id: string) => (await scene.call<Registered>('GET', `/v1/devices/${id}`)).body;
  const xiaomi = () => scene.world.simulators.vendors.xiaomi;
  const hostsOf = (token: string) => scene.arrivals(token).map(({ headers }) => headers.host);
  const hostOf = (region: 'cn' | 'eu' | 'in') => new URL(xiaomi().urls[region]).host;

  it('asks the region that the device is registered with, whatever its SDK calls it', async () => {
    assert.equal((await register('phone-eu', 'regid-eu+/==', 'Europe')).status, 201);
    assert.equal((await register('phone-cn', 'regid-cn+/==')).status, 201);
    assert.equal((await shown('phone-eu')).registrations[0]?.region, 'eu');
    assert.equal((await shown('phone-cn')).registrations[0]?.region, undefined);
    const id = await scene.send({ devices: ['phone-eu', 'phone-cn'] }, VISIBLE);
    assert.equal((await scene.reaches(id)).settled, 2);
    assert.deepEqual(hostsOf('regid-eu+/=='), [hostOf('eu')]);
    assert.deepEqual(hostsOf('regid-cn+/=='), [hostOf('cn')]);
  });

  it('asks the region of a bare push token', async () => {
    const id = await scene.send({ push_tokens: [{ provider: 'xiaomi', token: 'bare-in', region: 'in' }] }, VISIBLE);
    await scene.reaches(id);
    assert.deepEqual(hostsOf('bare-in'), [hostOf('in')]);
  });

  it('refuses a region that there is not, with device and message, and says which there are', async () => {
    const wanted = {
      code: 'invalid_region',
      detail: 'Xiaomi has no region "mars": it is one of cn, ru, in, eu, global',
    };
    const device = await register('phone-mars', 'regid-mars', 'mars');
    assert.equal(device.status, 422);
    assert.deepEqual(device.body.errors, [{ pointer: '/registrations/0/region', ...wanted }]);
    const to = { push_tokens: [{ provider: 'xiaomi', token: 'bare-mars', region: 'mars' }] };
    const message = await scene.call<Refusal>('POST', '/v1/messages', { to, ...VISIBLE });
    assert.equal(message.status, 422);
    assert.deepEqual(message.body.errors, [{ pointer: '/to/push_tokens/0/region', ...wanted }]);
  });

  it('learns from receipts who got it, who is gone and who has moved', async () => {
    for (const name of ['got', 'gone', 'moved']) await register(`phone-${name}`, `regid-${name}`);
    xiaomi().setDevice('regid-gone', { kind: 'dead' });
    xiaomi().setDevice('regid-moved', { kind: 'dead', replacedBy: 'regid-new' });
    const id = await scene.send({ devices: ['phone-got', 'phone-gone', 'phone-moved'] }, VISIBLE);
    const states = async () =>
      (await scene.deliveries(id)).map((one) => `${one.device} ${one.state} ${one.reason}`).sort();
    const wanted = ['phone-gone failed token_invalid', 'phone-got delivered null', 'phone-moved failed token_invalid'];
    await until(states, (seen) => isDeepStrictEqual(seen, wanted));
    const gone = await until(
      () => shown('phone-gone'),
      ({ registrations }) => registrations.length === 0,
    );
    assert.match(gone.retired[0]?.explanation ?? '', /removed from this device/);
    assert.equal((await shown('phone-got')).registrations.length, 1);
    await until(
      async () => {
        await scene.reaches(await scene.send({ devices: ['phone-moved'] }, VISIBLE));
        return scene.arrivals('regid-new').length;
      },
      (count) => count > 0,
    );
  });

  it('takes back by Xiaomi’s own id what it had sent, where the file allows it', async () => {
    await register('phone-back', 'regid-back');
    const id = await scene.send({ devices: ['phone-back'] }, VISIBLE);
    await scene.reaches(id);
    const [sent] = scene.arrivals('regid-back');
    assert.ok(sent?.accepted);
    assert.equal((await scene.call('POST', `/v1/messages/${id}/recall`)).status, 200);
    const revoked = await until(
      async () => scene.arrivals(sent.id).map(({ payload }) => payload.msg_id),
      (ids) => ids.length > 0,
    );
    assert.deepEqual(revoked, [sent.id]);
  });
});
