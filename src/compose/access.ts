import { randomBytes } from 'node:crypto';
import type { Config } from '../../config/load.js';
import { createCryptoKeys } from '../access/crypto-keys.js';
import { createAccessIssuer } from '../access/issue.js';
import { createKeySets } from '../access/key-sets.js';
import { ownKeys } from '../access/own-keys.js';
import { createAccessTokens } from '../access/verify.js';
import { isAllowedOrigin } from '../domain/realtime.js';
import type { Clock } from '../domain/time.js';
import { createEgress } from '../egress/egress.js';
import { fetchText } from '../egress/fetch-text.js';
import type { DeviceDoor } from '../http/device-gate.js';
import { createKeyLimit } from '../http/key-limit.js';
import type { LiveBus } from '../ports/live-bus.js';
import type { Log } from '../ports/log.js';
import type { ProviderPool } from '../routing/provider-pool.js';
import { createOwnAllowances } from '../runtime/own-allowances.js';
import { createAccessTickets } from '../usecases/access-tickets.js';
import type { AccessIssuer, AccessTokens } from '../usecases/access-tokens.js';
import { createDeviceOwners } from '../usecases/device-owners.js';
import { createRevokeAccess, type RevokeAccess } from '../usecases/revoke-access.js';
import type { Base } from './base.js';

/** Requests of one device that are answered at once, and that flow back within a minute. */
const PER_DEVICE = { units: 600, windowSeconds: 60 };

/** Everything about access of devices. Nothing of it is to be closed. */
export interface AccessParts {
  readonly tokens: AccessTokens;
  readonly issuer: AccessIssuer;
  readonly revoke: RevokeAccess;
  readonly door: DeviceDoor;
}

export function createAccess(parts: {
  readonly config: Config;
  readonly base: Base;
  readonly providers: ProviderPool;
  readonly bus: Pick<LiveBus, 'tell'>;
  readonly clock: Clock;
  readonly log: Log;
}): AccessParts {
  const { config, base, providers, bus, clock, log } = parts;
  const { revocations, devices } = base.store;
  const egress = createEgress({ allow: config.egress.allow });
  const own = ownKeys(base.dataKey);
  const cryptoKeys = createCryptoKeys();
  const accept = 'application/jwk-set+json, application/json';
  const keySets = createKeySets({
    fetchText: (url) => fetchText(egress, url, { accept }),
    nowMs: () => performance.now(),
    log,
  });
  const tokens = createAccessTokens({ apps: providers, ownKeys: own, keySets, cryptoKeys, revocations });
  const random = (size: number) => randomBytes(size);
  const publicOrigin = new URL(config.server.public_url).origin;
  const allows = (app: string, origin: string) => {
    const settings = providers.realtime(app);
    return settings !== undefined && isAllowedOrigin(settings, origin);
  };
  return {
    tokens,
    issuer: createAccessIssuer({ ownKeys: own, cryptoKeys, random }),
    revoke: createRevokeAccess({ revocations, devices, bus, clock }),
    door: {
      tokens,
      tickets: createAccessTickets({ clock, random }),
      owners: createDeviceOwners(devices),
      limit: createKeyLimit(createOwnAllowances(clock), 'device', PER_DEVICE),
      allowsOrigin(app, origin) {
        if (origin === publicOrigin) return true;
        return app === undefined ? providers.apps().some((one) => allows(one, origin)) : allows(app, origin);
      },
    },
  };
}
