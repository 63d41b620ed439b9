import { divideCores, machine } from './harness/cores.js';
import { aedesKeeping, socketIoRecovering } from './harness/live/contestants.js';
import { pealbellGateway } from './harness/live/pealbell.js';
import type { BenchOptions } from './harness/options.js';
import { figure, type Report } from './harness/report.js';
import { isExact } from './harness/run.js';

const CLIENTS = 10_000;
const MISSED = 5;
const SETTLE_MS = 120_000;

/**
 * W12, reconnect storm: half of the connections are cut at once, each of all clients is sent five messages, and those that
 * were cut come back together, as fast as the server takes them.
 */
export async function w12ReconnectStorm(options: BenchOptions): Promise<Report> {
  const cores = divideCores();
  const clients = options.connections ?? CLIENTS;
  const cut = Array.from({ length: Math.floor(clients / 2) }, (_, n) => n * 2);
  const rows: (readonly string[])[] = [];
  let holds = true;
  for (const contest of [pealbellGateway, socketIoRecovering, aedesKeeping]) {
    const { process: measured, fleet, ask, stop } = await contest.open(clients, cores);
    try {
      await fleet.connect();
      // One for everybody first: a client that never heard anything has nothing to resume from.
      await ask({ kind: 'each', from: 0, each: 1 });
      await fleet.untilCame(clients, SETTLE_MS);
      fleet.read();
      fleet.cut(cut);
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      const { sent } = await ask({ kind: 'each', from: 1, each: MISSED });
      await fleet.untilCame((clients - cut.length) * MISSED, SETTLE_MS);
      const already = fleet.read();
      const cpuBefore = measured.cpuMicros();
      const startedAt = performance.now();
      await fleet.connect(cut);
      const backMs = performance.now() - startedAt;
      await fleet.untilCame(Math.ceil(cut.length * MISSED * 0.99), SETTLE_MS);
      const caughtUpMs = performance.now() - startedAt;
      await fleet.untilCame(cut.length * MISSED, 5_000);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const cpuMicros = (measured.cpuMicros() - cpuBefore) / cut.length;
      const missed = fleet.read();
      const duplicates = already.duplicates + missed.duplicates;
      const received = already.arrivals + missed.arrivals - duplicates;
      const account = { sent, received, failed: 0, duplicates };
      if (contest === pealbellGateway) holds = isExact(account);
      rows.push([
        contest.who,
        ...[backMs, caughtUpMs, cpuMicros, measured.peakMb(), sent, received, duplicates, sent - received].map(figure),
      ]);
    } finally {
      await stop();
    }
  }
  return {
    workload: 'W12',
    conditions: [
      `${figure(cut.length)} of ${figure(clients)} connections cut at once; ${MISSED} messages to every client meanwhile; one run each.`,
      `${cores.sentence}; ${machine()}.`,
    ],
    columns: [
      ...['', 'all back ms', '99 % caught up ms', 'CPU-µs per client back', 'peak RSS MB'],
      ...['sent', 'received', 'duplicates', 'lost'],
    ],
    rows,
    notes: ['The account is asked of Pealbell; what the others lose or double stands in their rows.'],
    account: holds ? 'holds' : 'broken',
  };
}
