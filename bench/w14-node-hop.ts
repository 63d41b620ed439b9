import { setTimeout as pause } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { machine, shareCores } from './harness/cores.js';
import { type Datastore, startRedis } from './harness/datastores.js';
import { deviceId } from './harness/devices.js';
import { together } from './harness/measured-process.js';
import type { NodeAnswer, NodeOrder, NodeReady } from './harness/node-order.js';
import type { BenchOptions } from './harness/options.js';
import { quantile } from './harness/quantiles.js';
import { figure, type Report } from './harness/report.js';
import { type Rival, startRival } from './harness/rival.js';
import { isExact, lostOf } from './harness/run.js';

const SIZES = [1, 2, 4, 8];
const DEVICES = 56;
const PER_SECOND = 200;
const SECONDS = 5;
const WARM_UP = 200;
/** What was published has arrived by then. */
const SETTLE_MS = 500;
const CONNECT_MS = 20_000;

type Node = Rival<NodeOrder, NodeAnswer, NodeReady>;

interface Contest {
  readonly who: string;
  readonly file: string;
  readonly setup: object;
  readonly hasClients: boolean;
}

const CONTESTS: readonly Contest[] = [
  { who: 'Pealbell’s bus', file: 'bus-node', setup: {}, hasClients: false },
  { who: 'Socket.IO, Redis adapter', file: 'socket-io-node', setup: { sharded: false }, hasClients: true },
  {
    who: 'Socket.IO, sharded adapter, a channel a room',
    file: 'socket-io-node',
    setup: { sharded: true },
    hasClients: true,
  },
];

/**
 * W14, node hop: messages published on the first node to devices that the others hold, at growing numbers of nodes. What is
 * asked: how long until the other node has it, and how many nodes are troubled.
 */
export async function w14NodeHop(options: BenchOptions): Promise<Report> {
  const cores = shareCores();
  const perSecond = options.rate ?? PER_SECOND;
  const count = perSecond * (options.seconds ?? SECONDS);
  const rows: (readonly string[])[] = [];
  let holds = true;
  for (const contest of CONTESTS) {
    for (const size of options.sizes ?? SIZES) {
      const { account, cells } = await measure(contest, size, { perSecond, count });
      holds &&= !contest.who.startsWith('Pealbell') || isExact(account);
      rows.push([contest.who, figure(size), ...cells]);
    }
  }
  return {
    workload: 'W14',
    conditions: [
      `${figure(count)} messages of 200 bytes at ${perSecond} a second, published on one node to ${DEVICES} devices that the other nodes hold; one run each, Redis 7 on the same machine.`,
      `Time counts from the call that publishes to when the other node hands the message to the device; ${cores.sentence}; ${machine()}.`,
    ],
    columns: [
      ...['', 'nodes', 'CPU-µs per message, all nodes', 'Redis CPU-µs', 'p50 ms', 'p99 ms'],
      ...['other nodes that got anything, per message', 'messages out of Redis, per message'],
      ...['sent', 'received', 'duplicates', 'lost'],
    ],
    rows,
    notes: [
      'Nodes and messages are counted in each process, at its connections to Redis. Pealbell’s second message is the answer of the device, which whoever publishes waits for; Socket.IO knows of none.',
      'With one node the device is at the node that publishes: Socket.IO hands it over in memory, Pealbell by way of Redis all the same.',
      'No sockets of devices on Pealbell’s side; a client for each device on the other.',
    ],
    account: holds ? 'holds' : 'broken',
  };
}

async function measure(contest: Contest, size: number, load: { readonly perSecond: number; readonly count: number }) {
  const redis = await startRedis();
  const nodes: Node[] = [];
  const clients: Socket[] = [];
  try {
    for (let n = 0; n < size; n += 1) {
      const cores = { measured: [], sentence: '' };
      nodes.push(await startRival(contest.file, { redisUrl: redis.url, ...contest.setup }, cores));
    }
    const devices = Array.from({ length: DEVICES }, (_, n) => deviceId(n));
    // All on the others, in turn; on the one there is where there are no others.
    const holders = size === 1 ? nodes : nodes.slice(1);
    for (const [at, node] of holders.entries()) {
      const own = devices.filter((_, n) => n % holders.length === at);
      if (contest.hasClients) clients.push(...(await connectAll(node.ready.url, own)));
      else await node.ask({ kind: 'hold', devices: own });
    }
    const publish = (from: number, count: number) =>
      nodes[0]?.ask({ kind: 'publish', devices, from, count, perSecond: load.perSecond });
    await publish(0, WARM_UP);
    await pause(SETTLE_MS);
    await readAll(nodes);
    return await run(nodes, redis, load.count, () => publish(WARM_UP, load.count));
  } finally {
    for (const client of clients) client.disconnect();
    for (const node of nodes) await node.stop();
    await redis.close();
  }
}

async function run(
  nodes: readonly Node[],
  redis: Datastore,
  count: number,
  publish: () => Promise<unknown> | undefined,
) {
  const all = together(() => nodes.map((node) => node.process));
  const before = { nodes: all.cpuMicros(), redis: redis.cpuMicros() };
  await publish();
  await pause(SETTLE_MS);
  const cpu = { nodes: all.cpuMicros() - before.nodes, redis: redis.cpuMicros() - before.redis };
  const answers = await readAll(nodes);
  const bodies = answers.flatMap((answer) => answer.bodies);
  const latencies = answers.flatMap((answer) => answer.latencies);
  const received = new Set(bodies).size;
  const account = { sent: count, received, failed: 0, duplicates: bodies.length - received };
  const heard = answers.map((answer) => answer.heard);
  const out = heard.reduce((sum, each) => sum + each, 0);
  const others = out - (heard[0] ?? 0);
  return {
    account,
    cells: [
      ...[cpu.nodes / count, cpu.redis / count].map(figure),
      ...[quantile(latencies, 0.5), quantile(latencies, 0.99), others / count, out / count].map((n) => n.toFixed(2)),
      ...[account.sent, received, account.duplicates, lostOf(account)].map(figure),
    ],
  };
}

async function readAll(nodes: readonly Node[]): Promise<readonly NodeAnswer[]> {
  return Promise.all(nodes.map((node) => node.ask({ kind: 'read' })));
}

/** A handshake that fails is tried again by the client. @throws Error after {@link CONNECT_MS} */
async function connectAll(url: string, devices: readonly string[]): Promise<readonly Socket[]> {
  const sockets = devices.map((device) => io(url, { transports: ['websocket'], auth: { device }, forceNew: true }));
  let last: Error | undefined;
  const ready = sockets.map((socket) => {
    socket.on('connect_error', (error) => {
      last = error;
    });
    // Said once it is in its room.
    return new Promise<void>((resolve) => socket.once('ready', () => resolve()));
  });
  const late = new AbortController();
  const tooLate = pause(CONNECT_MS, undefined, { signal: late.signal }).then(() => {
    throw new Error(`clients did not connect to ${url}: ${last?.message}`);
  });
  try {
    await Promise.race([Promise.all(ready), tooLate]);
  } finally {
    late.abort();
    tooLate.catch(() => undefined);
  }
  return sockets;
}
