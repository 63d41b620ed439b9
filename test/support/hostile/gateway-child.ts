/**
 * A gateway in a process of its own that tells how much it holds.
 * Usage: `node --expose-gc gateway-child.js <JSON of {dir, flags}>`, with an IPC channel. Asked for `open <roles>` it
 * closes what it has open and answers `{url}`; asked for `heap`, `{heapBytes}`. Every line of its log at level error is
 * told as `{trouble}`.
 */
import { loadConfig, readConfig } from '../../../config/load.js';
import { parseRoles } from '../../../config/roles.js';
import { type Gateway, openGateway } from '../../../src/compose.js';
import type { Log } from '../../../src/ports/log.js';

/** What it tells its parent. */
export type Told = { readonly url: string } | { readonly trouble: string } | { readonly heapBytes: number };

const request = JSON.parse(process.argv[2] ?? '{}') as { readonly dir: string; readonly flags: Record<string, string> };
const load = { ...request, env: {} };
const tell = (told: Told) => void process.send?.(told);
const log: Log = {
  debug() {},
  info() {},
  warn() {},
  error: (fields, event) => tell({ trouble: JSON.stringify({ event, ...fields }) }),
};
let gateway: Gateway | undefined;

process.on('message', async (asked) => {
  if (asked === 'heap') {
    tell({ heapBytes: heapBytes() });
    return;
  }
  const roles = parseRoles(String(asked).replace('open ', ''));
  if (typeof roles === 'string') throw new Error(roles);
  await gateway?.stop();
  gateway = await openGateway(await loadConfig(load), roles, 'test', { log, readConfig: () => readConfig(load) });
  tell({ url: gateway.api?.url ?? '' });
});
process.on('disconnect', async () => {
  await gateway?.stop();
  process.exit(0);
});

/** What is still reachable: twice, for what finalizers let go. */
function heapBytes(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
