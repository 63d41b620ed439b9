import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** One address in front of several: whoever is dead is passed over. */
export interface TcpBalancer {
  readonly port: number;
  close(): Promise<void>;
}

/** Hands connections to `ports` in turn; where nobody listens, to the next. A connection that breaks is broken on both sides. */
export async function openTcpBalancer(ports: readonly number[]): Promise<TcpBalancer> {
  const open = new Set<Socket>();
  let turn = 0;

  function join(client: Socket, tries: number): void {
    const port = ports[turn++ % ports.length] ?? 0;
    const server = connect(port, '127.0.0.1');
    server.once('connect', () => {
      open.add(server);
      server.removeAllListeners('error');
      for (const [one, other] of [
        [client, server],
        [server, client],
      ] as const) {
        one.on('error', () => other.destroy());
        one.on('close', () => {
          open.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
      client.resume();
    });
    server.once('error', () => {
      if (tries > 1 && !client.destroyed) join(client, tries - 1);
      else client.destroy();
    });
  }

  const balancer = createServer({ pauseOnConnect: true }, (client) => {
    open.add(client);
    client.on('error', () => client.destroy());
    join(client, ports.length);
  });
  balancer.listen(0, '127.0.0.1');
  await once(balancer, 'listening');
  const address = balancer.address();
  if (address === null || typeof address === 'string') throw new Error('the balancer has no port');
  return {
    port: address.port,
    async close() {
      for (const socket of open) socket.destroy();
      balancer.close();
      await once(balancer, 'close');
    },
  };
}
