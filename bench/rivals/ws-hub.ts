/** `ws` alone: a loop over the clients. Nothing is kept, nothing is acknowledged. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { bodyOf } from '../harness/live/fleet.js';
import { type HubAnswer, type HubOrder, type HubReady, type HubSetup, paced, rssMb } from '../harness/live/hub.js';
import { serveRival } from '../harness/rival.js';

serveRival<HubSetup, HubOrder, HubAnswer, HubReady>(async () => {
  const server = createServer();
  const hub = new WebSocketServer({ server, perMessageDeflate: false });
  const clients: WebSocket[] = [];
  hub.on('connection', (client) => {
    clients.push(client);
    client.on('close', () => clients.splice(clients.indexOf(client), 1));
  });
  server.listen(0, '127.0.0.1', 4_096);
  await once(server, 'listening');
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { ready: { url }, answer: (order) => carryOut(order, clients) };
});

async function carryOut(order: HubOrder, clients: readonly WebSocket[]): Promise<HubAnswer> {
  let sent = 0;
  switch (order.kind) {
    case 'broadcast':
      await paced(1_000 / order.everyMs, order.times, (n, at) => {
        const body = bodyOf(order.from + n, at);
        for (const client of clients) client.send(body);
        sent += clients.length;
      });
      break;
    case 'unicast':
      await paced(order.perSecond, order.perSecond * order.seconds, (n, at) => {
        clients[n % clients.length]?.send(bodyOf(order.from + n, at));
        sent += 1;
      });
      break;
    case 'each':
      throw new Error('ws keeps nothing for those who are away');
    case 'memory':
      break;
    default:
      order satisfies never;
  }
  return { sent, rssMb: rssMb() };
}
