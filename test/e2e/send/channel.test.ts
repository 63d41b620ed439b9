import assert from 'node:assert/strict';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig } from '../../../config/load.js';
import { openWorld, type World } from '../../support/world.js';
import { openScene, type Scene } from '../delivery/scene.js';

const CHANNELS = `channels:
  orders:
    class: marketing
    ttl: 8h
    sound: ding
    apns: { interruption_level: time-sensitive, category: ORDER }
`;

describe('a message on a channel', function () {
  this.timeout(60_000);
  let world: World;
  let scene: Scene;
  const file = () => join(world.configDir, 'apps', 'demo.yaml');

  before(async () => {
    world = await openWorld({ roads: 'apns' });
    await appendFile(file(), CHANNELS);
    const read = () => readConfig({ dir: world.configDir, env: {} });
    scene = await openScene({ world, variations: { readConfig: read } });
  });
  after(() => world.close());

  it('takes class, TTL and the vendor’s dialect from it, and says so in its answers', async () => {
    const token = await scene.device('ch1');
    const id = await scene.send({ devices: ['ch1'] }, { notification: { title: 'Paid' }, channel: 'orders' });
    const done = (await scene.reaches(id)) as unknown as Record<string, unknown>;
    assert.deepEqual([done.channel, done.class], ['orders', 'marketing']);
    assert.equal(Date.parse(String(done.expires_at)) - Date.parse(String(done.created_at)), 8 * 3_600_000);
    const [arrival] = scene.arrivals(token);
    assert.ok(arrival);
    const { alert: _, ...aps } = arrival.payload.aps as Record<string, unknown>;
    assert.deepEqual(aps, { sound: 'ding', category: 'ORDER', 'interruption-level': 'time-sensitive' });
    assert.equal(arrival.headers['apns-priority'], '5', 'as marketing has it');
  });

  it('is refused where the app has no such channel, with the one that was meant', async () => {
    const body = { to: { users: ['x'] }, notification: { title: 'T' }, channel: 'order' };
    const { status, body: problem } = await scene.call('POST', '/v1/messages', body);
    assert.equal(status, 422);
    assert.deepEqual(problem.errors, [
      {
        pointer: '/channel',
        code: 'unknown_channel',
        detail: "'order' is not a channel of this app; did you mean 'orders'?",
      },
    ]);
    const plan = await scene.call('POST', '/v1/messages/validate', { ...body, channel: 'orders' });
    assert.deepEqual([plan.status, plan.body.class], [200, 'marketing']);
  });

  it('keeps its terms when the channel changes, and speaks the dialect of the moment it is sent', async () => {
    const token = await scene.device('ch2');
    // A while of Retry-After lets the file change between two attempts of one message.
    scene.fault(token, { kind: 'answer', status: 429, reason: 'TooManyRequests', retryAfterSeconds: 1 }, 1);
    const id = await scene.send({ devices: ['ch2'] }, { notification: { title: 'Paid' }, channel: 'orders' });
    await scene.reaches(id, () => scene.arrivals(token).length > 0);
    await writeFile(file(), (await readFile(file(), 'utf8')).replace('ORDER', 'PARCEL').replace('8h', '1h'));
    const reloading = await scene.gateway.liveConfig?.reload('api');
    assert.deepEqual(reloading?.kind === 'reloaded' && reloading.changed, [
      { key: 'apps.demo.channels', change: 'changed' },
    ]);
    const done = (await scene.reaches(id)) as unknown as Record<string, string>;
    assert.equal(Date.parse(String(done.expires_at)) - Date.parse(String(done.created_at)), 8 * 3_600_000);
    const categories = scene.arrivals(token).map(({ payload }) => (payload.aps as Record<string, unknown>).category);
    assert.deepEqual(categories, ['ORDER', 'PARCEL']);
  });
});
