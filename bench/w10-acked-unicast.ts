import { divideCores, machine } from './harness/cores.js';
import { aedes, type Contest } from './harness/live/contestants.js';
import { pealbellGateway, pealbellRoad } from './harness/live/pealbell.js';
import type { BenchOptions } from './harness/options.js';
import { quantile } from './harness/quantiles.js';
import { figure, type Report } from './harness/report.js';
import { isExact } from './harness/run.js';

const CLIENTS = 10_000;
const SECONDS = 5;
/** Offered, each for some seconds, until one is too much. */
const RATES = [100, 500, 1_000, 2_000, 4_000, 8_000, 12_000, 16_000];
const P99_MAX_MS = 10;
const SETTLE_MS = 30_000;

/**
 * W10, acknowledged unicast: messages to one connected client each, in an open loop. What is asked is the highest rate
 * at which p99 stays within 10 ms; latencies count from when a message was meant to leave.
 */
export async function w10AckedUnicast(options: BenchOptions): Promise<Report> {
  const cores = divideCores();
  const clients = options.connections ?? CLIENTS;
  const seconds = options.seconds ?? SECONDS;
  const rows: (readonly string[])[] = [];
  let holds = true;
  for (const contest of [pealbellGateway, pealbellRoad, aedes] satisfies Contest[]) {
    const { process: measured, fleet, ask, vendorCalls, stop } = await contest.open(clients, cores);
    try {
      await fleet.connect();
      let from = 0;
      const offer = async (perSecond: number) => {
        const cpuBefore = measured.cpuMicros();
        const { sent } = await ask({ kind: 'unicast', from, perSecond, seconds });
        from += perSecond * seconds;
        await fleet.untilCame(sent, SETTLE_MS);
        await new Promise((resolve) => setTimeout(resolve, 500));
        const cpuMicros = (measured.cpuMicros() - cpuBefore) / Math.max(1, sent);
        return { perSecond, sent, cpuMicros, ...fleet.read() };
      };
      await offer(RATES[0] ?? 1);
      for (const rate of options.rate === undefined ? RATES : [options.rate]) {
        const { sent, cpuMicros, arrivals, duplicates, latencies } = await offer(rate);
        const p99 = quantile(latencies, 0.99);
        const account = { sent, received: arrivals - duplicates, failed: 0, duplicates };
        if (contest.who.startsWith('Pealbell')) holds &&= isExact(account);
        rows.push([
          contest.who,
          ...[rate, cpuMicros, quantile(latencies, 0.5), p99, sent, account.received, duplicates].map(figure),
          figure(sent - account.received),
          vendorCalls === undefined ? '' : figure(vendorCalls()),
        ]);
        // The first one is for the latencies of a gateway that has time.
        if (p99 > P99_MAX_MS && rate !== RATES[0]) break;
      }
    } finally {
      await stop();
    }
  }
  return {
    workload: 'W10',
    conditions: [
      `${figure(clients)} clients, 200 bytes to each in turn, acknowledged; rates offered for ${seconds} s until p99 passes ${P99_MAX_MS} ms.`,
      `${cores.sentence}; ${machine()}.`,
    ],
    columns: [
      '',
      'offered per second',
      'CPU-µs per message',
      'p50 ms',
      'p99 ms',
      'sent',
      'received',
      'duplicates',
      'lost',
      'vendor calls',
    ],
    rows,
    notes: [
      'Pealbell, whole: the API, the message and its delivery written down, over the default route: Apple when there is no answer. The connection road alone: mailbox, bus and connector over the embedded store. aedes keeps nothing on disk.',
    ],
    account: holds ? 'holds' : 'broken',
  };
}
