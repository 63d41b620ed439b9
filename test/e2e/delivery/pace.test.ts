import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freshDatabase } from '../../support/postgres-server.js';
import { type RedisServer, startRedis } from '../../support/redis-server.js';
import { openWorld, type World } from '../../support/world.js';
import { type Arrival, openScene, QUICK_RETRY, type Scene } from './scene.js';

const PER_SECOND = 60;
const DEVICES = 220;

/** Gives the app's provider a rate of its own, as an operator does. */
async function setRate(world: World, rate: string): Promise<void> {
  const file = join(world.configDir, 'apps', 'demo.yaml');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(/^ {2}apns:\n/m, `  apns:\n    rate: ${rate}\n`), { mode: 0o600 });
  assert.match(await readFile(file, 'utf8'), /rate: /, 'the app has no provider apns written so');
}

/** At no moment had more arrived than a window and what flowed in since the first. */
function assertPaced(arrivals: readonly Arrival[], slack: number): void {
  const times = arrivals.map(({ at }) => at).sort((a, b) => a - b);
  const [first = 0] = times;
  for (const [n, at] of times.entries()) {
    const allowed = PER_SECOND + ((at - first) * PER_SECOND) / 1_000 + slack;
    assert.ok(n + 1 <= allowed, `${n + 1} devices ${at - first} ms after the first, of ${Math.floor(allowed)}`);
  }
}

describe('the rate of a provider', function () {
  this.timeout(60_000);

  describe('in one process', () => {
    let scene: Scene;
    before(async () => {
      const world = await openWorld({ roads: 'apns' });
      await setRate(world, `${PER_SECOND}/s`);
      scene = await openScene({ world });
    });
    after(() => scene?.world.close());

    it('is kept, and everybody is reached', async () => {
      await scene.devices('paced', DEVICES);
      const message = await scene.send({ devices: Array.from({ length: DEVICES }, (_, n) => `paced${pad(n)}`) });
      const { counts } = await scene.reaches(message, ({ status }) => status === 'completed', 30_000);
      assert.equal(counts.sent, DEVICES);
      const arrivals = scene.arrivals();
      assert.equal(arrivals.length, DEVICES);
      // The first bytes are on their way for a moment before the first line of the ledger.
      assertPaced(arrivals, PER_SECOND / 4);
      const attempts = (await scene.deliveries(message)).map((delivery) => delivery.attempts.length);
      assert.ok(
        attempts.every((n) => n === 1),
        'waiting is no attempt',
      );
    });
  });

  describe('of several processes with a Redis', () => {
    let scene: Scene;
    let redis: RedisServer;
    before(async function () {
      redis = await startRedis(this);
      const world = await openWorld({ roads: 'apns', storeUrl: await freshDatabase(this) });
      await setRate(world, `${PER_SECOND}/s`);
      const settings = { ...QUICK_RETRY, 'queue.url': redis.url, 'bus.url': redis.url };
      scene = await openScene({ world, settings, roles: ['api', 'worker', 'connector'] });
      await world.open({ settings, roles: ['worker'] });
    });
    after(async () => {
      await scene?.world.close();
      await redis?.close();
    });

    it('is kept by all of them together', async () => {
      await scene.devices('shared', DEVICES);
      const message = await scene.send({ devices: Array.from({ length: DEVICES }, (_, n) => `shared${pad(n)}`) });
      await scene.reaches(message, ({ status }) => status === 'completed', 30_000);
      const arrivals = scene.arrivals();
      assert.equal(arrivals.length, DEVICES);
      assertPaced(arrivals, PER_SECOND / 4);
    });
  });
});

function pad(n: number): string {
  return String(n).padStart(5, '0');
}
