/** Settings given beside the files: `PEALBELL_SERVER__LISTEN=…` and `--set server.listen=…`. */
import { nearest } from '../src/domain/suggest.js';
import type { ConfigFault, Place } from './fault.js';
import type { Setting } from './schema.js';

/** One setting from outside the files, not yet checked against its schema. */
export interface Override {
  readonly key: string;
  /** Text turned into the setting's JSON type; text that does not turn stays text, for the schema to refuse. */
  readonly value: unknown;
  readonly place: Place;
}

export interface Overrides {
  /** Weakest first: variables, then flags. */
  readonly list: readonly Override[];
  readonly faults: readonly ConfigFault[];
  readonly warnings: readonly string[];
}

const PREFIX = 'PEALBELL_';

/** `PEALBELL_SERVER__LISTEN` for `server.listen`. */
export function variableName(key: string): string {
  return PREFIX + key.replaceAll('.', '__').toUpperCase();
}

/**
 * @param flags by dotted key. Only variables with a double underscore are settings: Kubernetes gives every process
 *   beside a service called pealbell a `PEALBELL_PORT` and `PEALBELL_SERVICE_HOST` of its own.
 */
export function readOverrides(
  env: Readonly<Record<string, string | undefined>>,
  flags: Readonly<Record<string, string>>,
  settings: readonly Setting[],
): Overrides {
  const byVariable = new Map(settings.map((setting) => [variableName(setting.key), setting]));
  const byKey = new Map(settings.map((setting) => [setting.key, setting]));
  const list: Override[] = [];
  const faults: ConfigFault[] = [];
  const warnings: string[] = [];

  for (const [name, text] of Object.entries(env).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!name.startsWith(PREFIX) || text === undefined) continue;
    const setting = byVariable.get(name);
    const place: Place = { kind: 'variable', name };
    if (setting !== undefined) list.push({ key: setting.key, value: convert(text, setting), place });
    else if (name.includes('__')) faults.push(unknown(place, '', name, byVariable.keys()));
    else {
      const meant = [...byVariable.keys()].find((known) => known.replaceAll('__', '_') === name);
      if (meant !== undefined) warnings.push(`$${name} is not read; did you mean ${meant}, with two underscores?`);
    }
  }
  for (const [key, text] of Object.entries(flags)) {
    const setting = byKey.get(key);
    const place: Place = { kind: 'flag', text: key };
    if (setting === undefined) faults.push(unknown(place, '', key, byKey.keys()));
    else list.push({ key, value: convert(text, setting), place });
  }
  return { list, faults, warnings };
}

function unknown(place: Place, key: string, name: string, known: Iterable<string>): ConfigFault {
  const meant = nearest(name, known);
  const fault = { place, key, what: 'is not a setting' };
  return meant === undefined ? fault : { ...fault, suggestion: `did you mean ${meant}?` };
}

function convert(text: string, setting: Setting): unknown {
  switch (setting.type) {
    case 'integer':
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
    case 'boolean':
      return text === 'true' || text === 'false' ? text === 'true' : text;
    case 'array':
      return text.trim() === '' ? [] : text.split(',').map((part) => part.trim());
    case 'string':
      return text;
    default:
      return setting.type satisfies never;
  }
}
