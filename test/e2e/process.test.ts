import assert from 'node:assert/strict';
import { once } from 'node:events';
import { open, readdir, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { emptyDataDirectory, migratedDataDirectory } from '../support/pglite-template.js';
import { type CommandResult, runCommand } from '../support/run-command.js';
import { judge } from '../support/verdict.js';
import { openWorld, type World } from '../support/world.js';
import { QUICK_RETRY, sceneOver } from './delivery/scene.js';

/** What an orchestrator grants between SIGTERM and SIGKILL, as the design promises. */
const GRACE_MS = 25_000;

/** The program as a process: how it starts, how it refuses to, how it ends. */
describe('the process', function () {
  this.timeout(90_000);

  const serveOver = (world: World, directory: string, ...more: string[]) =>
    runCommand(['serve', '--config', world.configDir, ...settings({ 'store.url': `pglite:${directory}` }), ...more]);
  const settings = (values: Record<string, string>) =>
    Object.entries({ 'server.listen': '127.0.0.1:0', 'server.admin': '127.0.0.1:0', ...values }).flatMap(
      ([key, value]) => ['--set', `${key}=${value}`],
    );

  function assertRefused(result: CommandResult, sentence: RegExp): void {
    assert.equal(result.code, 1, result.stderr);
    assert.match(result.stderr, sentence);
    // A sentence for people, not where in the code it came from.
    assert.doesNotMatch(result.stderr, /\n\s+at /);
    assert.doesNotMatch(result.stderr, /gateway\.started/);
  }

  describe('told to stop in the middle of a send', () => {
    // What is left at the stop takes longer than callers are waited for.
    const DEVICES = 6_000;
    const LATENCY_MS = 600;

    it('ends with 0 in time, gives its chunks back, and the next one finishes: none lost, none twice', async () => {
      const world = await openWorld({ latencyMs: LATENCY_MS });
      try {
        const key = await world.key();
        const first = await world.spawn({ settings: QUICK_RETRY });
        const tokens = await sceneOver(world, first.url, key).devices('s', DEVICES);
        const id = await sceneOver(world, first.url, key).send('everyone');
        const { ledger } = world.simulators;
        await sceneOver(world, first.url, key).reaches(id, () => ledger.summary().accepted.total >= DEVICES / 4);
        const stopAt = Date.now();
        assert.equal(await first.end('SIGTERM'), 0);
        assert.ok(Date.now() - stopAt < GRACE_MS, `it took ${Date.now() - stopAt} ms`);
        const atEnd = ledger.summary().accepted.total;
        assert.ok(atEnd < DEVICES, 'the send was over before the stop');

        const second = await world.spawn({ settings: QUICK_RETRY });
        const done = await sceneOver(world, second.url, key).reaches(id, undefined, 60_000);
        assert.equal(done.counts.sent, DEVICES);
        const { lost, repeated, unexpected } = judge(sceneOver(world, second.url, key).arrivals(), new Set(tokens));
        assert.deepEqual([lost, repeated, unexpected], [0, 0, 0]);
        // Given back, not taken away: no chunk's holder was taken for dead.
        assert.equal(second.lines.filter((line) => line.event === 'reconcile.chunks_freed').length, 0);
        assert.equal(await second.end(), 0);
      } finally {
        await world.close();
      }
    });

    it('ends in time also when the vendor never answers', async () => {
      const world = await openWorld();
      try {
        const key = await world.key();
        const first = await world.spawn({ settings: QUICK_RETRY });
        const scene = sceneOver(world, first.url, key);
        await scene.devices('q', 200);
        // A connection that has not been let in yet carries one request at a time.
        await scene.reaches(await scene.send({ users: ['q00000'] }));
        scene.faultForAll({ kind: 'stall' });
        const id = await scene.send('everyone');
        await scene.reaches(id, () => world.simulators.ledger.summary().lines > 100);
        const stopAt = Date.now();
        assert.equal(await first.end('SIGTERM'), 0);
        assert.ok(Date.now() - stopAt < GRACE_MS, `it took ${Date.now() - stopAt} ms`);
        world.simulators.faults.clear();
        const second = await world.spawn({ settings: QUICK_RETRY });
        const done = await sceneOver(world, second.url, key).reaches(id, undefined, 30_000);
        assert.equal(done.counts.sent, 200);
        const { accepted } = world.simulators.ledger.summary();
        assert.deepEqual([accepted.total, accepted.repeated], [201, 0]);
      } finally {
        await world.close();
      }
    });
  });

  describe('refuses with a sentence and exit code 1', () => {
    let world: World;
    before(async () => {
      world = await openWorld();
    });
    after(() => world?.close());

    it('a directory that another process has open', async () => {
      const directory = await migratedDataDirectory();
      const owner = await world.spawn({ settings: { 'store.url': `pglite:${directory}` } });
      assertRefused(await serveOver(world, directory), /is open in process \d+ since .*Stop that process/);
      // The owner has not noticed.
      assert.equal((await fetch(`${owner.url}/readyz`)).status, 200);
      assert.equal(await owner.end(), 0);
    });

    it('a damaged database, and leaves it as it was', async () => {
      const directory = await migratedDataDirectory();
      const control = await open(join(directory, 'pg', 'global', 'pg_control'), 'r+');
      await control.write(Buffer.alloc(4_096, 0x5a), 0, 4_096, 0);
      await control.close();
      assertRefused(await serveOver(world, directory), /does not open .*Restore it from a backup/);
      // No lock stays behind: the next one is told the same, not that somebody has it open.
      assertRefused(await serveOver(world, directory), /does not open .*Restore it from a backup/);
    });

    it('a database with parts missing', async () => {
      const directory = await migratedDataDirectory();
      await rm(join(directory, 'pg', 'PG_VERSION'));
      assertRefused(
        await serveOver(world, directory),
        /database.*set store\.url|does not hold a whole embedded database/,
      );
    });

    it('a port that is taken, and lets go of the store', async () => {
      const taken = createServer().listen(0, '127.0.0.1');
      await once(taken, 'listening');
      const { port } = taken.address() as AddressInfo;
      const directory = await migratedDataDirectory();
      for (const setting of ['server.listen', 'server.admin']) {
        const result = await serveOver(world, directory, '--set', `${setting}=127.0.0.1:${port}`);
        assertRefused(result, new RegExp(`127\\.0\\.0\\.1:${port} is in use by another process`));
        assert.match(result.stderr, new RegExp(setting.replace('.', '\\.')));
      }
      taken.close();
    });
  });

  describe('keys', () => {
    let world: World;
    before(async () => {
      world = await openWorld();
    });
    after(() => world?.close());

    const keys = (directory: string, ...args: string[]) =>
      runCommand(['keys', ...args, '--config', world.configDir, '--set', `store.url=pglite:${directory}`]);

    it('are made before the first start, and open the server then', async () => {
      const directory = await emptyDataDirectory();
      const made = await keys(directory, 'create', '--app', 'demo', '--scopes', 'devices:read', '--json');
      assert.equal(made.code, 0, made.stderr);
      const { key, id, app, scopes, expires_at } = JSON.parse(made.stdout) as Record<string, string>;
      assert.deepEqual([app, scopes, expires_at], ['demo', ['devices:read'], null]);
      const server = await world.spawn({ settings: { 'store.url': `pglite:${directory}` } });
      const list = () => fetch(`${server.url}/v1/devices`, { headers: { authorization: `Bearer ${key}` } });
      assert.equal((await list()).status, 200);

      // And while it runs: made, listed and revoked through the process that has the store.
      const second = await keys(directory, 'create', '--scopes', 'messages:read');
      assert.match(second.stdout, /^pealbell_key_[a-z0-9]+\n$/);
      const listed = JSON.parse((await keys(directory, 'list', '--json')).stdout) as { data: { id: string }[] };
      assert.equal(listed.data.length, 2);
      assert.ok(listed.data.some((entry) => entry.id === id));
      const revoked = await keys(directory, 'revoke', String(id));
      assert.equal(revoked.code, 0, revoked.stderr);
      assert.equal((await list()).status, 401);
      assert.equal(await server.end(), 0);
      // Every file that holds key material is its owner's alone.
      assert.ok((await readdir(directory)).includes('data.key'));
    });

    it('that do not exist cannot be revoked', async () => {
      const result = await keys(await migratedDataDirectory(), 'revoke', 'key_00000000000000000000000000');
      assert.deepEqual([result.code, result.stdout], [1, '']);
      assert.match(result.stderr, /there is no key/);
    });
  });
});
