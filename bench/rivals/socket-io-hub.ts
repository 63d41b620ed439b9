/** Socket.IO over WebSocket alone, with connection state recovery in memory where the workload needs it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { bodyOf, nowMs } from '../harness/live/fleet.js';
import { type HubAnswer, type HubOrder, type HubReady, type HubSetup, paced, rssMb } from '../harness/live/hub.js';
import { serveRival } from '../harness/rival.js';

/** The documentation's own example. */
const RECOVERY_MS = 120_000;

interface Setup extends HubSetup {
  readonly recovery?: boolean;
}

serveRival<Setup, HubOrder, HubAnswer, HubReady>(async ({ clients, recovery = false }) => {
  const server = createServer();
  const io = new Server(server, {
    transports: ['websocket'],
    serveClient: false,
    ...(recovery ? { connectionStateRecovery: { maxDisconnectionDuration: RECOVERY_MS, skipMiddlewares: true } } : {}),
  });
  const sockets: { emit(event: string, body: string): unknown }[] = [];
  io.on('connection', (socket) => {
    // Documented for holding many idle clients: the request is not needed any more.
    delete (socket.conn as { request?: unknown }).request;
    sockets.push(socket);
    socket.on('disconnect', () => sockets.splice(sockets.indexOf(socket), 1));
  });
  server.listen(0, '127.0.0.1', 4_096);
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { ready: { url }, answer };

  async function answer(order: HubOrder): Promise<HubAnswer> {
    let sent = 0;
    switch (order.kind) {
      case 'broadcast':
        await paced(1_000 / order.everyMs, order.times, (n, at) => {
          io.emit('m', bodyOf(order.from + n, at));
          sent += sockets.length;
        });
        break;
      case 'unicast':
        await paced(order.perSecond, order.perSecond * order.seconds, (n, at) => {
          sockets[n % sockets.length]?.emit('m', bodyOf(order.from + n, at));
          sent += 1;
        });
        break;
      case 'each':
        // Only what is sent to rooms is kept for those who come back.
        for (let n = 0; n < order.each; n++) io.emit('m', bodyOf(order.from + n, nowMs()));
        sent = order.each * clients;
        break;
      case 'memory':
        break;
      default:
        order satisfies never;
    }
    return { sent, rssMb: rssMb() };
  }
});
