import { createHash, randomUUID } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GatewayError } from '../../../domain/errors.js';
import { claimGeneration, markReleased, newestOwner, type OwnerRecord, removeOlder } from './owner-file.js';
import { isAlive, processStart } from './owner-liveness.js';

export interface Ownership {
  /** Different at every start; leases of other boots are void. */
  readonly bootId: string;
  /** Answers what commands of the same machine ask over the socket, from now on; 503 before and after. */
  serve(handler: RequestListener): void;
  /** Stops answering and lets the next starter in. Called last, when the database is closed. */
  release(): Promise<void>;
}

/** Inside the data directory; its mode 0700 is what keeps other users from the socket. */
const FOLDER = 'owner';
/** `sun_path` holds 108 bytes on Linux and 104 on BSD (unix(7), unix(4)), ending in NUL. */
const SOCKET_PATH_BYTES_MAX = 100;
const ATTEMPTS = 50;

/**
 * Makes this process the only one that opens the database of `directory` (created when missing). Two processes
 * on one PGlite directory lose acknowledged rows without a word.
 *
 * Of any number of processes that try at the same time, one wins. What a killed owner left is taken over.
 *
 * @throws GatewayError `store_locked`, naming the owner's pid and the directory.
 */
export async function acquireOwnership(directory: string): Promise<Ownership> {
  const folder = ownerFolder(directory);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const bootId = randomUUID();
  const server = new OwnerServer();
  const socket = socketPath(folder, bootId);
  let keep = false;
  try {
    // Listening comes before claiming: from the first moment that others can see the claim, its socket answers.
    await server.listen(socket);
    const start = processStart(process.pid);
    const record: OwnerRecord = {
      pid: process.pid,
      ...(start === undefined ? {} : { processStart: start }),
      bootId,
      startedAt: new Date().toISOString(),
      socket,
    };
    const generation = await claim(directory, folder, record);
    keep = true;
    return {
      bootId,
      serve: (handler) => server.serve(handler),
      async release() {
        if (server.closed) return;
        markReleased(folder, generation, record);
        await server.close();
        rmSync(socket, { force: true });
      },
    };
  } finally {
    if (!keep) {
      await server.close();
      rmSync(socket, { force: true });
    }
  }
}

/** The folder of owner file and socket. */
export function ownerFolder(directory: string): string {
  return join(directory, FOLDER);
}

async function claim(directory: string, folder: string, record: OwnerRecord): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const newest = newestOwner(folder);
    if (newest?.record && (await isAlive(newest.record))) throw locked(directory, newest.record);
    const generation = (newest?.generation ?? 0) + 1;
    if (!claimGeneration(folder, generation, record)) continue;
    removeOlder(folder, generation);
    // Its name is in a file that only this user can write.
    if (newest?.record) rmSync(newest.record.socket, { force: true });
    return generation;
  }
  throw new GatewayError('store_locked', `Too many processes start on ${directory} at once; try again.`);
}

function locked(directory: string, owner: OwnerRecord): GatewayError {
  return new GatewayError(
    'store_locked',
    `${directory} is open in process ${owner.pid} since ${owner.startedAt}. Stop that process, or set store.url to another directory; commands such as keys reach the running one by themselves.`,
  );
}

function socketPath(folder: string, bootId: string): string {
  const name = `${bootId.slice(0, 8)}.sock`;
  const inside = join(realpathSync(folder), name);
  if (Buffer.byteLength(inside) <= SOCKET_PATH_BYTES_MAX) return inside;
  const hash = createHash('sha256').update(realpathSync(folder)).digest('hex').slice(0, 16);
  const outside = join(tmpdir(), `pealbell-${hash}`);
  mkdirSync(outside, { recursive: true, mode: 0o700 });
  // Anybody may have made that name in a shared /tmp before us.
  const stat = lstatSync(outside);
  if (!stat.isDirectory() || stat.uid !== process.getuid?.() || (stat.mode & 0o077) !== 0) {
    throw new GatewayError('store_locked', `${outside} belongs to somebody else or is open to others; remove it.`);
  }
  return join(outside, name);
}

/** HTTP on the socket. Its existence is the lock; what it answers is the caller's. */
class OwnerServer {
  readonly #server: Server;
  #handler: RequestListener | undefined;
  #closing: Promise<void> | undefined;

  constructor() {
    this.#server = createServer((request, response) => {
      if (this.#handler) return this.#handler(request, response);
      request.resume();
      response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' });
      response.end(
        '{"code":"shutting_down","detail":"It has not finished starting, or is stopping; try again in a moment."}',
      );
    });
  }

  get closed(): boolean {
    return this.#closing !== undefined;
  }

  listen(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(path, () => {
        this.#server.off('error', reject);
        // An accept that fails (too many open files) must not end the process.
        this.#server.on('error', () => undefined);
        chmodSync(path, 0o600);
        resolve();
      });
    });
  }

  serve(handler: RequestListener): void {
    this.#handler = handler;
  }

  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#handler = undefined;
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
    return this.#closing;
  }
}
