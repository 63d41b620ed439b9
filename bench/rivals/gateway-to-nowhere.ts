/** The whole gateway over an embedded store, or one of its processes over servers, with an APNs provider that takes everything and sends nothing. */
import { randomBytes } from 'node:crypto';
import { loadConfig } from '../../config/load.js';
import { ROLES, type Role } from '../../config/roles.js';
import { apnsKind } from '../../providers/apns/kind.js';
import type { Outcome, Provider, ProviderKind } from '../../providers/contract.js';
import { openGateway } from '../../src/compose.js';
import { makeDataKey } from '../../src/domain/data-key.js';
import { createLog } from '../../src/runtime/logger.js';
import { serveRival } from '../harness/rival.js';
import { createTally, deviceOfToken, type Tally, type TallyReading } from '../harness/tally.js';

interface Setup {
  /** With a configuration whose app `demo` has APNs. */
  readonly dir: string;
  readonly devices: number;
  /** All of them when absent. */
  readonly roles?: readonly Role[];
  /** Where store and queue are; embedded when absent. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Arrivals are told device by device up to so many devices. */
  readonly byDeviceMax?: number;
}

/** Both empty for a process that has no API. */
export interface GatewayReady {
  readonly url: string;
  readonly key: string;
}

const ACCEPTED: Outcome = { kind: 'accepted' };
const SCOPES = ['messages:send', 'messages:broadcast', 'messages:read', 'devices:write', 'devices:read'] as const;

serveRival<Setup, 'tally', TallyReading, GatewayReady>(async (setup) => {
  const { dir, devices, roles = ROLES, settings = {}, byDeviceMax } = setup;
  const tally = createTally(devices, byDeviceMax);
  const flags = {
    'server.listen': '127.0.0.1:0',
    'server.admin': '127.0.0.1:0',
    'limits.per_key': 'off',
    'security.data_key': makeDataKey((size) => randomBytes(size)),
    ...settings,
  };
  const config = await loadConfig({ dir, env: {}, flags });
  const kinds = [kindToNowhere(tally)];
  const gateway = await openGateway(config, roles, 'bench', { kinds, log: createLog('info') });
  const key = roles.includes('api') ? (await gateway.keys.create({ app: 'demo', scopes: SCOPES })).key : '';
  process.once('SIGTERM', () => {
    gateway.stop().finally(() => process.exit(0));
  });
  return { ready: { url: gateway.api?.url ?? '', key }, answer: async () => tally.read() };
});

function kindToNowhere(tally: Tally): ProviderKind<unknown> {
  const kind = apnsKind as ProviderKind<unknown>;
  return {
    ...kind,
    async open(_options, { name }): Promise<Provider> {
      return {
        name,
        limits: kind.limits,
        async send({ targets }) {
          for (const { pushToken } of targets) tally.note(deviceOfToken(String(pushToken)));
          return targets.map(() => ACCEPTED);
        },
        async close() {},
      };
    },
  };
}
