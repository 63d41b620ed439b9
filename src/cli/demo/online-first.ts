import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { createRealtime, type RealtimeMessage, type SocketConstructor } from '../../../sdk/client/src/index.js';
import type { LedgerLine } from './audit.js';
import { columns, seconds } from './face.js';
import { DemoFailure } from './failure.js';
import type { Stage } from './first-message.js';
import { createTunnel, type Tunnel } from './page/tunnel.js';
import type { Desk } from './site/desk.js';
import { GUEST, type Guest } from './site/guests.js';

const ACK_TIMEOUT_SECONDS = 3;
const WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 20;

export interface OnlineStage extends Stage {
  readonly guests: readonly Guest[];
  readonly desk: Desk;
}

/** A device of the guest with its own connection, by the client that any app would use. */
interface Connected extends Guest {
  readonly tunnel: Tunnel;
  readonly arrived: Map<string, { readonly at: number; readonly message: RealtimeMessage }>;
  close(): void;
}

/**
 * Two devices that are connected get a message in milliseconds, and no vendor is called; then one falls silent, and its
 * vendor is called after the ack timeout. The person sees each message once on each device.
 *
 * @throws DemoFailure when it is not so
 */
export async function showOnlineFirst(stage: OnlineStage): Promise<void> {
  const { face, guests } = stage;
  face.title('3  Online first: the vendor only for those who do not answer');
  const devices = await Promise.all(guests.map((guest) => connect(stage, guest)));
  try {
    for (const line of columns(
      devices.map(({ id, vendor }) => [GUEST, id, `connected to the gateway; else ${vendor}`]),
    )) {
      face.say(`  ${line}`);
    }
    face.say();
    await sendToConnected(stage, devices);
    const [phone, ...others] = devices;
    if (phone === undefined) throw new DemoFailure('there is no phone to lose');
    face.say();
    face.say('  The phone goes into a tunnel: its connection stays open, and nothing passes.');
    face.say();
    await sendToSilent(stage, phone, others);
  } finally {
    for (const device of devices) device.close();
  }
}

async function sendToConnected(stage: OnlineStage, devices: readonly Connected[]): Promise<void> {
  const { message, say, startedAt } = await send(stage, 'Do you see this at once?');
  const there: { readonly id: string; readonly at: number }[] = [];
  for (const { id, arrived } of devices) {
    there.push({ id, ...(await until(stage, () => arrived.get(message), `${id} got nothing`)) });
  }
  for (const { id, at } of there.sort((a, b) => a.at - b.at)) {
    say(at - startedAt, id, 'realtime', 'there, and dealt with by the app', 'green');
  }
  await completion(stage, message);
  const calls = await callsFor(stage, message);
  if (calls.length > 0) throw new DemoFailure(`a vendor was called for devices that had the message: ${calls.length}`);
  say(Date.now() - startedAt, '(gateway)', 'completed', 'no vendor was called: the ledger has no line', 'green');
}

async function sendToSilent(stage: OnlineStage, phone: Connected, others: readonly Connected[]): Promise<void> {
  phone.tunnel.enter();
  const { message, say, startedAt } = await send(stage, 'And now?');
  for (const device of others) {
    const { at } = await until(stage, () => device.arrived.get(message), `${device.id} got nothing`);
    say(at - startedAt, device.id, 'realtime', 'there, and dealt with by the app', 'green');
  }
  const call = await until(
    stage,
    async () => (await callsFor(stage, message)).find(({ token }) => token === phone.address),
    `${phone.vendor} was not called for ${phone.id}`,
  );
  const waitedMs = call.at - startedAt;
  say(
    waitedMs,
    phone.id,
    `${phone.vendor} ${call.status}`,
    `no word for ${ACK_TIMEOUT_SECONDS} s, so the vendor shows it`,
    'yellow',
  );
  phone.tunnel.leave();
  const { at, message: late } = await until(stage, () => phone.arrived.get(message), `${phone.id} never came back`);
  say(
    at - startedAt,
    phone.id,
    'realtime',
    late.show ? 'shown AGAIN' : 'out of the tunnel: data only, not shown again',
    'green',
  );
  await completion(stage, message);

  const calls = await callsFor(stage, message);
  if (waitedMs < ACK_TIMEOUT_SECONDS * 1_000)
    throw new DemoFailure(`${phone.vendor} was called after ${waitedMs} ms already`);
  if (late.show) throw new DemoFailure(`${phone.id} would show the message twice`);
  if (calls.length !== 1) throw new DemoFailure(`there should be one call to a vendor; the ledger has ${calls.length}`);
  stage.face.say();
  stage.face.say(`  Shown once on each device. The simulator's ledger: 1 call, to ${phone.vendor}.`);
}

async function connect({ url, desk, signal }: OnlineStage, guest: Guest): Promise<Connected> {
  // Of the package's many overloads this is the one that every platform has.
  const tunnel = createTunnel(WebSocket as unknown as SocketConstructor);
  const realtime = createRealtime({
    url,
    token: async () => (await desk.token({ device: guest.id })).token,
    transports: ['websocket'],
    webSocket: tunnel.webSocket,
  });
  const arrived: Connected['arrived'] = new Map();
  realtime.on('message', (message) => void arrived.set(message.id, { at: Date.now(), message }));
  realtime.connect();
  await until(
    { signal },
    () => realtime.state.kind === 'online' || undefined,
    () => `${guest.id} could not connect: ${JSON.stringify(realtime.state)}`,
  );
  return { ...guest, tunnel, arrived, close: () => realtime.close() };
}

async function send({ face, desk }: OnlineStage, title: string) {
  const startedAt = Date.now();
  const { id } = await desk.send({ title, body: '', route: 'default', ack_timeout_seconds: ACK_TIMEOUT_SECONDS });
  const say = (ms: number, who: string, what: string, meaning: string, look: 'green' | 'yellow') =>
    face.say(`  ${`+${seconds(ms)}`.padStart(9)}  ${who.padEnd(13)}  ${face.paint(look, what.padEnd(11))}  ${meaning}`);
  say(Date.now() - startedAt, '(gateway)', '202', `${id}: “${title}”`, 'green');
  return { message: id, say, startedAt };
}

async function callsFor({ simulator }: Stage, message: string): Promise<readonly LedgerLine[]> {
  return (await simulator.ledger()).filter((line) => line.message === message);
}

async function completion(stage: Stage, message: string): Promise<void> {
  const { gateway, signal } = stage;
  const isDone = async () =>
    (await gateway.messages.get(message, { signal })).status === 'completed' ? true : undefined;
  await until(stage, isDone, `the message ${message} did not complete`);
}

/** Looks until there is something. @throws DemoFailure with the sentence when there is nothing in time */
async function until<T>(
  { signal }: Pick<Stage, 'signal'>,
  look: () => T | undefined | Promise<T | undefined>,
  failure: string | (() => string),
): Promise<T> {
  const deadline = Date.now() + WITHIN_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new DemoFailure(typeof failure === 'string' ? failure : failure());
    await wait(LOOK_EVERY_MS, undefined, { signal });
  }
}
