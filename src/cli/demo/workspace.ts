import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { connectOwner } from '../../compose.js';
import { DemoFailure } from './failure.js';

/** Under the working directory, made anew at each start. */
export const DEMO_DIR = '.demo';

/** Listens for as long as a demonstration lives: the kernel knows when it does not, even after SIGKILL. */
const LOCK = 'demo.sock';
const OURS = /^(?:config|env|demo\.sock|[a-z]+\.log)$/;
/** A gateway whose demonstration was killed puts its work down and ends by itself. */
const LEFTOVER_MS = 15_000;
const LOOK_EVERY_MS = 250;

/** The directory of one demonstration. */
export interface Workspace {
  /** For `--config`; absolute, so that the list of processes tells which demonstration one belongs to. */
  readonly config: string;
  /** For people, relative to the working directory. */
  readonly env: string;
  log(name: string): string;
  /** Lets the next demonstration in; the files stay for whoever wants to read them. */
  release(): Promise<void>;
}

/**
 * Takes `.demo`, and empties it.
 *
 * @throws DemoFailure when another demonstration runs there, or files lie there that no demonstration made
 */
export async function openWorkspace(): Promise<Workspace> {
  // Relative on purpose: a socket's path may have some 100 bytes (unix(7)), and the working directory may be deep.
  const lock = join(DEMO_DIR, LOCK);
  const config = resolve(DEMO_DIR, 'config');
  if (existsSync(DEMO_DIR)) {
    const foreign = (await readdir(DEMO_DIR)).filter((name) => !OURS.test(name));
    if (foreign.length > 0) {
      throw new DemoFailure(
        `${resolve(DEMO_DIR)} holds files that no demo made (${foreign.slice(0, 3).join(', ')}); move them away, because a demo empties that directory`,
      );
    }
    const owner = await askOwner(lock);
    if (owner !== undefined) throw inUse(owner);
    await awaitEnd(join(config, 'data'));
  }
  await mkdir(DEMO_DIR, { recursive: true, mode: 0o700 });
  await rm(lock, { force: true });
  const server = await hold(lock);
  try {
    for (const name of await readdir(DEMO_DIR)) {
      if (name !== LOCK) await rm(join(DEMO_DIR, name), { recursive: true, force: true });
    }
  } catch (error) {
    server.close();
    throw error;
  }
  return {
    config,
    env: join(DEMO_DIR, 'env'),
    log: (name) => join(DEMO_DIR, `${name}.log`),
    release: () => new Promise((done) => server.close(() => done())),
  };
}

/** Writes what a shell needs to go on; the key is a credential, so the file is for its owner only. */
export async function writeEnv(path: string, url: string, key: string): Promise<void> {
  await writeFile(path, `export PEALBELL_URL='${url}'\nexport PEALBELL_KEY='${key}'\n`, { mode: 0o600 });
}

/** What the demonstration behind the lock says of itself; undefined when there is none. */
function askOwner(lock: string): Promise<string | undefined> {
  return new Promise((done) => {
    let said = '';
    const socket = connect(lock);
    socket.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    socket.setTimeout(1_000, () => socket.destroy());
    let connected = false;
    socket.once('connect', () => {
      connected = true;
    });
    socket.once('error', () => undefined);
    socket.once('close', () => done(connected ? said : undefined));
  });
}

function hold(lock: string): Promise<Server> {
  return new Promise((done, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined).end(String(process.pid));
    });
    server.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? inUse('') : error));
    server.listen(lock, () => {
      // The work decides how long the process lives, not the lock.
      server.unref();
      done(server);
    });
  });
}

function inUse(pid: string): DemoFailure {
  const named = /^\d+$/.test(pid) ? ` (process ${pid})` : '';
  return new DemoFailure(
    `another demo runs in ${resolve(DEMO_DIR)}${named}; stop it with Ctrl-C, or start this one in another directory`,
  );
}

/** Waits until the gateway of a killed demonstration has closed its database. */
async function awaitEnd(dataDir: string): Promise<void> {
  const deadline = Date.now() + LEFTOVER_MS;
  for (;;) {
    const owner = await connectOwner(dataDir);
    if (owner === undefined) return;
    if (Date.now() > deadline) {
      throw new DemoFailure(`the gateway of an earlier demo (process ${owner.pid}) still runs in ${dataDir}; stop it`);
    }
    await wait(LOOK_EVERY_MS);
  }
}
