import { isGatewayError } from '../../domain/errors.js';
import type { Check, ConfiguredScene, EarlyCheck, Finding, Scene } from './check.js';
import { skipped } from './check.js';
import { addresses } from './checks/addresses.js';
import { apps } from './checks/apps.js';
import { clock } from './checks/clock.js';
import { configuration } from './checks/configuration.js';
import { credentials } from './checks/credentials.js';
import { egress } from './checks/egress.js';
import { endpoints } from './checks/endpoints.js';
import { files } from './checks/files.js';
import { inForce } from './checks/in-force.js';
import { ports } from './checks/ports.js';
import { profile } from './checks/profile.js';
import { providers } from './checks/providers.js';
import { queue } from './checks/queue.js';
import { realtime } from './checks/realtime.js';
import { retention } from './checks/retention.js';
import { runtime } from './checks/runtime.js';
import { simulators } from './checks/simulators.js';
import { store } from './checks/store.js';

/** A finding, and the check it is of. */
export interface Told extends Finding {
  readonly check: string;
}

const EARLY: readonly EarlyCheck[] = [runtime, configuration];
/** In the order in which a person mends things. */
const CHECKS: readonly Check[] = [
  files,
  apps,
  credentials,
  endpoints,
  providers,
  clock,
  store,
  queue,
  inForce,
  ports,
  addresses,
  egress,
  realtime,
  simulators,
  profile,
  retention,
];
/** Opening a store after a crash may take long; nothing else does. */
const CHECK_WITHIN_MS = 20_000;

/**
 * Runs every check, side by side.
 *
 * @param configure undefined where the configuration is faulty: most checks have nothing to look at then
 */
export async function runChecks(scene: Scene, configured: ConfiguredScene | undefined): Promise<readonly Told[]> {
  const early = EARLY.map((check) => tell(check.name, () => check.look(scene)));
  const late =
    configured === undefined
      ? [
          Promise.resolve([
            {
              check: 'the rest',
              ...skipped('configuration', 'cannot be looked at before the configuration can be read'),
            },
          ]),
        ]
      : CHECKS.map((check) => tell(check.name, () => check.look(configured)));
  return (await Promise.all([...early, ...late])).flat();
}

async function tell(name: string, look: () => Promise<readonly Finding[]> | readonly Finding[]): Promise<Told[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly Finding[]>((resolve) => {
    const says = `no answer within ${CHECK_WITHIN_MS / 1_000} s`;
    timer = setTimeout(() => resolve([skipped(name, says)]), CHECK_WITHIN_MS);
  });
  try {
    const found = await Promise.race([(async () => look())(), late]);
    return found.map((finding) => ({ check: name, ...finding }));
  } catch (error) {
    const why = isGatewayError(error) || error instanceof Error ? error.message : String(error);
    return [{ check: name, ...skipped(name, `could not be looked at: ${why.replace(/\.$/, '')}`) }];
  } finally {
    clearTimeout(timer);
  }
}
