import type { ProviderSettings } from '../../config/apps.js';
import type { Config } from '../../config/load.js';
import { PROVIDER_KINDS } from '../../providers/catalogue.js';
import type { ProviderKind } from '../../providers/contract.js';
import { REALTIME } from '../domain/route.js';
import type { AppSetting, ProviderSetting } from '../routing/provider-pool.js';

/** Every app with what of it is no provider, in the order of the files. */
export function appSettings(config: Config): AppSetting[] {
  return config.apps.map(({ id, channels, routes, realtime }) => ({
    id,
    channels,
    routes,
    ...(realtime === undefined ? {} : { realtime }),
  }));
}

/**
 * Every provider of every app, in the order of the files, and behind them the app's own road where its file has one.
 * `instead`: kinds in place of the catalogue's of the same name.
 */
export function providerSettings(config: Config, instead: readonly ProviderKind<unknown>[] = []): ProviderSetting[] {
  const kinds = new Map<string, ProviderKind<unknown>>(
    [...(PROVIDER_KINDS as readonly ProviderKind<unknown>[]), ...instead].map((kind) => [kind.name, kind]),
  );
  return config.apps.flatMap(({ id, providers, realtime }) => {
    const own = realtime === undefined ? [] : [{ name: REALTIME, kind: REALTIME, options: {} }];
    return [...providers, ...own].map(({ name, kind: kindName, options, module, rate }: ProviderSettings) => {
      const kind = module ?? kinds.get(kindName);
      if (kind === undefined)
        throw new Error(`the configuration let a provider kind pass that does not exist: ${kindName}`);
      return { app: id, name, kind, options, ...(rate === undefined ? {} : { rate }) };
    });
  });
}
