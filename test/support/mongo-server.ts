import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mongo } from 'mongoose';
import { freePort } from './free-port.js';
import { findMongo, mongoAnswers } from './mongo-program.js';

/** To build FerretDB for the first time. */
const BUILD_TIMEOUT_MS = 600_000;

/** A MongoDB-compatible server of one test, on a port and in a directory of its own. */
export interface MongoServer {
  /** Ends with `/`: the name of a database goes behind it. */
  readonly url: string;
  /** Of the server's process while it runs. */
  readonly pid: number | undefined;
  /** Ends it as an operator would. */
  stop(): Promise<void>;
  /** SIGKILL: what it acknowledged is there again when it starts again. */
  kill(): Promise<void>;
  /** Starts it again on the same port with the same data. */
  start(): Promise<void>;
  /** SIGSTOP and SIGCONT. */
  suspend(): void;
  resume(): void;
  /** Ends it for good and removes its data. */
  close(): Promise<void>;
}

const running = new Set<MongoServer>();
let found: ReturnType<typeof findMongo> | undefined;
let shared: Promise<string> | undefined;
let databases = 0;

/**
 * In a hook or a test: the URL of an own, empty database on the server that all tests of this process share, or a
 * pending test with its reason. The server is the one of `MONGODB_URL` when set, else a `mongod` on the PATH, else
 * FerretDB (`test/support/ferretdb`), which is built first where it is not there yet.
 *
 * @throws when there is none although `REQUIRE_BACKENDS` (a comma-separated list) names `mongo`
 */
export async function freshMongo(context: Mocha.Context): Promise<string> {
  const given = process.env.MONGODB_URL;
  shared ??= given ? Promise.resolve(given) : startMongoServer(context).then((server) => server.url);
  const url = new URL(await shared);
  url.pathname = `/pealbell_test_${process.pid}_${++databases}`;
  if (given) madeThere.push(url.href);
  return url.href;
}

/** In a hook or a test: a server of its own that can be ended and stopped, or a pending test with its reason. */
export async function startMongoServer(context: Mocha.Context): Promise<MongoServer> {
  // A test that may take longer keeps its time.
  const given = context.timeout();
  if (given > 0 && given < BUILD_TIMEOUT_MS) context.timeout(BUILD_TIMEOUT_MS);
  found ??= findMongo();
  const program = await found;
  if (program.kind === 'absent') return missing(context, program.why);
  const data = await mkdtemp(join(tmpdir(), 'pealbell-mongo-'));
  const port = await freePort();
  const url = `mongodb://127.0.0.1:${port}/`;
  const [file, args] = program.command(data, port);
  let child: ChildProcess | undefined;

  async function end(signal: NodeJS.Signals): Promise<void> {
    const ending = child;
    child = undefined;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    const ended = once(ending, 'exit');
    ending.kill(signal);
    ending.kill('SIGCONT');
    await ended;
  }

  const server: MongoServer = {
    url,
    get pid() {
      return child?.pid;
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    async start() {
      // FerretDB ends with its standard input, and so with this process, however that ends.
      const started = spawn(file, args, { stdio: ['pipe', 'ignore', 'pipe'] });
      child = started;
      process.once('exit', () => started.kill('SIGKILL'));
      let said = '';
      started.stderr.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-4_000);
      });
      await mongoAnswers(url, () => (started.exitCode === null ? undefined : said));
    },
    suspend: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async close() {
      running.delete(server);
      await end('SIGKILL');
      await rm(data, { recursive: true, force: true });
    },
  };
  running.add(server);
  await server.start();
  return server;
}

function missing(context: Mocha.Context, why: string): never {
  if ((process.env.REQUIRE_BACKENDS ?? '').split(',').includes('mongo')) {
    throw new Error(`REQUIRE_BACKENDS names mongo: ${why}`);
  }
  if (context.test) context.test.title = `${context.test.title} (${why})`;
  return context.skip();
}

/** Databases on a server that stays when the tests have ended. */
const madeThere: string[] = [];

after(async () => {
  shared = undefined;
  for (const url of madeThere.splice(0)) {
    const client = new mongo.MongoClient(url);
    await client
      .db()
      .dropDatabase()
      .finally(() => client.close());
  }
  await Promise.all([...running].map((server) => server.close()));
});
