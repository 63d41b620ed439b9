import type { EgressGuard, Provider, ProviderKind, ProviderObservation } from '../../providers/contract.js';
import type { Clock } from '../domain/time.js';
import type { Closeable } from '../ports/lifecycle.js';
import type { Log } from '../ports/log.js';
import type { ConfiguredProvider, ProviderDirectory } from '../usecases/provider-directory.js';

/** A provider of one app, with the options its kind's schema gave. */
export interface ProviderSetting {
  readonly app: string;
  readonly name: string;
  readonly kind: ProviderKind<unknown>;
  readonly options: unknown;
}

/**
 * Opens every configured provider once and keeps it as long as the process: connections live as long as the provider.
 *
 * @throws what a kind's `open` throws, after closing those opened before
 */
export async function openProviders(
  apps: readonly string[],
  settings: readonly ProviderSetting[],
  env: {
    readonly clock: Clock;
    readonly log: Log;
    readonly observe: (app: string, provider: string, observation: ProviderObservation) => void;
    readonly egress: EgressGuard;
  },
): Promise<ProviderDirectory & Closeable> {
  const configured = new Map<string, ConfiguredProvider[]>(apps.map((app) => [app, []]));
  const open = new Map<string, Provider>();
  const close = async () => {
    await Promise.all([...open.values()].map((provider) => provider.close()));
  };
  try {
    for (const { app, name, kind, options } of settings) {
      const provider = await kind.open(options, {
        name,
        app,
        now: () => env.clock.now(),
        log: env.log,
        observe: (observation) => env.observe(app, name, observation),
        egress: env.egress,
      });
      open.set(`${app}|${name}`, provider);
      configured.get(app)?.push({
        name,
        kind: kind.name,
        nativeFor: kind.nativeFor,
        limits: kind.limits,
        check: (message) => kind.check(message),
        parsePushToken: (raw) => kind.parsePushToken(raw, options),
      });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    hasApp: (app) => configured.has(app),
    apps: () => [...configured.keys()],
    configured: (app) => configured.get(app) ?? [],
    open: (app, name) => open.get(`${app}|${name}`),
    close,
  };
}
