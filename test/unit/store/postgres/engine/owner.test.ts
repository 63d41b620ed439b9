import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { isGatewayError } from '../../../../../src/domain/errors.js';
import { acquireOwnership, ownerFolder } from '../../../../../src/store/postgres/engine/owner.js';
import { connectOwner } from '../../../../../src/store/postgres/engine/owner-client.js';
import { claimGeneration, newestOwner } from '../../../../../src/store/postgres/engine/owner-file.js';
import { emptyDataDirectory } from '../../../../support/pglite-template.js';

const PROGRAM = fileURLToPath(new URL('../../../../support/owner-child.js', import.meta.url));

interface Starter {
  readonly child: ChildProcess;
  /** Lets it try; resolves with what it says. */
  go(): Promise<string>;
  kill(): Promise<void>;
}

async function starter(directory: string): Promise<Starter> {
  const child = spawn(process.execPath, [PROGRAM, directory], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const { stdin, stdout } = child;
  const said: string[] = [];
  const lines = createInterface({ input: stdout }).on('line', (line) => said.push(line));
  await once(lines, 'line');
  return {
    child,
    async go() {
      stdin.write('go\n');
      await Promise.race([once(lines, 'line'), ended]);
      return said[1] ?? 'nothing';
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
      lines.close();
    },
  };
}

function lockedBy(pid: number | undefined, directory: string) {
  return (error: unknown) =>
    isGatewayError(error, 'store_locked') && error.message.includes(`${pid}`) && error.message.includes(directory);
}

describe('the owner of a data directory', function () {
  this.timeout(60_000);

  it('refuses a second opener with a sentence that names process and directory', async () => {
    const directory = await emptyDataDirectory();
    const owner = await acquireOwnership(directory);
    await assert.rejects(acquireOwnership(directory), lockedBy(process.pid, directory));
    await owner.release();
  });

  it('lets the next one in after a release, under another boot id, and forgets nothing of the count', async () => {
    const directory = await emptyDataDirectory();
    const first = await acquireOwnership(directory);
    await first.release();
    await first.release();
    const second = await acquireOwnership(directory);
    assert.notEqual(second.bootId, first.bootId);
    assert.equal(newestOwner(ownerFolder(directory))?.generation, 2);
    await second.release();
    const left = readdirSync(ownerFolder(directory));
    assert.deepEqual(left, ['owner.2.json']);
  });

  it('is open to its own user only', async () => {
    const directory = await emptyDataDirectory();
    const owner = await acquireOwnership(directory);
    const folder = ownerFolder(directory);
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    for (const name of readdirSync(folder)) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name);
    await owner.release();
  });

  it('takes over from a process that was killed', async () => {
    const directory = await emptyDataDirectory();
    const killed = await starter(directory);
    assert.equal(await killed.go(), 'owner');
    await assert.rejects(acquireOwnership(directory), lockedBy(killed.child.pid, directory));
    await killed.kill();
    const owner = await acquireOwnership(directory);
    await owner.release();
    assert.deepEqual(readdirSync(ownerFolder(directory)), ['owner.2.json'], 'the dead one’s socket is gone');
  });

  it('does not take over from a process that is only frozen', async () => {
    const directory = await emptyDataDirectory();
    const frozen = await starter(directory);
    assert.equal(await frozen.go(), 'owner');
    frozen.child.kill('SIGSTOP');
    await assert.rejects(acquireOwnership(directory), lockedBy(frozen.child.pid, directory));
    frozen.child.kill('SIGCONT');
    await frozen.kill();
  });

  it('lets exactly one of many racing starters in, on a new directory and on a killed owner’s', async () => {
    const directory = await emptyDataDirectory();
    for (const round of ['new', 'stale', 'stale again']) {
      const starters = await Promise.all(Array.from({ length: 6 }, () => starter(directory)));
      const said = await Promise.all(starters.map((one) => one.go()));
      const winners = starters.filter((_, i) => said[i] === 'owner');
      assert.equal(winners.length, 1, `${round}: ${said.join(' | ')}`);
      for (const line of said) assert.match(line, /^owner$|^refused .*is open in process \d+/);
      await Promise.all(starters.map((one) => one.kill()));
    }
  });

  it('does not let in a starter that slept while the number it saw was given up', async () => {
    const directory = await emptyDataDirectory();
    for (let round = 0; round < 3; round++) await (await acquireOwnership(directory)).release();
    const folder = ownerFolder(directory);
    const sleeper = { pid: 1, bootId: 'sleeper', startedAt: '', socket: '/nowhere' };
    assert.equal(claimGeneration(folder, 2, sleeper), false);
    assert.equal(claimGeneration(folder, 3, sleeper), false);
    assert.deepEqual(readdirSync(folder), ['owner.3.json']);
  });

  it('takes over a file that a power cut left unreadable', async () => {
    const directory = await emptyDataDirectory();
    mkdirSync(ownerFolder(directory));
    writeFileSync(join(ownerFolder(directory), 'owner.7.json'), '');
    const owner = await acquireOwnership(directory);
    assert.equal(newestOwner(ownerFolder(directory))?.generation, 8);
    await owner.release();
  });

  it('believes a living process whose socket was cleaned away, and not a pid that was given out again', async () => {
    const directory = await emptyDataDirectory();
    mkdirSync(ownerFolder(directory));
    const file = join(ownerFolder(directory), 'owner.1.json');
    const record = { pid: process.pid, bootId: 'b', startedAt: 'then', socket: join(directory, 'cleaned.sock') };
    writeFileSync(file, JSON.stringify(record));
    await assert.rejects(acquireOwnership(directory), lockedBy(process.pid, directory));
    writeFileSync(file, JSON.stringify({ ...record, processStart: '1' }));
    await (await acquireOwnership(directory)).release();
  });

  it('puts the socket elsewhere when its path would be too long, and names it in the owner file', async () => {
    const directory = join(await emptyDataDirectory(), 'd'.repeat(100));
    const owner = await acquireOwnership(directory);
    const socket = newestOwner(ownerFolder(directory))?.record?.socket ?? '';
    assert.ok(Buffer.byteLength(socket) <= 100 && !socket.startsWith(directory), socket);
    owner.serve((_, response) => response.end('here'));
    assert.equal((await (await connectOwner(directory))?.request('GET', '/'))?.body, 'here');
    await owner.release();
    // The folder stays for the next start: removing it could take it from under a starter.
    rmdirSync(dirname(socket));
  });
});

describe('asking the owner over its socket', () => {
  it('finds nobody where nobody owns', async () => {
    const directory = await emptyDataDirectory();
    assert.equal(await connectOwner(directory), undefined);
    const owner = await acquireOwnership(directory);
    await owner.release();
    assert.equal(await connectOwner(directory), undefined);
  });

  it('answers 503 until it serves, then what the handler says', async () => {
    const directory = await emptyDataDirectory();
    const owner = await acquireOwnership(directory);
    const connection = await connectOwner(directory);
    assert.equal(connection?.pid, process.pid);
    assert.equal((await connection?.request('GET', '/keys'))?.status, 503);
    owner.serve((request, response) => {
      let text = '';
      request.on('data', (part) => {
        text += part;
      });
      request.on('end', () => {
        response.writeHead(201, { 'content-type': 'application/problem+json' });
        response.end(JSON.stringify({ method: request.method, url: request.url, body: JSON.parse(text) }));
      });
    });
    assert.deepEqual(await connection?.request('POST', '/keys?x=1', { name: 'ü' }), {
      status: 201,
      body: { method: 'POST', url: '/keys?x=1', body: { name: 'ü' } },
    });
    await owner.release();
  });

  it('tells when the owner dies in the midst of an answer', async () => {
    const directory = await emptyDataDirectory();
    const owner = await acquireOwnership(directory);
    owner.serve((_, response) => {
      response.write('half');
      response.destroy();
    });
    const connection = await connectOwner(directory);
    await assert.rejects(
      async () => connection?.request('GET', '/'),
      (error) => isGatewayError(error, 'store_unavailable'),
    );
    await owner.release();
  });

  it('releases although somebody keeps a connection open', async () => {
    const directory = await emptyDataDirectory();
    const owner = await acquireOwnership(directory);
    const socket = connect(newestOwner(ownerFolder(directory))?.record?.socket ?? '');
    await once(socket, 'connect');
    const closed = once(socket, 'close');
    socket.on('error', () => undefined);
    await owner.release();
    await closed;
    assert.match(readFileSync(join(ownerFolder(directory), 'owner.1.json'), 'utf8'), /"released":true/);
  });
});
