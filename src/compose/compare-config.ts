/** What differs between two configurations, in the words of the files. */
import { isDeepStrictEqual } from 'node:util';
import type { AppSettings } from '../../config/apps.js';
import type { Config } from '../../config/load.js';
import { gatewaySettings } from '../../config/schema.js';
import type { Json, JsonObject } from '../domain/json.js';
import type { ConfigChange } from '../ports/live-config.js';

/** Keys of `gateway.yaml` whose values are not the same, in the order of the schema. */
export function differingSettings(one: Config, other: Config): string[] {
  return gatewaySettings()
    .map(({ key }) => key)
    .filter((key) => !isDeepStrictEqual(valueAt(one, key), valueAt(other, key)));
}

/** Apps, their providers by what is in their secrets too, and whatever else their files have. */
export function differingApps(before: Config, after: Config): ConfigChange[] {
  const known = new Map(before.apps.map((app) => [app.id, app]));
  const wanted = new Map(after.apps.map((app) => [app.id, app]));
  const changes: ConfigChange[] = [];
  for (const [id, app] of wanted) {
    const was = known.get(id);
    if (was === undefined) changes.push({ key: `apps.${id}`, change: 'added' });
    else changes.push(...differingParts(was, app));
  }
  for (const id of known.keys()) if (!wanted.has(id)) changes.push({ key: `apps.${id}`, change: 'removed' });
  return changes;
}

function differingParts(before: AppSettings, after: AppSettings): ConfigChange[] {
  const changes: ConfigChange[] = [];
  const { id: _, providers: known, ...restBefore } = before;
  const { id, providers: wanted, ...restAfter } = after;
  const key = (...parts: string[]) => ['apps', id, ...parts].join('.');
  for (const provider of wanted) {
    const was = known.find(({ name }) => name === provider.name);
    if (was === undefined) changes.push({ key: key('providers', provider.name), change: 'added' });
    else if (!isDeepStrictEqual(was, provider))
      changes.push({ key: key('providers', provider.name), change: 'changed' });
  }
  for (const { name } of known) {
    if (!wanted.some((provider) => provider.name === name))
      changes.push({ key: key('providers', name), change: 'removed' });
  }
  for (const part of new Set([...Object.keys(restBefore), ...Object.keys(restAfter)])) {
    if (!isDeepStrictEqual(Reflect.get(restBefore, part), Reflect.get(restAfter, part))) {
      changes.push({ key: key(part), change: 'changed' });
    }
  }
  return changes;
}

/** What may be shown of the configuration in force: settings of the start, but for those that followed the files since. */
export function printableInForce(started: Config, followed: Config, live: readonly string[]): Json {
  const shown = started.printable as JsonObject; // a configuration is a group of groups
  const newest = followed.printable as JsonObject;
  let result: JsonObject = { ...shown, apps: newest.apps ?? {} };
  for (const path of live) {
    const [group = '', key = ''] = path.split('.');
    const of = result[group];
    const value = (newest[group] as JsonObject | undefined)?.[key];
    if (typeof of === 'object' && of !== null && value !== undefined)
      result = { ...result, [group]: { ...of, [key]: value } };
  }
  return result;
}

function valueAt(config: Config, key: string): unknown {
  let value: unknown = config;
  for (const part of key.split('.')) value = (value as Readonly<Record<string, unknown>> | undefined)?.[part];
  return value;
}
