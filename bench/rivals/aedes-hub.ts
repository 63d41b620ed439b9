/** aedes, an MQTT broker for Node: QoS 1, persistence in memory; publishes from inside, as an application beside it would. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Aedes } from 'aedes';
import { bodyOf, nowMs } from '../harness/live/fleet.js';
import { type HubAnswer, type HubOrder, type HubReady, type HubSetup, paced, rssMb } from '../harness/live/hub.js';
import { serveRival } from '../harness/rival.js';

serveRival<HubSetup, HubOrder, HubAnswer, HubReady>(async ({ clients }) => {
  const broker = await Aedes.createBroker();
  const server = createServer(broker.handle);
  server.listen(0, '127.0.0.1', 4_096);
  await once(server, 'listening');
  const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const publish = (topic: string, payload: string) =>
    broker.publish({ cmd: 'publish', topic, payload, qos: 1, retain: false, dup: false }, () => {});
  return { ready: { url }, answer };

  async function answer(order: HubOrder): Promise<HubAnswer> {
    let sent = 0;
    switch (order.kind) {
      case 'broadcast':
        await paced(1_000 / order.everyMs, order.times, (n, at) => {
          publish('all', bodyOf(order.from + n, at));
          sent += broker.connectedClients;
        });
        break;
      case 'unicast':
        await paced(order.perSecond, order.perSecond * order.seconds, (n, at) => {
          publish(`d/${n % clients}`, bodyOf(order.from + n, at));
          sent += 1;
        });
        break;
      case 'each':
        for (let n = 0; n < order.each; n++) {
          for (let client = 0; client < clients; client++) {
            publish(`d/${client}`, bodyOf(order.from + n, nowMs()));
            sent += 1;
          }
          await new Promise((resolve) => setImmediate(resolve));
        }
        break;
      case 'memory':
        break;
      default:
        order satisfies never;
    }
    return { sent, rssMb: rssMb() };
  }
});
