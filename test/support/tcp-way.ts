/** A way to a TCP server on which a test can do what networks do. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface TcpWay {
  readonly port: number;
  /** New connections lead there; those that are open are cut. */
  aim(port: number): void;
  /** From now on every piece arrives so many milliseconds late, in either direction. */
  delay(ms: number): void;
  /** What is said on connections that are open now is never heard again, and nobody is told that they are dead. */
  swallow(): void;
  close(): Promise<void>;
}

export async function openTcpWay(target: number): Promise<TcpWay> {
  const pairs = new Set<Pair>();
  let to = target;
  let delayMs = 0;

  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    const pair: Pair = { near, far, isDead: false };
    pairs.add(pair);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => undefined);
      one.on('data', (bytes: Buffer) => {
        if (pair.isDead) return;
        // Timers of one delay go off in the order in which they were set.
        if (delayMs === 0 && !other.writableEnded) other.write(bytes);
        else setTimeout(() => void (pair.isDead || other.destroyed || other.write(bytes)), delayMs);
      });
      one.on('close', () => {
        if (pair.isDead) return;
        pairs.delete(pair);
        other.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the way has no port');

  return {
    port: address.port,
    aim(port) {
      to = port;
      for (const { near, far } of pairs) {
        near.destroy();
        far.destroy();
      }
    },
    delay(ms) {
      delayMs = ms;
    },
    swallow() {
      for (const pair of pairs) pair.isDead = true;
    },
    async close() {
      server.close();
      for (const { near, far } of pairs) {
        near.destroy();
        far.destroy();
      }
      await once(server, 'close');
    },
  };
}

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  isDead: boolean;
}
