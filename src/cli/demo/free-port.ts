import { createServer } from 'node:net';
import { DemoFailure } from './failure.js';

const TRIES = 100;

/**
 * The first port from `from` on that is free on 127.0.0.1 and not among `taken`. Another program may take it a moment
 * later; whoever listens then says so.
 *
 * @throws DemoFailure when a hundred in a row are taken
 */
export async function freePort(from: number, taken: readonly number[] = []): Promise<number> {
  for (let port = from; port < from + TRIES; port++) {
    if (!taken.includes(port) && (await isFree(port))) return port;
  }
  throw new DemoFailure(`no port from ${from} to ${from + TRIES - 1} is free on 127.0.0.1`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
