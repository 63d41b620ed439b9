/** Loads the whole configuration: defaults, then files, then variables, then flags. */
import { dirname, isAbsolute, relative } from 'node:path';
import { inspect } from 'node:util';
import { PROVIDER_KINDS, VENDOR_KINDS } from '../providers/catalogue.js';
import { GatewayError } from '../src/domain/errors.js';
import type { Json } from '../src/domain/json.js';
import { type AppSettings, type ConfigKind, NO_PROVIDERS, readApp } from './apps.js';
import { type ConfigFault, formatFault, type Place, sortFaults } from './fault.js';
import { deepFreeze } from './freeze.js';
import { readGateway } from './gateway.js';
import { type KeyFileSystem, thisSystem } from './key-file.js';
import { type Layer, readLayer, type Surroundings } from './layer.js';
import { type ConfigPlaces, findFiles } from './locate.js';
import { printable } from './printable.js';
import { moduleLoader } from './provider-modules.js';
import { type GatewaySettings, gatewayJsonSchema, gatewaySettings, type SettingSchema } from './schema.js';
import { judgeSecrecy } from './secrecy.js';
import { urlRulesOf } from './webhooks.js';

/** The whole configuration, frozen at every depth. Only `compose.ts` reads it. */
export interface Config extends GatewaySettings {
  /** In the order of their ids. */
  readonly apps: readonly AppSettings[];
  /** Sentences for the operator: what works, but should not stay so. */
  readonly warnings: readonly string[];
  /** What was read: absolute file names (those of secrets too), then `$VARIABLE`s and `--set` flags. */
  readonly sources: readonly string[];
  /** The resolved configuration in the words of the files, secrets masked: the one form that may be shown. */
  readonly printable: Json;
}

export interface LoadRequest extends ConfigPlaces {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** By dotted key, as in `--set server.listen=…`. */
  readonly flags?: Readonly<Record<string, string>>;
  /** The provider kinds there are; those of the catalogue when absent. */
  readonly kinds?: readonly ConfigKind[];
  /** Where relative names in `dir`, `file`, variables and flags start; the process's own when absent. */
  readonly cwd?: string;
  /** What the system says of users and mounts; asked when absent. */
  readonly system?: KeyFileSystem;
}

export type ConfigReading =
  | { readonly kind: 'loaded'; readonly config: Config }
  | {
      readonly kind: 'faulty';
      readonly faults: readonly ConfigFault[];
      /** As in {@link Config}; files that a reference names and that are not there are among them. */
      readonly sources: readonly string[];
    };

/**
 * Loads the configuration.
 *
 * @throws GatewayError `config_invalid` whose message has one line for every fault: `file:line:col key: what. What to do.`
 */
export async function loadConfig(request: LoadRequest): Promise<Config> {
  const reading = await readConfig(request);
  if (reading.kind === 'loaded') return reading.config;
  const count = reading.faults.length === 1 ? 'a fault' : `${reading.faults.length} faults`;
  const lines = reading.faults.map((fault) => `  ${formatFault(fault)}`);
  throw new GatewayError('config_invalid', `The configuration has ${count}:\n${lines.join('\n')}`);
}

/** Like {@link loadConfig}, with faults as values. */
export async function readConfig(request: LoadRequest): Promise<ConfigReading> {
  return (await readWithOrigins(request)).reading;
}

/**
 * The same, and where each value comes from.
 *
 * @returns `originOf` takes a path in {@link Config.printable}, such as `apps`, `shop`, `providers`, `apns`, `key_id`
 */
export async function readWithOrigins(
  request: LoadRequest,
): Promise<{ readonly reading: ConfigReading; originOf(path: readonly string[]): Place }> {
  const cwd = request.cwd ?? process.cwd();
  const show = (path: string): string => shorten(path, cwd);
  const system = request.system ?? (await thisSystem());
  const around: Surroundings = { env: request.env, cwd, system, show };
  const found = await findFiles(request, cwd);
  const gateway = await readGateway(found.gateway, request.flags ?? {}, around);
  const faults = [...found.faults.map((fault) => withShownFile(fault, show)), ...gateway.faults];
  const warnings = [...gateway.warnings];
  const files = [...(found.gateway === undefined ? [] : [found.gateway.path]), ...gateway.files];
  const apps: AppSettings[] = [];
  const shownApps: [string, Json][] = [];
  const layers = new Map<string, Layer>();
  const originOf = ([group = '', ...rest]: readonly string[]): Place => {
    if (group !== 'apps') return gateway.originOf([group, ...rest.slice(0, 1)].join('.'));
    return layers.get(rest[0] ?? '')?.placeOf(rest.slice(1)) ?? { kind: 'default' };
  };

  const urls = urlRulesOf(gateway.settings);
  const kinds = request.kinds ?? VENDOR_KINDS;
  const taken = [...kinds, ...PROVIDER_KINDS].map(({ name }) => name);
  for (const file of found.apps) {
    const layer = await readLayer(file, around);
    layers.set(file.id, layer);
    const loadModule = moduleLoader(dirname(file.path), taken);
    const app = layer.isReadable ? await readApp(layer.value, kinds, urls, loadModule) : undefined;
    const complaints = app?.complaints.flatMap((complaint) => layer.locate(complaint) ?? []) ?? [];
    faults.push(...layer.faults, ...complaints);
    warnings.push(...layer.warnings);
    files.push(file.path, ...layer.files, ...(app?.files ?? []));
    if (app === undefined) continue;
    if (app.providers.length === 0 && app.realtime === undefined && layer.faults.length + complaints.length === 0) {
      warnings.push(`${show(file.path)}: ${NO_PROVIDERS}`);
    }
    const { providers, channels, routes, realtime, webhooks } = app;
    apps.push({ id: file.id, providers, channels, routes, ...(realtime === undefined ? {} : { realtime }), webhooks });
    shownApps.push([file.id, printable(layer.written, judgeSecrecy(app.secrecy))]);
  }

  const sources = [...new Set(files), ...gateway.overrides];
  if (gateway.settings === undefined || faults.length > 0) {
    return { reading: { kind: 'faulty', faults: sortFaults(faults), sources }, originOf };
  }
  const shown: Json = { ...printableGateway(gateway.written), apps: Object.fromEntries(shownApps) };
  const config: Config = deepFreeze(
    withoutLeak({
      ...gateway.settings,
      apps,
      warnings,
      sources,
      printable: shown,
    }),
  );
  return { reading: { kind: 'loaded', config }, originOf };
}

/** The gateway's settings as written, with defaults where nothing was. */
function printableGateway(written: Readonly<Record<string, unknown>>): { readonly [group: string]: Json } {
  const schema = gatewayJsonSchema();
  const secret = new Set(gatewaySettings(schema).flatMap((setting) => (setting.secret ? setting.key : [])));
  const groups = Object.entries(schema.properties ?? {}).map(([group, part]): [string, Json] => {
    if (part.properties === undefined) {
      return [
        group,
        printable(written[group] ?? part.default, (path) => secret.has(path.join('.')) || undefined, [group]),
      ];
    }
    const given = (written[group] ?? {}) as Readonly<Record<string, unknown>>; // the schema passed it
    const filled = Object.fromEntries(settingEntries(part, given));
    return [group, printable(filled, (path) => secret.has(path.join('.')) || undefined, [group])];
  });
  return Object.fromEntries(groups);
}

function settingEntries(group: SettingSchema, given: Readonly<Record<string, unknown>>): readonly [string, unknown][] {
  return Object.entries(group.properties ?? {}).flatMap(([key, part]): [string, unknown][] => {
    const value = given[key] ?? part.default;
    return value === undefined ? [] : [[key, value]];
  });
}

/** A configuration that is logged or turned into JSON whole by mistake shows its printable form only. */
function withoutLeak(config: Config): Config {
  return Object.defineProperties(config, {
    toJSON: { value: () => config.printable },
    [inspect.custom]: { value: () => config.printable },
  });
}

function shorten(path: string, cwd: string): string {
  const near = relative(cwd, path);
  return near === '' || near.startsWith('..') || isAbsolute(near) ? path : near;
}

function withShownFile(fault: ConfigFault, show: (path: string) => string): ConfigFault {
  if (fault.place.kind !== 'file') return fault;
  return { ...fault, place: { ...fault.place, file: show(fault.place.file) } };
}
