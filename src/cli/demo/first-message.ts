import { setTimeout as wait } from 'node:timers/promises';
import type { Pealbell } from '../../../sdk/server/src/index.js';
import { audit } from './audit.js';
import { type Cast, CUSTOMERS, castWith, RETRY_AFTER_SECONDS } from './cast.js';
import { columns, type Face, seconds } from './face.js';
import { DemoFailure } from './failure.js';
import type { SimulatorClient } from './simulator-client.js';
import { createTimeline, type DeliveryState, hasLeft, isSettled, type TimelineEntry } from './timeline.js';

const SETTLED_WITHIN_MS = 30_000;
/** Retiring follows the delivery's end within a moment. */
const RETIRED_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 40;

const BODY = {
  to: { users: CUSTOMERS },
  notification: { title: 'Order 8812 shipped', body: 'It is on its way.' },
};

export interface Stage {
  readonly face: Face;
  readonly gateway: Pealbell;
  /** Where the gateway is. */
  readonly url: string;
  readonly simulator: SimulatorClient;
  readonly signal: AbortSignal;
}

/** What a person pastes to send; the key comes from `.demo/env`. */
export function curlFor(url: string, body: unknown, lineBreak = ' \\\n    '): string {
  return [
    `curl ${url}/v1/messages`,
    `-H "Authorization: Bearer $PEALBELL_KEY" -H 'Content-Type: application/json'`,
    `-d '${JSON.stringify(body)}'`,
  ].join(lineBreak);
}

/**
 * One message to five people with fourteen devices on nine roads, told as it happens.
 *
 * @param keptFor how long a retired address can be restored, in words
 * @throws DemoFailure when a device does not end as it must, or the ledger tells another story than the API
 */
export async function showFirstMessage(stage: Stage, keptFor: string): Promise<void> {
  const { face, gateway, simulator, signal } = stage;
  face.title('1  One message, five customers, fourteen devices, nine roads');
  const cast = castWith(await simulator.subscribe());
  for (const { id, device, fault } of cast) {
    if (fault !== undefined) await simulator.plan(fault);
    await gateway.devices.put(id, device, { signal });
  }
  for (const line of columns(cast.map(({ id, device, road, trait }) => [device.user, id, road, trait]))) {
    face.say(`  ${line}`);
  }
  face.say();
  face.say(indent(face.paint('cyan', `$ ${curlFor(stage.url, BODY)}`)));
  face.say();

  const startedAt = Date.now();
  const { id } = await gateway.messages.send(BODY, { signal });
  const answered: TimelineEntry = {
    ...{ device: GATEWAY, at: Date.now(), tookMs: Date.now() - startedAt, answer: '202' },
    ...{ meaning: `${id} is stored, on its way`, kind: 'good', isDead: false, isAccepted: false },
  };
  const deliveries = await follow({ ...stage, cast, message: id, keptFor }, answered, startedAt);
  await judge(stage, cast, id, deliveries, Date.now() - startedAt);
}

const GATEWAY = '(gateway)';
const DEVICE_WIDTH = GATEWAY.length;
const ANSWER_WIDTH = '429 TooManyRequests'.length;

/** A message on its way, and whom it is for. */
interface Journey extends Stage {
  readonly cast: readonly Cast[];
  readonly message: string;
  readonly keptFor: string;
}

/** Tells what happens to a message, from the answer to its call on, until it is settled everywhere. */
async function follow(journey: Journey, answered: TimelineEntry, startedAt: number): Promise<readonly DeliveryState[]> {
  const news = createTimeline();
  const deadline = startedAt + SETTLED_WITHIN_MS;
  // A device may well have it before the answer to the call is back.
  let before = [answered];
  for (;;) {
    const { gateway, message, signal, cast } = journey;
    const deliveries = await gateway.messages.deliveries(message, { signal }).take(cast.length);
    const entries = [...before, ...news(deliveries)].sort((a, b) => a.at - b.at);
    before = [];
    for (const entry of entries) {
      tell(journey.face, await completed(journey, entry), startedAt);
    }
    const open = deliveries.filter((delivery) => !isSettled(delivery));
    if (open.length === 0 && deliveries.length > 0) return deliveries;
    if (Date.now() > deadline) {
      const names = open.map(({ device }) => device).join(', ');
      throw new DemoFailure(`after ${SETTLED_WITHIN_MS / 1_000} s these devices are not settled: ${names}`);
    }
    await wait(LOOK_EVERY_MS, undefined, { signal: journey.signal });
  }
}

/** Adds what others than the gateway must say: what the vendor answered, what a browser read. */
async function completed(journey: Journey, entry: TimelineEntry): Promise<TimelineEntry> {
  if (entry.isDead) return { ...entry, meaning: await retirement(journey, entry.device, journey.keptFor) };
  if (!entry.isAccepted) return entry;
  const address = journey.cast.find(({ id }) => id === entry.device)?.address;
  const line = (await journey.simulator.ledger()).find(
    ({ token, accepted, message }) => token === address && accepted && message === journey.message,
  );
  if (line === undefined)
    throw new DemoFailure(`the gateway says that ${entry.device} was reached; the ledger does not`);
  const read = line.provider === 'webpush' ? `, simulator decrypted: ${line.title}` : '';
  return { ...entry, answer: String(line.status), meaning: `${entry.meaning}${read}` };
}

/** Asks the device, so that nothing is claimed which the gateway did not do. */
async function retirement(stage: Stage, device: string, keptFor: string): Promise<string> {
  const deadline = Date.now() + RETIRED_WITHIN_MS;
  while ((await stage.gateway.devices.get(device, { signal: stage.signal })).retired.length === 0) {
    if (Date.now() > deadline) throw new DemoFailure(`the dead address of ${device} was not retired`);
    await wait(LOOK_EVERY_MS, undefined, { signal: stage.signal });
  }
  return `→ address retired, restorable ${keptFor}`;
}

function tell(face: Face, entry: TimelineEntry, startedAt: number): void {
  const look = { good: 'green', wait: 'yellow', bad: 'red' } as const;
  const answer = face.paint(look[entry.kind], entry.answer.padEnd(ANSWER_WIDTH));
  const took = entry.tookMs === undefined ? '' : face.paint('dim', `  (${entry.tookMs} ms)`);
  face.say(
    `  ${moment(entry.at - startedAt)}  ${entry.device.padEnd(DEVICE_WIDTH)}  ${answer}  ${entry.meaning}${took}`,
  );
}

/** The API's word and the ledger's, held against what must come out. */
async function judge(
  stage: Stage,
  cast: readonly Cast[],
  message: string,
  deliveries: readonly DeliveryState[],
  tookMs: number,
): Promise<void> {
  for (const { id, end } of cast) {
    const delivery = deliveries.find(({ device }) => device === id);
    const state = delivery === undefined ? 'absent' : hasLeft(delivery) ? 'sent' : delivery.state;
    if (state !== end) throw new DemoFailure(`${id} should have ended as ${end}, but the gateway says ${state}`);
  }
  const lines = (await stage.simulator.ledger()).filter((line) => line.message === message);
  const reachable = cast.filter(({ end }) => end === 'sent');
  const { arrived, lost, repeated } = audit(
    lines,
    message,
    reachable.map(({ address }) => address),
  );
  if (lost.length > 0)
    throw new DemoFailure(`the simulator never accepted ${lost.length} of ${reachable.length} devices`);
  for (const { id, address, fault } of cast) {
    if (fault?.status !== 429) continue;
    const [first, second] = lines.filter((line) => line.token === address);
    const waitedMs = (second?.at ?? 0) - (first?.at ?? 0);
    if (waitedMs < RETRY_AFTER_SECONDS * 1_000)
      throw new DemoFailure(`${id} was tried again after ${waitedMs} ms, before Retry-After was over`);
  }
  stage.face.say();
  stage.face.say(
    `  Settled in ${seconds(tookMs)}. The simulator's ledger: arrived ${arrived} of ${reachable.length}, lost ${lost.length}, repeated ${repeated}.`,
  );
}

function moment(ms: number): string {
  return `+${seconds(ms)}`.padStart(9);
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}
