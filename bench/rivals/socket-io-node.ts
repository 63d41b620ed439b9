/** One of several Socket.IO servers that a Redis adapter joins; a device is a client in a room of its name. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdapter, createShardedAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';
import { countHeard } from '../harness/count-heard.js';
import { bodyOf, nowMs } from '../harness/live/fleet.js';
import { paced } from '../harness/live/hub.js';
import {
  createNodeNotes,
  NOTHING,
  type NodeAnswer,
  type NodeOrder,
  type NodeReady,
  type NodeSetup,
} from '../harness/node-order.js';
import { serveRival } from '../harness/rival.js';

/** `sharded`: the adapter for Redis 7, told to have a channel for each room. */
interface Setup extends NodeSetup {
  readonly sharded: boolean;
}

serveRival<Setup, NodeOrder, NodeAnswer, NodeReady>(async ({ redisUrl, sharded }) => {
  const notes = createNodeNotes(nowMs, countHeard());
  const publishing = new Redis(redisUrl);
  const listening = publishing.duplicate();
  // The sharded adapter subscribes at once, which a connection that is not ready does not survive.
  await Promise.all([once(publishing, 'ready'), once(listening, 'ready')]);
  const server = createServer();
  const io = new Server(server, {
    transports: ['websocket'],
    serveClient: false,
    adapter: sharded
      ? createShardedAdapter(publishing, listening, { subscriptionMode: 'dynamic-private' })
      : createAdapter(publishing, listening),
  });
  io.on('connection', (socket) => {
    socket.join(String(socket.handshake.auth.device));
    // Documented as being called for whatever is sent to the client, broadcasts of others too.
    socket.onAnyOutgoing((event, body: string) => {
      if (event === 'm') notes.note(body);
    });
    socket.emit('ready', '');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    ready: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    async answer(order) {
      if (order.kind === 'read') return notes.read();
      if (order.kind === 'hold') return NOTHING;
      await paced(order.perSecond, order.count, (n) => {
        const device = order.devices[n % order.devices.length] ?? '';
        io.to(device).emit('m', bodyOf(order.from + n, nowMs()));
      });
      return NOTHING;
    },
  };
});
