import assert from 'node:assert/strict';
import { nameOf, newToken, ok, openScene, type Scene, total, VISIBLE } from './scene.js';

/** Whom a message reaches. */
describe('delivery: audiences', function () {
  this.timeout(60_000);
  let scene: Scene;
  before(async () => {
    scene = await openScene();
  });
  after(() => scene?.world.close());

  const bare = (token: string, more: object = {}) => ({ provider: 'apns', token, ...more });

  it('reaches each device of a union once', async () => {
    const own = await scene.device('u-phone', { user: 'uma' });
    const pad = await scene.device('u-pad', { user: 'uma' });
    const id = await scene.send({ users: ['uma', 'uma'], devices: ['u-phone', 'u-phone'] });
    const ended = await scene.reaches(id);
    assert.deepEqual([ended.devices, ended.counts.sent], [2, 2]);
    assert.deepEqual([scene.arrivals(own).length, scene.arrivals(pad).length], [1, 1]);
  });

  it('reaches a device once that is named by its user and by its bare push token', async () => {
    const token = await scene.device('both', { user: 'boris' });
    const id = await scene.send({ users: ['boris'], push_tokens: [bare(token), bare(token.toUpperCase())] });
    const ended = await scene.reaches(id);
    assert.deepEqual([ended.devices, ended.counts.sent], [1, 1]);
    assert.equal(scene.arrivals(token).length, 1);
    assert.equal((await scene.delivery(id)).device, 'both');
  });

  it('leaves out users and devices that are excepted, and platforms that are not asked for', async () => {
    const [a, b, c] = [
      await scene.device('x-a', { user: 'xa' }),
      await scene.device('x-b', { user: 'xb' }),
      await scene.device('x-c', { user: 'xc' }),
    ];
    const mac = await scene.device('x-mac', { user: 'xa', platform: 'macos' });
    const id = await scene.send(
      { users: ['xa', 'xb', 'xc'] },
      { ...VISIBLE, except: { users: ['xb'], devices: ['x-c'] }, only: { platforms: ['ios'] } },
    );
    assert.equal((await scene.reaches(id)).devices, 1);
    assert.deepEqual(
      [a, b, c, mac].map((token) => scene.arrivals(token).length),
      [1, 0, 0, 0],
    );
  });

  it('reaches a bare push token without making a device, and tells of it by its hash', async () => {
    const token = newToken();
    const before = ok(await scene.call<{ data: unknown[] }>('GET', '/v1/devices?limit=1000'), 200).data.length;
    const id = await scene.send({ push_tokens: [bare(token)] });
    assert.equal((await scene.reaches(id)).counts.sent, 1);
    const delivery = await scene.delivery(id);
    assert.deepEqual([delivery.device, delivery.user, delivery.state], [null, null, 'sent']);
    assert.match(String(delivery.token_hash), /^[A-Za-z0-9_-]{20,}$/);
    const after = ok(await scene.call<{ data: unknown[] }>('GET', '/v1/devices?limit=1000'), 200).data.length;
    assert.equal(after, before);
  });

  it('leaves a bare push token out where platforms are asked for and it names none', async () => {
    const [silent, named] = [newToken(), newToken()];
    const to = { push_tokens: [bare(silent), bare(named, { platform: 'ios' })] };
    const id = await scene.send(to, { ...VISIBLE, only: { platforms: ['ios'] } });
    assert.equal((await scene.reaches(id)).devices, 1);
    assert.deepEqual([scene.arrivals(silent).length, scene.arrivals(named).length], [0, 1]);
  });

  it('retires the registration of a bare push token that is dead', async () => {
    const token = await scene.device('known');
    scene.fault(token, { kind: 'answer', status: 410 }, 1);
    const id = await scene.send({ push_tokens: [bare(token)] });
    assert.deepEqual((await scene.reaches(id)).reasons, { token_invalid: 1 });
    const device = await scene.show('known');
    assert.deepEqual([device.registrations.length, device.retired.length], [0, 1]);
    // One that nobody registered is dead for nobody.
    const nobodys = newToken();
    scene.fault(nobodys, { kind: 'answer', status: 410 }, 1);
    const other = await scene.send({ push_tokens: [bare(nobodys)] });
    assert.deepEqual((await scene.reaches(other)).reasons, { token_invalid: 1 });
  });

  it('sends a token to the last device that registered it, and to nobody else', async () => {
    const token = await scene.device('first-owner', { user: 'old' });
    await scene.device('second-owner', { user: 'new', registrations: [bare(token)] });
    assert.equal((await scene.show('first-owner')).registrations.length, 0);
    const id = await scene.send({ users: ['old'] });
    assert.deepEqual((await scene.reaches(id)).reasons, { no_registration: 1 });
    assert.equal(scene.arrivals(token).length, 0);
  });

  it('sends nothing at all to an audience above max_devices', async () => {
    const tokens = [await scene.device('m-1', { user: 'max' }), await scene.device('m-2', { user: 'max' })];
    const body = { to: { users: ['max'] }, max_devices: 1, ...VISIBLE };
    const refused = await scene.call<{ code: string }>('POST', '/v1/messages', body);
    assert.deepEqual([refused.status, refused.body.code], [422, 'audience_too_large']);
    const id = await scene.send({ users: ['max'] }, { max_devices: 2, ...VISIBLE });
    assert.equal((await scene.reaches(id)).counts.sent, 2);
    assert.deepEqual(
      tokens.map((token) => scene.arrivals(token).length),
      [1, 1],
    );
  });

  it('plans a named audience that is too large to be resolved while the caller waits', async () => {
    const tokens = await scene.devices('many', 2_000, (n) => nameOf('owner', n % 1_000));
    const users = Array.from({ length: 1_000 }, (_, n) => nameOf('owner', n));
    const answer = await scene.call<{ id: string; audience: { state: string } }>('POST', '/v1/messages', {
      to: { users },
      except: { devices: [nameOf('many', 7)] },
      ...VISIBLE,
    });
    assert.deepEqual([answer.status, answer.body.audience.state], [202, 'resolving']);
    const ended = await scene.reaches(answer.body.id);
    assert.deepEqual([ended.devices, ended.counts.sent, total(ended.counts)], [1_999, 1_999, 1_999]);
    const reached = new Set(scene.arrivals().map((arrival) => arrival.token));
    assert.deepEqual(
      tokens.filter((token) => !reached.has(token)),
      [tokens[7]],
    );
    const deliveries = await scene.deliveries(answer.body.id);
    assert.equal(new Set(deliveries.map((delivery) => delivery.device)).size, 1_999);
  });
});
