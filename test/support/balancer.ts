import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Leads each connection to one of several places, in turn, as balancers of connections do: it does not look into them. */
export interface Balancer {
  readonly url: string;
  /** Addresses that connections are led to from now on; those that are open stay where they are. */
  lead(urls: readonly string[]): void;
  close(): Promise<void>;
}

export async function startBalancer(): Promise<Balancer> {
  let places: readonly URL[] = [];
  let turn = 0;
  const open = new Set<Socket>();

  /** A place that does not answer is passed over; where none does, the caller is cut off. */
  function join(caller: Socket, tries: number): void {
    const place = places[turn++ % Math.max(places.length, 1)];
    if (place === undefined || tries >= places.length) {
      caller.destroy();
      return;
    }
    const there = connect(Number(place.port), place.hostname);
    there.once('error', () => join(caller, tries + 1));
    there.once('connect', () => {
      there.removeAllListeners('error');
      for (const [one, other] of [
        [caller, there],
        [there, caller],
      ] as const) {
        open.add(one);
        one.on('error', () => other.destroy());
        one.once('close', () => {
          open.delete(one);
          other.destroy();
        });
      }
      caller.pipe(there);
      there.pipe(caller);
    });
  }

  const server: Server = createServer({ allowHalfOpen: true }, (caller) => join(caller, 0));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    lead(urls) {
      places = urls.map((url) => new URL(url));
    },
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
