/** Providers of apps and, where there are simulators, of their twins: the same by name and kind, opened against those. */
import { isSimulated } from '../../providers/contract.js';
import { twinOf } from '../domain/twin.js';
import {
  type AppSetting,
  openProviders,
  type ProviderPool,
  type ProviderPoolEnv,
  type ProviderSetting,
  type Replacement,
} from '../routing/provider-pool.js';
import { type Endpoints, simulatorsOnly } from './simulators.js';

/** Its replacements wait for each other, and take the twins along. */
export interface TwinnedPool extends ProviderPool {
  /** Opens the twins against these simulators from now on. @throws as `replace` does */
  follow(endpoints: Endpoints): Promise<Replacement>;
  /** Apps have twins. */
  hasTwins(): boolean;
}

interface Wanted {
  readonly apps: readonly AppSetting[];
  readonly settings: readonly ProviderSetting[];
  /** None: no twins. */
  readonly endpoints: Endpoints | undefined;
}

/** @throws what a kind's `open` throws, after closing those opened before */
export async function openTwinned(first: Wanted, env: ProviderPoolEnv): Promise<TwinnedPool> {
  let inForce = first;
  const pool = await openProviders(...(await withTwins(first)), env);
  let turn: Promise<unknown> = Promise.resolve();

  function change(part: Partial<Wanted>): Promise<Replacement> {
    const replacing = turn.then(async () => {
      const wanted = { ...inForce, ...part };
      const replacement = await pool.replace(...(await withTwins(wanted)));
      inForce = wanted;
      return replacement;
    });
    turn = replacing.catch(() => undefined);
    return replacing;
  }

  return {
    ...pool,
    replace: (apps, settings) => change({ apps, settings }),
    follow: (endpoints) => change({ endpoints }),
    hasTwins: () => inForce.endpoints !== undefined,
  };
}

async function withTwins({ apps, settings, endpoints }: Wanted): Promise<[AppSetting[], ProviderSetting[]]> {
  if (endpoints === undefined) return [[...apps], [...settings]];
  const egress = simulatorsOnly(endpoints);
  const twins: ProviderSetting[] = [];
  for (const { app, name, kind, options } of settings) {
    if (kind.isOwnRoad === true) twins.push({ app: twinOf(app), name, kind, options });
    if (!isSimulated(kind)) continue;
    // Through the kind's own schema, as if a file had it: what comes from another process is not taken on trust.
    const written = kind.simulatedOptions(options, endpoints[kind.name]);
    const read = await kind.options.safeParseAsync(written);
    if (!read.success) throw new Error(`the simulators tell ${kind.name} nothing it can use: ${read.error.message}`);
    twins.push({ app: twinOf(app), name, kind, options: read.data, egress });
  }
  return [
    [...apps, ...apps.map((app) => ({ ...app, id: twinOf(app.id) }))],
    [...settings, ...twins],
  ];
}
