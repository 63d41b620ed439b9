/** `npm run bench -- W17 [options]`: runs one workload and prints its table and its exact account. */

import { w4WebPushCrypto } from './w4-web-push-crypto.js';
import { w17Growth } from './w17-growth.js';

const WORKLOADS: Readonly<Record<string, (argv: readonly string[]) => Promise<number>>> = {
  W4: w4WebPushCrypto,
  W17: w17Growth,
};

const [name, ...rest] = process.argv.slice(2);
const workload = name === undefined ? undefined : WORKLOADS[name.toUpperCase()];
if (workload === undefined) {
  process.stderr.write(`name a workload: npm run bench -- ${Object.keys(WORKLOADS).join(' | ')}\n`);
  process.exitCode = 2;
} else {
  process.exitCode = await workload(rest);
}
