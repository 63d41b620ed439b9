/** Checks the file of one app: its providers, each against the options of its kind, its channels, routes and webhooks. */
import { z } from 'zod';
import type { ProviderKind } from '../providers/contract.js';
import type { Channel } from '../src/domain/channel.js';
import type { Rate } from '../src/domain/rate.js';
import type { RealtimeSettings } from '../src/domain/realtime.js';
import { NATIVE, REALTIME, type Route } from '../src/domain/route.js';
import { nearest } from '../src/domain/suggest.js';
import type { FileWebhook } from '../src/domain/webhook.js';
import type { WebhookUrlRules } from '../src/domain/webhook-url.js';
import { type ChannelProvider, readChannels } from './channels.js';
import { type Complaint, explain, unknownKey } from './explain.js';
import type { LoadModule } from './provider-modules.js';
import { parseRate } from './quantity.js';
import { readRealtime } from './realtime.js';
import { readRoutes } from './routes.js';
import { APP_NOT_YET, type SettingSchema } from './schema.js';
import { type Secrecy, secrecyOf } from './secrecy.js';
import { readWebhooks } from './webhooks.js';
import type { Path } from './yaml-source.js';

/** What the configuration must know of a provider kind. */
export type ConfigKind = Pick<ProviderKind<unknown>, 'name' | 'options'> &
  Partial<Pick<ProviderKind<unknown>, 'channel'>>;

/** One provider of one app, ready to be opened by its kind. */
export interface ProviderSettings {
  /** The key in the app's file: the name in registrations and statistics. */
  readonly name: string;
  /** Name of the kind in `providers/catalogue.ts`. */
  readonly kind: string;
  /** What the kind's `options` schema gave. Holds credentials: never print it. */
  readonly options: unknown;
  /** The kind itself, where it is none of the catalogue's: of a module that the file names. */
  readonly module?: ProviderKind<unknown>;
  /** Devices that may be asked for in a time. */
  readonly rate?: Rate;
}

export interface AppSettings {
  /** The file's name without `.yaml`. */
  readonly id: string;
  readonly providers: readonly ProviderSettings[];
  readonly channels: readonly Channel[];
  readonly routes: readonly Route[];
  /** Absent: the app has no realtime road. */
  readonly realtime?: RealtimeSettings;
  readonly webhooks: readonly FileWebhook[];
}

interface ProviderReading {
  readonly providers: readonly ProviderSettings[];
  readonly complaints: readonly Complaint[];
  readonly secrecy: readonly Secrecy[];
  /** Files of modules that it names. */
  readonly files?: readonly string[];
}

export interface AppReading extends ProviderReading {
  readonly channels: readonly Channel[];
  readonly routes: readonly Route[];
  readonly realtime?: RealtimeSettings;
  readonly webhooks: readonly FileWebhook[];
}
/** What is said of an app without a road. */
export const NO_PROVIDERS = 'the app has no providers, so nothing can be sent to it.';

/** `^[a-z0-9][a-z0-9-]{0,62}$`: what a file name, and so an app id, may be. */
export const APP_ID = /^[a-z0-9][a-z0-9-]{0,62}$/;
const PROVIDER_NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/;
/** Parts of an app's file. */
const SECTIONS: readonly string[] = ['providers', 'channels', 'routes', 'realtime', 'webhooks'];
/** Routes give these a meaning of their own. */
const RESERVED_NAMES: readonly string[] = [NATIVE];

/**
 * @param value of the app's file, its references replaced
 * @param urls where its webhooks may lead
 * @param loadModule of kinds that are not among `kinds`
 */
export async function readApp(
  value: Readonly<Record<string, unknown>>,
  kinds: readonly ConfigKind[],
  urls: WebhookUrlRules,
  loadModule: LoadModule,
): Promise<AppReading> {
  const complaints: Complaint[] = [];
  for (const key of Object.keys(value)) {
    if (!SECTIONS.includes(key)) complaints.push(unknownKey([key], SECTIONS, APP_NOT_YET));
  }
  const written = value.providers ?? {};
  if (!isRecord(written)) {
    complaints.push({ path: ['providers'], at: 'value', what: 'must be a group of providers by name' });
    return { providers: [], channels: [], routes: [], webhooks: [], complaints, secrecy: [] };
  }
  const found = await Promise.all(
    Object.entries(written).map(async ([name, options]) => ({
      name,
      options,
      ...(await findKind(name, options, kinds, loadModule)),
    })),
  );
  const readings = await Promise.all(found.map((each) => readProvider(each.name, each.options, each)));
  // Of faulty providers too: what names them is not wrong for that.
  const named = found.map(({ name, options, kind }) => namedProvider(name, options, kind));
  const { channels, complaints: ofChannels } = readChannels(value.channels, named);
  const { routes, complaints: ofRoutes } = readRoutes(value.routes, Object.keys(written), value.realtime !== undefined);
  const { realtime, complaints: ofRealtime } = readRealtime(value.realtime);
  const { webhooks, complaints: ofWebhooks, secretPaths: ofSecrets } = readWebhooks(value.webhooks, urls);
  return {
    providers: readings.flatMap((reading) => reading.providers),
    channels,
    routes,
    ...(realtime === undefined ? {} : { realtime }),
    webhooks,
    complaints: [
      ...complaints,
      ...readings.flatMap((reading) => reading.complaints),
      ...ofChannels,
      ...ofRoutes,
      ...ofRealtime,
      ...ofWebhooks,
    ],
    files: readings.flatMap((reading) => reading.files ?? []),
    secrecy: [
      ...readings.flatMap((reading) => reading.secrecy),
      ...[['realtime', 'keys'], ...ofSecrets].map((path) => ({ path, isSecret: true })),
    ],
  };
}

/** The kind of one provider, or why there is none. */
interface FoundKind {
  readonly kind?: ConfigKind;
  /** It is that of a module. */
  readonly module?: ProviderKind<unknown>;
  readonly complaint?: Complaint;
  readonly files?: readonly string[];
}

async function findKind(
  name: string,
  written: unknown,
  kinds: readonly ConfigKind[],
  loadModule: LoadModule,
): Promise<FoundKind> {
  const path: Path = ['providers', name];
  if (isRecord(written) && 'module' in written) return findModule(path, written, loadModule);
  const { kind: kindName = name } = isRecord(written) ? written : {};
  const kind = kinds.find((candidate) => candidate.name === kindName);
  if (kind !== undefined) return { kind };
  const at: Path = isRecord(written) && 'kind' in written ? [...path, 'kind'] : path;
  return { complaint: { path: at, ...unknownKind(kindName, kinds, at.length === path.length) } };
}

async function findModule(
  path: Path,
  written: Readonly<Record<string, unknown>>,
  loadModule: LoadModule,
): Promise<FoundKind> {
  const { kind, module } = written;
  const at: Path = [...path, 'module'];
  if (typeof module !== 'string' || module === '') {
    return { complaint: { path: at, at: 'value', what: 'must be the path of a JavaScript module' } };
  }
  const read = await loadModule(module);
  const files = read.file === undefined ? {} : { files: [read.file] };
  if (read.kind === 'refused') {
    const suggestion = read.suggestion === undefined ? {} : { suggestion: read.suggestion };
    return { complaint: { path: at, at: 'value', what: read.what, ...suggestion }, ...files };
  }
  if (kind !== undefined && kind !== read.module.name) {
    const what = `is not the kind of the module, which is ${read.module.name}`;
    return { complaint: { path: [...path, 'kind'], at: 'value', what, suggestion: 'leave it out' }, ...files };
  }
  return { kind: read.module, module: read.module, ...files };
}

function namedProvider(name: string, written: unknown, kind: ConfigKind | undefined): ChannelProvider {
  if (kind === undefined) return { name, kind: String(isRecord(written) ? (written.kind ?? name) : name) };
  return { name, kind: kind.name, ...(kind.channel === undefined ? {} : { channel: kind.channel }) };
}

async function readProvider(name: string, written: unknown, found: FoundKind): Promise<ProviderReading> {
  const path: Path = ['providers', name];
  const refuse = (complaint: Omit<Complaint, 'path'>, at: Path = path): ProviderReading => ({
    providers: [],
    complaints: [{ path: at, ...complaint }],
    secrecy: [],
  });
  if (!PROVIDER_NAME.test(name)) {
    return refuse({ at: 'key', what: 'must be a name of a-z, 0-9, - and _, at most 63 characters' });
  }
  if (name === REALTIME || (isRecord(written) && written.kind === REALTIME)) {
    const what = 'is the gateway’s own road, and stands in no list of providers';
    return refuse({ at: 'key', what, suggestion: 'turn it on with `realtime: {}` beside `providers`' });
  }
  if (RESERVED_NAMES.includes(name)) {
    return refuse({ at: 'key', what: 'is a word with a meaning of its own', suggestion: 'choose another name' });
  }
  const { kind, module, complaint, files = [] } = found;
  if (kind === undefined)
    return { providers: [], complaints: complaint === undefined ? [] : [complaint], secrecy: [], files };
  const { kind: _kind, module: _module, rate: writtenRate, ...options } = isRecord(written) ? written : {};
  if (!isRecord(written) && written !== null) return refuse({ at: 'value', what: 'must be a group of options' });
  const rate = typeof writtenRate === 'string' ? parseRate(writtenRate) : undefined;
  if (writtenRate !== undefined && rate === undefined) {
    const what = 'must be devices in a time, such as 500/s, 3000/m or 100000/h';
    return refuse({ at: 'value', what, suggestion: 'leave it out for no limit of your own' }, [...path, 'rate']);
  }

  const schema = optionsSchema(kind);
  const known = knownOptions(schema);
  const strangers = known === undefined ? [] : Object.keys(options).filter((key) => !known.includes(key));
  const complaints = strangers.map((key) => unknownKey([...path, key], [...(known ?? []), 'kind', 'module', 'rate']));
  const parsed = await kind.options.safeParseAsync(options);
  for (const issue of parsed.error?.issues ?? []) {
    // Told above already, and with the place of each key.
    if (issue.code === 'unrecognized_keys' && issue.path.length === 0 && known !== undefined) continue;
    complaints.push(...explain(issue, options, schema).map((found) => ({ ...found, path: [...path, ...found.path] })));
  }
  return {
    providers: parsed.success
      ? [
          {
            ...{ name, kind: kind.name, options: parsed.data },
            ...(module === undefined ? {} : { module }),
            ...(rate === undefined ? {} : { rate }),
          },
        ]
      : [],
    complaints,
    secrecy: schema === undefined ? [] : secrecyOf(schema, path),
    files,
  };
}

/** The JSON Schema of what a person writes for a kind; `undefined` where its schema has no such form. */
export function optionsSchema(kind: ConfigKind): SettingSchema | undefined {
  try {
    return z.toJSONSchema(kind.options, { io: 'input', unrepresentable: 'any' }) as SettingSchema;
  } catch {
    return undefined; // names that were meant are then not offered; the schema itself still checks all
  }
}

/** Every option of a kind, or `undefined` where its schema is no plain object: then only the schema can tell. */
function knownOptions(schema: SettingSchema | undefined): readonly string[] | undefined {
  return schema?.type === 'object' && schema.properties !== undefined ? Object.keys(schema.properties) : undefined;
}

function unknownKind(written: unknown, kinds: readonly ConfigKind[], byName: boolean): Omit<Complaint, 'path'> {
  const names = kinds.map((kind) => kind.name);
  const meant = typeof written === 'string' ? nearest(written, names) : undefined;
  const choices = `one of ${names.join(', ')}`;
  if (!byName) {
    const suggestion = meant === undefined ? {} : { suggestion: `did you mean ${meant}?` };
    return { at: 'value', what: `must be ${choices}`, ...suggestion };
  }
  const suggestion =
    meant === undefined ? `add kind: with ${choices}` : `did you mean ${meant}? Else add kind: with ${choices}`;
  return { at: 'key', what: 'is not a kind of provider', suggestion };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
