import assert from 'node:assert/strict';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sceneOver } from '../e2e/delivery/scene.js';
import { openPlain } from '../e2e/realtime/plain-client.js';
import { signAccess } from '../support/access-token.js';
import { type GatewayProcess, openWorld, until, type World } from '../support/world.js';

const SECRET = 'a secret of thirty-two bytes or more';
const APP = `\nrealtime: { issuer: demo, keys: [{ secret: ${SECRET} }] }\n`;
const COUNT = 40;

/** The gateway dies while answers of devices are awaited: what was waited for is in the store. */
describe('a gateway that is killed while it awaits the answers of devices', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await openWorld({ roads: 'apns' });
    await appendFile(join(world.configDir, 'apps', 'demo.yaml'), APP);
  });
  after(() => world?.close());

  const greet = async ({ url }: GatewayProcess, device: string) => {
    const client = await openPlain(url);
    const iat = Math.floor(Date.now() / 1_000);
    const claims = { iss: 'demo', aud: 'demo', sub: device, device, scope: 'receive', iat, exp: iat + 600 };
    client.say({ t: 'hello', token: signAccess({ algorithm: 'HS256', secret: SECRET }, claims) });
    await client.next('welcome');
    return client;
  };

  it('asks the vendor for those who stay silent, once each, and nobody for those who come back and answer', async () => {
    const key = await world.key();
    const before = await world.spawn();
    const first = sceneOver(world, before.url, key);
    const tokens = await first.devices('phone', COUNT);
    const ids = Array.from({ length: COUNT }, (_, n) => `phone${String(n).padStart(5, '0')}`);
    const clients = await Promise.all(ids.map((id) => greet(before, id)));
    const silent = ids.filter((_, n) => n % 2 === 1);
    const back = ids.filter((_, n) => n % 2 === 0);
    const send = (devices: readonly string[], ack_timeout: string) =>
      first.send({ devices }, { notification: { title: 'Hi' }, delivery: { ack_timeout } });
    // Those who come back have a minute for it, however long the start takes.
    const [unanswered, answered] = await Promise.all([send(silent, '8s'), send(back, '60s')]);
    await Promise.all(clients.map((client) => client.next('push', 10_000)));
    for (const message of [unanswered, answered]) {
      await until(
        () => first.deliveries(message),
        (all) => all.length === COUNT / 2 && all.every(({ attempts }) => attempts.length === 1),
      );
    }
    await before.end('SIGKILL');
    assert.equal(first.arrivals().length, 0);

    const after = await world.spawn();
    const second = sceneOver(world, after.url, key);
    for (const id of back) {
      const client = await greet(after, id);
      const push = await client.next('push');
      assert.equal(push.id, answered);
      client.say({ t: 'got', seq: push.seq });
      client.say({ t: 'done', ids: [answered] });
    }
    assert.equal((await second.reaches(answered)).counts.delivered, COUNT / 2);
    assert.equal((await second.reaches(unanswered)).counts.sent, COUNT / 2);
    assert.deepEqual(
      second
        .arrivals()
        .map(({ token }) => token)
        .sort(),
      tokens.filter((_, n) => n % 2 === 1).sort(),
    );
    await after.end();
  });
});
