import { divideCores, machine } from './harness/cores.js';
import { aedes, socketIoHub, wsAlone } from './harness/live/contestants.js';
import { pealbellGateway } from './harness/live/pealbell.js';
import type { BenchOptions } from './harness/options.js';
import { figure, type Report } from './harness/report.js';

const CLIENTS = 10_000;
const IDLE_SECONDS = 30;

/** W11, idle connections: what ten thousand of them cost while nothing is sent. */
export async function w11IdleConnections(options: BenchOptions): Promise<Report> {
  const cores = divideCores();
  const clients = options.connections ?? CLIENTS;
  const seconds = options.seconds ?? IDLE_SECONDS;
  const rows: (readonly string[])[] = [];
  for (const contest of [pealbellGateway, wsAlone, socketIoHub, aedes]) {
    const { process: measured, fleet, ask, stop } = await contest.open(clients, cores);
    try {
      // Whatever is made once, for the first clients, is not a connection's cost.
      await fleet.connect([0, 1, 2, 3]);
      const before = (await ask({ kind: 'memory' })).rssMb;
      const cpuAtStart = measured.cpuMicros();
      const startedAt = performance.now();
      await fleet.connect();
      const connectSeconds = (performance.now() - startedAt) / 1_000;
      const connectMicros = (measured.cpuMicros() - cpuAtStart) / clients;
      const after = (await ask({ kind: 'memory' })).rssMb;
      const cpuBefore = measured.cpuMicros();
      await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
      const idleMicros = (measured.cpuMicros() - cpuBefore) / seconds / clients;
      const perConnection = ((after - before) * 1024) / clients;
      rows.push([
        contest.who,
        perConnection.toFixed(1),
        idleMicros.toFixed(2),
        figure(connectMicros),
        figure(clients / connectSeconds),
        figure(after),
      ]);
    } finally {
      await stop();
    }
  }
  return {
    workload: 'W11',
    conditions: [
      `${figure(clients)} WebSocket connections (aedes: TCP), nothing sent for ${seconds} s, each contender's own heartbeat; one run each.`,
      `${cores.sentence}; ${machine()}.`,
    ],
    columns: [
      ...['', 'RSS KB per connection', 'CPU-µs per connection and second', 'CPU-µs to connect'],
      ...['connected per second', 'RSS MB'],
    ],
    rows,
    notes: ['RSS is what the process holds after a full collection; the kernel keeps some 4 KB a socket beside it.'],
    account: 'none',
  };
}
