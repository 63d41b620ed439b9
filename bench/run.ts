/** `npm run bench -- W1 W3 [options]`: runs workloads in turn, prints each one's table and exact account. */
import { runBulk } from './harness/bulk.js';
import { type BenchOptions, readOptions, USAGE } from './harness/options.js';
import { printReport, type Report, writeReport } from './harness/report.js';
import { w1ApnsBulk, w2ApnsBare } from './w1-apns-bulk.js';
import { w3FcmBulk } from './w3-fcm-bulk.js';
import { w4WebPushCrypto } from './w4-web-push-crypto.js';
import { w7RestAccept } from './w7-rest-accept.js';
import { w8QueueCost } from './w8-queue-cost.js';
import { w9OnlineBroadcast, w19OtherTransports } from './w9-online-broadcast.js';
import { w10AckedUnicast } from './w10-acked-unicast.js';
import { w11IdleConnections } from './w11-idle-connections.js';
import { w12ReconnectStorm } from './w12-reconnect-storm.js';
import { w13OfflineMailbox } from './w13-offline-mailbox.js';
import { w14NodeHop } from './w14-node-hop.js';
import { w15Isolation } from './w15-isolation.js';
import { w17Growth } from './w17-growth.js';
import { w20Webhooks } from './w20-webhooks.js';
import { w21VendorBatches } from './w21-vendor-batches.js';
import { w22Feed } from './w22-feed.js';

const WORKLOADS: Readonly<Record<string, (options: BenchOptions) => Promise<Report>>> = {
  W1: (options) => runBulk(w1ApnsBulk, options),
  W2: (options) => runBulk(w2ApnsBare, options),
  W3: (options) => runBulk(w3FcmBulk, options),
  W4: w4WebPushCrypto,
  W7: w7RestAccept,
  W8: w8QueueCost,
  W9: w9OnlineBroadcast,
  W10: w10AckedUnicast,
  W11: w11IdleConnections,
  W12: w12ReconnectStorm,
  W13: w13OfflineMailbox,
  W14: w14NodeHop,
  W15: w15Isolation,
  W17: w17Growth,
  W19: w19OtherTransports,
  W20: w20Webhooks,
  W21: w21VendorBatches,
  W22: w22Feed,
};

/** Those that `--backend` is for. */
const ON_SERVERS: readonly string[] = ['W1', 'W2', 'W3', 'W7', 'W8', 'W15', 'W22'];

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  let options: BenchOptions;
  try {
    options = readOptions(argv);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    return 2;
  }
  const names = options.workloads.includes('ALL') ? Object.keys(WORKLOADS) : options.workloads;
  const unknown = names.filter((name) => !Object.hasOwn(WORKLOADS, name));
  if (names.length === 0 || unknown.length > 0) {
    const what = unknown.length > 0 ? `there is no workload ${unknown.join(', ')}` : 'name a workload';
    process.stderr.write(`${what}: ${Object.keys(WORKLOADS).join(', ')}, or all\n\n${USAGE}`);
    return 2;
  }
  const fixed = options.backend === 'embedded' ? [] : names.filter((name) => !ON_SERVERS.includes(name));
  if (fixed.length > 0) {
    process.stderr.write(`${fixed.join(', ')} takes no --backend; ${ON_SERVERS.join(', ')} do\n\n${USAGE}`);
    return 2;
  }
  let holds = true;
  for (const name of names) {
    const report = await WORKLOADS[name]?.(options);
    if (report === undefined) continue;
    printReport(report, process.stdout);
    if (options.write) await writeReport(report, commandOf(name, argv));
    holds &&= report.account !== 'broken';
  }
  return holds ? 0 : 1;
}

/** The line that repeats one workload as it was asked for. */
function commandOf(name: string, argv: readonly string[]): string {
  const first = argv.findIndex((word) => word.startsWith('--'));
  const flags = first === -1 ? [] : argv.slice(first).filter((word) => word !== '--write');
  return ['npm run bench --', name, ...flags].join(' ');
}
