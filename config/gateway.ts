/** Puts `gateway.yaml`, variables and flags together and checks the result. */
import { dirname, resolve } from 'node:path';
import { type Complaint, explain, unknownKey } from './explain.js';
import { type ConfigFault, formatPlace, type Place } from './fault.js';
import { readLayer, type Surroundings, toFault } from './layer.js';
import type { FoundFile } from './locate.js';
import { type Override, readOverrides } from './overrides.js';
import { formatDuration } from './quantity.js';
import { resolveReferences } from './references.js';
import { type GatewaySettings, gatewayJsonSchema, gatewaySchema, gatewaySettings } from './schema.js';
import { isWithin, type Path } from './yaml-source.js';

export interface GatewayReading {
  /** Absent when there are faults. */
  readonly settings?: GatewaySettings;
  /** What was written, before references were replaced; of the strongest source of each setting. */
  readonly written: Readonly<Record<string, unknown>>;
  readonly faults: readonly ConfigFault[];
  readonly warnings: readonly string[];
  readonly files: readonly string[];
  /** Variables and flags that count, as they are shown. */
  readonly overrides: readonly string[];
  /** Where a setting such as `server.listen` was written; `default` where nowhere. */
  originOf(key: string): Place;
}

/** @param flags by dotted key, as in `--set server.listen=…` */
export async function readGateway(
  file: FoundFile | undefined,
  flags: Readonly<Record<string, string>>,
  around: Surroundings,
): Promise<GatewayReading> {
  const schema = gatewayJsonSchema();
  const layer = file === undefined ? undefined : await readLayer(file, around);
  const given = readOverrides(around.env, flags, gatewaySettings(schema));
  // A reference that an override replaces need not hold: the secret may well be missing where the override is used.
  const replaced = given.list.map(({ key }) => key);
  const standing = layer?.faults.filter(({ key }) => !replaced.some((name) => `${key}.`.startsWith(`${name}.`)));
  const faults = [...(standing ?? []), ...given.faults];
  const warnings = [...(layer?.warnings ?? []), ...given.warnings];
  const files = [...(layer?.files ?? [])];
  const places = new Map<string, Place>();
  const broken: Path[] = [];
  let value = layer?.value ?? {};
  let written = layer?.written ?? {};

  for (const override of given.list) {
    const path = override.key.split('.');
    const scope = { env: around.env, system: around.system, baseDir: around.cwd };
    const resolved = await resolveReferences(override.value, scope);
    value = withValue(value, path, resolved.value);
    written = withValue(written, path, override.value);
    places.set(override.key, override.place);
    files.push(...resolved.files);
    faults.push(...resolved.faults.map((fault) => toFault({ ...fault, at: 'value', path }, override.place)));
    warnings.push(...resolved.warnings.map(({ what }) => `${formatPlace(override.place)}: ${what}.`));
    if (resolved.faults.length > 0) broken.push(path);
  }

  const parsed = gatewaySchema.safeParse(value);
  const complaints: Complaint[] = [];
  for (const issue of parsed.error?.issues ?? []) {
    const isRoot = issue.code === 'unrecognized_keys' && issue.path.length === 0;
    if (isRoot) complaints.push(...issue.keys.map((key) => unknownKey([key], SECTIONS, [])));
    else complaints.push(...explain(issue, value, schema));
  }
  if (parsed.success) complaints.push(...contradictions(parsed.data));
  for (const complaint of complaints) {
    if (broken.some((path) => isWithin(complaint.path, path))) continue;
    const place = places.get(complaint.path.slice(0, 2).join('.'));
    const fault = place === undefined ? layer?.locate(complaint) : toFault(complaint, place);
    if (fault !== undefined) faults.push(fault);
    // Without a file nothing but an override can be wrong; a complaint beside both would be a fault of the defaults.
    else if (layer === undefined) faults.push(toFault(complaint, { kind: 'default' }));
  }

  const overrides = given.list.map((override: Override) => formatPlace(override.place));
  const originOf = (key: string): Place => {
    const [group = '', name] = key.split('.');
    const given = places.get(key);
    if (given !== undefined || layer === undefined) return given ?? { kind: 'default' };
    const isWritten = name === undefined ? Object.hasOwn(layer.value, group) : isSetIn(layer.value, group, name);
    return isWritten ? layer.placeOf(key.split('.')) : { kind: 'default' };
  };
  const result = { written, faults, warnings, files, overrides, originOf };
  if (!parsed.success || faults.length > 0) return result;
  const storeBase = places.has('store.url') || file === undefined || !isSetIn(layer?.value, 'store', 'url');
  return { ...result, settings: withStoreAt(parsed.data, storeBase ? around.cwd : dirname(file.path)) };
}

const SECTIONS = Object.keys(gatewaySchema.shape);

/** What is wrong only together; each setting alone passed its schema. */
function contradictions({ server, retry }: GatewaySettings): readonly Complaint[] {
  const found: Complaint[] = [];
  if (retry.base > retry.cap) {
    const what = `must not be longer than retry.cap, which is ${formatDuration(retry.cap)}`;
    found.push({ path: ['retry', 'base'], at: 'value', what });
  }
  if (server.admin.port !== 0 && server.admin.port === server.listen.port && server.admin.host === server.listen.host) {
    const what = 'must not be the address of server.listen: the metrics are never public';
    found.push({ path: ['server', 'admin'], at: 'value', what, suggestion: 'choose another port' });
  }
  return found;
}

/** Makes the directory of an embedded store absolute, so that nobody later depends on the working directory. */
function withStoreAt(settings: GatewaySettings, baseDir: string): GatewaySettings {
  const { url } = settings.store;
  if (url.kind !== 'pglite') return settings;
  return { ...settings, store: { ...settings.store, url: { ...url, dir: resolve(baseDir, url.dir) } } };
}

/** A group that is no group is left as it is, for the schema to refuse. */
function withValue(
  root: Readonly<Record<string, unknown>>,
  [group = '', key]: readonly string[],
  value: unknown,
): Readonly<Record<string, unknown>> {
  if (key === undefined) return { ...root, [group]: value };
  const inner = root[group] ?? {};
  if (typeof inner !== 'object' || Array.isArray(inner)) return root;
  return { ...root, [group]: { ...inner, [key]: value } };
}

function isSetIn(root: Readonly<Record<string, unknown>> | undefined, group: string, key: string): boolean {
  const inner = root?.[group];
  return typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key);
}
