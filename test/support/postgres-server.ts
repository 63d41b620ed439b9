import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './free-port.js';
import { newestBinaries, unprivileged } from './postgres-program.js';

const run = promisify(execFile);
const START_TIMEOUT_MS = 20_000;

/** A server to test against, or the reason why there is none. */
export type TestServer =
  | { readonly kind: 'ready'; readonly url: string }
  | { readonly kind: 'absent'; readonly why: string };

let server: Promise<TestServer> | undefined;
let stop: (() => Promise<void>) | undefined;
let databases = 0;

/**
 * The Postgres server of this run: `POSTGRES_URL` when set (whose user may create databases), else a throw-away
 * one from Debian's binaries, durable as in production. Stopped at the end of the run.
 *
 * @throws when there is none although `REQUIRE_BACKENDS` (a comma-separated list) names `postgres`.
 */
export async function testServer(): Promise<TestServer> {
  server ??= find();
  const found = await server;
  if (found.kind === 'absent' && (process.env.REQUIRE_BACKENDS ?? '').split(',').includes('postgres')) {
    throw new Error(`REQUIRE_BACKENDS names postgres: ${found.why}`);
  }
  return found;
}

/** In a hook or a test: an own, empty database, or a pending test with its reason. */
export async function freshDatabase(context: Mocha.Context): Promise<string> {
  const found = await testServer();
  if (found.kind === 'absent') {
    const title = context.test?.title;
    if (context.test) context.test.title = `${title} (${found.why})`;
    return context.skip();
  }
  const name = `pealbell_test_${process.pid}_${++databases}`;
  const client = new pg.Client({ connectionString: found.url });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${name}`);
  } finally {
    await client.end();
  }
  const url = new URL(found.url);
  url.pathname = `/${name}`;
  return url.href;
}

async function find(): Promise<TestServer> {
  const given = process.env.POSTGRES_URL;
  if (given) return { kind: 'ready', url: given };
  const binaries = newestBinaries();
  if (binaries === undefined) return { kind: 'absent', why: 'no POSTGRES_URL and no Postgres binaries' };
  return { kind: 'ready', url: await start(binaries) };
}

async function start(binaries: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'pealbell-postgres-'));
  const data = join(directory, 'data');
  const as = await unprivileged(directory);
  await run(
    ...as(join(binaries, 'initdb'), ['-D', data, '-U', 'pealbell', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8']),
  );
  const port = await freePort();
  const settings = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    `unix_socket_directories=${directory}`,
    'max_connections=60',
  ];
  const [file, args] = as(join(binaries, 'postgres'), ['-D', data, ...settings.flatMap((setting) => ['-c', setting])]);
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  stop = async () => {
    // SIGINT: fast shutdown (PostgreSQL manual, 18.5). setpriv replaced itself by the server, so the pid is its own.
    child.kill('SIGINT');
    await ended;
    await rm(directory, { recursive: true, force: true });
  };
  // A test run that ends early must not leave a server behind.
  process.once('exit', () => child.kill('SIGQUIT'));
  await saysReady(child);
  return `postgres://pealbell@127.0.0.1:${port}/postgres`;
}

function saysReady(child: ChildProcessByStdio<null, null, Readable>): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`the Postgres server did not start: ${said}`)), START_TIMEOUT_MS);
    child.once('exit', () => reject(new Error(`the Postgres server ended: ${said}`)));
    // Read to the end: a full pipe would stop the server.
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4_000);
      if (!said.includes('ready to accept connections')) return;
      clearTimeout(timer);
      resolve();
    });
  });
}

after(async () => {
  server = undefined;
  await stop?.();
  stop = undefined;
});
