import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { emptyDataDirectory, freshDataDirectory } from '../support/pglite-template.js';
import { openWorld, type World } from '../support/world.js';
import { openScene, type Scene, VISIBLE } from './delivery/scene.js';

const run = promisify(execFile);
const MB = 1024 * 1024;
/** The store's 40 MB, the 64 MB that must stay free, and room for the test. */
const DISK_MB = 256;

/** A disk of its own that runs full, and is emptied again. */
describe('a full disk', function () {
  this.timeout(60_000);
  let disk: string | undefined;
  let world: World;
  let scene: Scene;

  before(async function () {
    const directory = await emptyDataDirectory();
    try {
      await run('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'tmpfs', directory]);
    } catch (error) {
      this.test?.parent?.tests.forEach((test) => {
        test.title += ` (needs the right to mount a tmpfs: ${String(error).split('\n')[0]})`;
      });
      this.skip();
    }
    disk = directory;
    await cp(join(await freshDataDirectory(), 'pg'), join(disk, 'pg'), { recursive: true });
    world = await openWorld({ storeUrl: `pglite:${disk}` });
    scene = await openScene({ world });
  });
  after(async () => {
    await world?.close();
    if (disk !== undefined) await run('umount', [disk]);
  });

  it('is answered with 503 before anything is taken, loses nothing accepted, and is over by itself', async () => {
    assert.ok(disk !== undefined);
    const tokens = await scene.devices('full', 200);
    scene.faultForAll({ kind: 'answer', status: 503, retryAfterSeconds: 2 }, 1);
    const accepted = await scene.send('everyone');

    const { bavail, bsize } = await statfs(disk);
    const filler = join(disk, 'filler');
    await writeFile(filler, Buffer.alloc(bavail * bsize - 32 * MB));
    const post = () =>
      scene.call<{ code?: string }>('POST', '/v1/messages', { to: { users: ['full00000'] }, ...VISIBLE });
    await scene.reaches(accepted, () => true);
    let refused = await post();
    // What is free is asked at most once a second.
    for (const until = Date.now() + 3_000; refused.status === 202 && Date.now() < until; ) refused = await post();
    assert.deepEqual([refused.status, refused.body.code], [503, 'disk_full']);
    assert.ok(Number(refused.headers.get('retry-after')) > 0);
    const device = await scene.call('PUT', '/v1/devices/one-more', { platform: 'ios' });
    assert.equal(device.status, 503);
    // What was accepted before goes on, and can be asked for.
    assert.equal((await scene.reaches(accepted)).counts.sent, 200);

    await rm(filler);
    let again = await post();
    for (const until = Date.now() + 5_000; again.status === 503 && Date.now() < until; ) again = await post();
    assert.equal(again.status, 202);
    for (const token of tokens) assert.ok(scene.arrivals(token).some((arrival) => arrival.accepted));
  });
});
