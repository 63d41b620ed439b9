/**
 * aedes, an MQTT broker for Node: QoS 1, a kept session for each device, its own persistence in memory. An application
 * beside the broker publishes to each device's topic; who comes back is served as the broker serves it (`emptyQueue` of
 * its CONNECT, and PUBACK), without a socket, as with the others.
 */
import type { Readable } from 'node:stream';
import { Aedes } from 'aedes';
import { deviceId } from '../harness/devices.js';
import { DRAIN_DEVICES, letterBody, type MailOrder, type MailTold, PUT_DEVICES, parts } from '../harness/mail-order.js';
import { serveRival } from '../harness/rival.js';

interface Session {
  readonly id: string;
}
interface Kept {
  /** The broker's number of the publication. */
  readonly brokerCounter: number;
  messageId?: number;
}
/** The part of a broker's persistence that a coming and going client uses; aedes declares it as `any`. */
interface Persistence {
  addSubscriptions(client: Session, subscriptions: readonly { topic: string; qos: 1 }[]): Promise<void>;
  outgoingStream(client: Session): Readable & AsyncIterable<Kept>;
  outgoingUpdate(client: Session, packet: Kept): Promise<void>;
  outgoingClearMessageId(client: Session, packet: Kept): Promise<unknown>;
}

serveRival<{ readonly devices: number }, MailOrder, MailTold>(async ({ devices }) => {
  const broker = await Aedes.createBroker();
  const { persistence } = broker as unknown as { readonly persistence: Persistence }; // see above
  // Their SUBSCRIBE, on connections that have ended since.
  for (let n = 0; n < devices; n += 1)
    await persistence.addSubscriptions(sessionOf(n), [{ topic: topicOf(n), qos: 1 }]);
  return {
    ready: {},
    async answer(order) {
      return order.kind === 'put' ? put(order.devices, order.letters) : drain(order.devices);
    },
  };

  function publish(topic: string, payload: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      broker.publish({ cmd: 'publish', topic, payload, qos: 1, retain: false, dup: false }, (error) =>
        error ? reject(error) : resolve(),
      );
    });
  }

  async function put(count: number, letters: number): Promise<MailTold> {
    const before = heapBytes();
    let arrivals = 0;
    for (let letter = 0; letter < letters; letter += 1) {
      const payload = Buffer.from(letterBody(letter));
      for (const some of parts(count, PUT_DEVICES)) {
        await Promise.all(some.map((n) => publish(topicOf(n), payload)));
        arrivals += some.length;
      }
    }
    return { arrivals, distinct: arrivals, bytes: heapBytes() - before };
  }

  async function drain(count: number): Promise<MailTold> {
    const seen = new Set<string>();
    let arrivals = 0;
    for (const some of parts(count, DRAIN_DEVICES)) {
      const came = await Promise.all(some.map((n) => comeBack(sessionOf(n))));
      for (const [at, packets] of came.entries()) {
        arrivals += packets.length;
        for (const { brokerCounter } of packets) seen.add(`${some[at]}|${brokerCounter}`);
      }
    }
    return { arrivals, distinct: seen.size, bytes: 0 };
  }

  /** Each is given a number before it would be written, and taken out when that is answered. */
  async function comeBack(session: Session): Promise<readonly Kept[]> {
    const packets: Kept[] = [];
    for await (const packet of persistence.outgoingStream(session)) {
      packet.messageId = packets.push(packet);
      await persistence.outgoingUpdate(session, packet);
    }
    for (const packet of packets) await persistence.outgoingClearMessageId(session, packet);
    return packets;
  }
});

function topicOf(n: number): string {
  return `d/${deviceId(n)}`;
}

function sessionOf(n: number): Session {
  return { id: deviceId(n) };
}

/** The payloads are outside of the heap; all devices of a letter share one. */
function heapBytes(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
