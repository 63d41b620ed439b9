/** A way to a TCP server that a test can close and open again, as if the machine at its end were gone. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface TcpSwitch {
  readonly port: number;
  /** Cuts what is connected, and whoever connects from now on. */
  off(): void;
  on(): void;
  close(): Promise<void>;
}

export async function openTcpSwitch(port: number): Promise<TcpSwitch> {
  const sockets = new Set<Socket>();
  let isOn = true;
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((near) => {
    if (!isOn) {
      near.destroy();
      return;
    }
    const far = connect(port, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    off() {
      isOn = false;
      cut();
    },
    on() {
      isOn = true;
    },
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
