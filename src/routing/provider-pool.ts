import { isDeepStrictEqual } from 'node:util';
import {
  type EgressGuard,
  isCredentialEnding,
  isInterpreting,
  isNativeByOptions,
  isPreviewable,
  isQuotaKeeping,
  isReceiptReading,
  isRegional,
  type LiveRoad,
  type Provider,
  type ProviderKind,
  type ProviderObservation,
  type ReceiptReading,
  type SharedTokens,
} from '../../providers/contract.js';
import type { Channel } from '../domain/channel.js';
import type { Rate } from '../domain/rate.js';
import type { RealtimeSettings } from '../domain/realtime.js';
import type { Route } from '../domain/route.js';
import type { Clock } from '../domain/time.js';
import type { Closeable } from '../ports/lifecycle.js';
import type { Log } from '../ports/log.js';
import type { ConfiguredProvider, ProviderDirectory } from '../usecases/provider-directory.js';
import type { RealtimeApps } from '../usecases/realtime-apps.js';

/** A provider of one app, with the options its kind's schema gave. */
export interface ProviderSetting {
  readonly app: string;
  readonly name: string;
  readonly kind: ProviderKind<unknown>;
  readonly options: unknown;
  /** Devices that may be asked for in a time. */
  readonly rate?: Rate;
  /** In place of the pool's. */
  readonly egress?: EgressGuard;
}

/** An app of the configuration, apart from its providers. */
export interface AppSetting {
  readonly id: string;
  readonly channels?: readonly Channel[];
  readonly routes?: readonly Route[];
  readonly realtime?: RealtimeSettings;
}

/** What a replacement did to one app (`provider` and `part` absent), to one provider of it, or to another part of its file. */
export interface PoolChange {
  readonly app: string;
  readonly provider?: string;
  readonly part?: 'channels' | 'routes' | 'realtime';
  readonly change: 'added' | 'changed' | 'removed';
}

export interface Replacement {
  readonly changes: readonly PoolChange[];
  /** Resolves when the requests of all providers that were replaced or removed have ended and they are closed. */
  readonly drained: Promise<void>;
}

export interface ProviderPool extends ProviderDirectory, RealtimeApps, Closeable {
  /**
   * Opens what is new or has other settings, then replaces the whole directory in one step. A provider whose settings
   * are the same stays the object it is, with its connections. The others are closed, which lets their requests in
   * flight end.
   *
   * @throws what a kind's `open` throws; the directory is as it was then, and what was opened for it is closed
   * @throws Error for a caller's mistake: another replacement under way, or a pool that is closed
   */
  replace(apps: readonly AppSetting[], settings: readonly ProviderSetting[]): Promise<Replacement>;
}

export interface ProviderPoolEnv {
  readonly clock: Clock;
  readonly log: Log;
  readonly observe: (app: string, provider: string, observation: ProviderObservation) => void;
  readonly egress: EgressGuard;
  /** The house's own connections, for the kinds that send over them. */
  readonly live?: (app: string) => LiveRoad;
  /** Access tokens that other processes have as well. */
  readonly tokens?: (app: string, provider: string) => SharedTokens;
  /** Where the vendor of a provider with these options can tell of receipts. Asked for kinds only that read them. */
  readonly callbackUrl?: (app: string, provider: string, options: unknown) => string | undefined;
}

interface Entry {
  readonly setting: ProviderSetting;
  readonly provider: Provider;
  readonly configured: ConfiguredProvider;
  isRetired: boolean;
}

interface ConfiguredApp {
  readonly setting: AppSetting;
  readonly providers: ConfiguredProvider[];
}

/** All of one configuration; never changed once it is in use. */
interface Contents {
  readonly apps: ReadonlyMap<string, ConfiguredApp>;
  /** By `keyOf`. */
  readonly entries: ReadonlyMap<string, Entry>;
}

const NOTHING: Contents = { apps: new Map(), entries: new Map() };

/**
 * Opens every configured provider once and keeps it for as long as its settings stay the same: connections live as
 * long as the provider.
 *
 * @throws what a kind's `open` throws, after closing those opened before
 */
export async function openProviders(
  apps: readonly AppSetting[],
  settings: readonly ProviderSetting[],
  env: ProviderPoolEnv,
): Promise<ProviderPool> {
  let contents = await openContents(apps, settings, NOTHING, env);
  let isReplacing = false;
  let closing: Promise<void> | undefined;
  const draining = new Set<Promise<void>>();

  async function replace(
    nextApps: readonly AppSetting[],
    nextSettings: readonly ProviderSetting[],
  ): Promise<Replacement> {
    const next = await openContents(nextApps, nextSettings, contents, env);
    const before = contents;
    if (closing !== undefined) {
      await closeAll(unlike(next, before), env.log);
      throw new Error('the providers were closed meanwhile');
    }
    contents = next;
    const drained = closeAll(unlike(before, next), env.log);
    draining.add(drained);
    void drained.then(() => draining.delete(drained));
    return { changes: changesBetween(before, next), drained };
  }

  return {
    hasApp: (app) => contents.apps.has(app),
    apps: () => [...contents.apps.keys()],
    configured: (app) => contents.apps.get(app)?.providers ?? [],
    channels: (app) => contents.apps.get(app)?.setting.channels ?? [],
    routes: (app) => contents.apps.get(app)?.setting.routes ?? [],
    realtime: (app) => contents.apps.get(app)?.setting.realtime,
    open: (app, name) => contents.entries.get(keyOf(app, name))?.provider,
    async replace(nextApps, nextSettings) {
      if (closing !== undefined) throw new Error('the providers are closed');
      if (isReplacing) throw new Error('another replacement is under way');
      isReplacing = true;
      try {
        return await replace(nextApps, nextSettings);
      } finally {
        isReplacing = false;
      }
    },
    close() {
      closing ??= Promise.all([...draining, closeAll([...contents.entries.values()], env.log)]).then(() => undefined);
      return closing;
    },
  };
}

async function openContents(
  apps: readonly AppSetting[],
  settings: readonly ProviderSetting[],
  before: Contents,
  env: ProviderPoolEnv,
): Promise<Contents> {
  const configured = new Map<string, ConfiguredApp>(apps.map((setting) => [setting.id, { setting, providers: [] }]));
  const entries = new Map<string, Entry>();
  const opened: Entry[] = [];
  try {
    for (const setting of settings) {
      const key = keyOf(setting.app, setting.name);
      const known = before.entries.get(key);
      let entry = known !== undefined && isSame(known.setting, setting) ? known : undefined;
      if (entry === undefined) {
        entry = await openEntry(setting, env);
        opened.push(entry);
      }
      entries.set(key, entry);
      configured.get(setting.app)?.providers.push(entry.configured);
    }
  } catch (error) {
    await closeAll(opened, env.log);
    throw error;
  }
  return { apps: configured, entries };
}

async function openEntry(setting: ProviderSetting, env: ProviderPoolEnv): Promise<Entry> {
  const { app, name, kind, options, egress = env.egress } = setting;
  let entry: Entry | undefined;
  const callbackUrl = isReceiptReading(kind) ? env.callbackUrl?.(app, name, options) : undefined;
  const provider = await kind.open(options, {
    name,
    app,
    now: () => env.clock.now(),
    log: env.log,
    observe: (observation) => {
      // The gauge of connections is the successor's by now; the last requests still count.
      if (entry?.isRetired === true && observation.kind === 'connections') return;
      env.observe(app, name, observation);
    },
    egress,
    ...(env.tokens === undefined ? {} : { tokens: env.tokens(app, name) }),
    ...(kind.isOwnRoad === true && env.live !== undefined ? { live: env.live(app) } : {}),
    ...(callbackUrl === undefined ? {} : { callbackUrl }),
  });
  const credentialEnd = isCredentialEnding(kind) ? kind.credentialEnd(options) : undefined;
  const native = isNativeByOptions(kind) ? kind.nativeBy(options) : kind;
  const configured: ConfiguredProvider = {
    ...(credentialEnd === undefined ? {} : { credentialEnd }),
    name,
    kind: kind.name,
    nativeFor: native.nativeFor,
    ...(native.makers === undefined ? {} : { makers: native.makers }),
    ...(kind.isOwnRoad === undefined ? {} : { isOwnRoad: kind.isOwnRoad }),
    limits: provider.limits,
    ...(setting.rate === undefined ? {} : { rate: setting.rate }),
    check: (message) => kind.check(message, options),
    parsePushToken: (raw, purpose) => kind.parsePushToken(raw, options, purpose),
    ...(isInterpreting(kind) ? { vendor: kind.vendor, interpret: (answer) => kind.interpret(answer) } : {}),
    ...(isQuotaKeeping(kind) ? { quotas: kind.quotas(options) } : {}),
    ...(isReceiptReading(kind) ? receiptsOf(kind, options) : {}),
    ...(isRegional(kind) ? { parseRegion: (raw) => kind.parseRegion(raw) } : {}),
    ...(isPreviewable(kind)
      ? { preview: (message, purpose, now) => kind.preview(message, purpose, now, options) }
      : {}),
  };
  entry = { setting, provider, configured, isRetired: false };
  return entry;
}

function receiptsOf(kind: ReceiptReading<unknown>, options: unknown): Partial<ConfiguredProvider> {
  return {
    readReceipts: (request) => kind.readReceipts(request, options),
    ...(kind.receiptsName === undefined ? {} : { receiptsName: kind.receiptsName }),
  };
}

function isSame(one: ProviderSetting, other: ProviderSetting): boolean {
  const isSame = isDeepStrictEqual(one.options, other.options) && isDeepStrictEqual(one.rate, other.rate);
  return one.kind === other.kind && isSame;
}

/** Entries of `these` that are not, as the same object, in `those`. */
function unlike(these: Contents, those: Contents): Entry[] {
  const kept = new Set(those.entries.values());
  return [...these.entries.values()].filter((entry) => !kept.has(entry));
}

/** Never rejects: nobody waits for a replaced provider who could do anything about it. */
async function closeAll(entries: readonly Entry[], log: Log): Promise<void> {
  for (const entry of entries) entry.isRetired = true;
  await Promise.all(
    entries.map(({ setting: { app, name }, provider }) =>
      provider
        .close()
        .catch((error: unknown) => log.warn({ app, provider: name, error: String(error) }, 'provider.not_closed')),
    ),
  );
}

/** Apps first, then the parts of their files, then providers, each in the order of the files. */
function changesBetween(before: Contents, after: Contents): PoolChange[] {
  const changes: PoolChange[] = [];
  for (const app of after.apps.keys()) if (!before.apps.has(app)) changes.push({ app, change: 'added' });
  for (const app of before.apps.keys()) if (!after.apps.has(app)) changes.push({ app, change: 'removed' });
  for (const [app, { setting }] of after.apps) {
    const known = before.apps.get(app)?.setting;
    if (known === undefined) continue;
    for (const part of ['channels', 'routes'] as const) {
      if (!isDeepStrictEqual(known[part] ?? [], setting[part] ?? [])) changes.push({ app, part, change: 'changed' });
    }
    if (!isDeepStrictEqual(known.realtime, setting.realtime))
      changes.push({ app, part: 'realtime', change: 'changed' });
  }
  for (const [key, entry] of after.entries) {
    const known = before.entries.get(key);
    if (known === entry) continue;
    const { app, name } = entry.setting;
    changes.push({ app, provider: name, change: known === undefined ? 'added' : 'changed' });
  }
  for (const [key, { setting }] of before.entries) {
    if (!after.entries.has(key)) changes.push({ app: setting.app, provider: setting.name, change: 'removed' });
  }
  return changes;
}

function keyOf(app: string, name: string): string {
  return `${app}|${name}`;
}
