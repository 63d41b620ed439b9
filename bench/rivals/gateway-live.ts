/** The whole gateway over an embedded store; its connection road can be asked from inside as well. */
import { randomBytes } from 'node:crypto';
import { loadConfig } from '../../config/load.js';
import { ROLES } from '../../config/roles.js';
import type { LiveRoad } from '../../providers/contract.js';
import { openGateway } from '../../src/compose.js';
import { makeDataKey } from '../../src/domain/data-key.js';
import { createLog } from '../../src/runtime/logger.js';
import { createLiveRoads } from '../../src/usecases/live-road.js';
import { deviceId } from '../harness/devices.js';
import { bodyOf, nowMs } from '../harness/live/fleet.js';
import { type HubAnswer, type HubOrder, paced, rssMb } from '../harness/live/hub.js';
import { serveRival } from '../harness/rival.js';

interface Setup {
  /** With a configuration whose app `demo` has realtime. */
  readonly dir: string;
  readonly clients: number;
}

export interface LiveReady {
  readonly url: string;
  readonly key: string;
}

const SCOPES = ['messages:send', 'messages:broadcast', 'messages:read', 'devices:write', 'devices:read'] as const;
/** What falls due within so long is handed over together, as windows of a worker are. */
const GATHER_MS = 2;

serveRival<Setup, HubOrder, HubAnswer, LiveReady>(async ({ dir, clients }) => {
  const flags = {
    'server.listen': '127.0.0.1:0',
    'server.admin': '127.0.0.1:0',
    'limits.per_key': 'off',
    'security.data_key': makeDataKey((size) => randomBytes(size)),
  };
  const config = await loadConfig({ dir, env: {}, flags });
  let road: LiveRoad | undefined;
  const gateway = await openGateway(config, ROLES, 'bench', {
    log: createLog('info'),
    observeParts({ store, bus }) {
      road = createLiveRoads({ ...store, bus, clock: { now: () => Date.now() } })('demo');
    },
  });
  const { key } = await gateway.keys.create({ app: 'demo', scopes: SCOPES });
  process.once('SIGTERM', () => {
    gateway.stop().finally(() => process.exit(0));
  });
  return { ready: { url: gateway.api?.url ?? '', key }, answer };

  async function answer(order: HubOrder): Promise<HubAnswer> {
    if (order.kind === 'memory') return { sent: 0, rssMb: rssMb() };
    if (order.kind !== 'unicast' || road === undefined) throw new Error('asked through the API');
    const handing: Promise<unknown>[] = [];
    const { signal } = new AbortController();
    const live = road;
    const count = order.perSecond * order.seconds;
    await paced(order.perSecond, count, (n, at) => {
      const message = `msg_bench${order.from + n}`;
      const expiresAt = Math.round(nowMs()) + 60_000;
      const data = { m: bodyOf(order.from + n, at) };
      const body = JSON.stringify({ id: message, tag: message, data, expires_at: new Date(expiresAt).toISOString() });
      const device = deviceId(n % clients);
      handing.push(
        live.hand({ message, body, expiresAt, keep: true }, [{ device, user: `u${n % clients}` }], GATHER_MS, signal),
      );
    });
    await Promise.all(handing);
    return { sent: count, rssMb: rssMb() };
  }
});
