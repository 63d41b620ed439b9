/** One file of the configuration with its references replaced, and the way from its paths back to its lines. */
import { dirname } from 'node:path';
import type { Complaint } from './explain.js';
import { type ConfigFault, formatPlace, type Place } from './fault.js';
import type { KeyFileSystem } from './key-file.js';
import type { FoundFile } from './locate.js';
import { resolveReferences } from './references.js';
import { isWithin, type Path, parseYaml } from './yaml-source.js';

/** Where references are looked up, the same for every file. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly system: KeyFileSystem;
  /** How a file is called in messages. */
  readonly show: (path: string) => string;
}

export interface Layer {
  /** As it stands in the file, references and all. */
  readonly written: Readonly<Record<string, unknown>>;
  /** With references replaced. */
  readonly value: Readonly<Record<string, unknown>>;
  /** Of the YAML and of the references. */
  readonly faults: readonly ConfigFault[];
  readonly warnings: readonly string[];
  /** Files that references named. */
  readonly files: readonly string[];
  /** The fault behind a complaint; `undefined` when it only follows from a fault told already. */
  locate(complaint: Complaint): ConfigFault | undefined;
  /** Where a value stands, else the group that would hold it. */
  placeOf(path: Path): Place;
  /** Whether anything can be said of the values at all: not so after a syntax error. */
  readonly isReadable: boolean;
}

/** Parses a file and replaces its references; relative file names in them start at the file's own folder. */
export async function readLayer(file: FoundFile, around: Surroundings): Promise<Layer> {
  const source = parseYaml(around.show(file.path), file.text);
  const written = withoutEmptyGroups(source.value);
  const { env, system } = around;
  const resolved = await resolveReferences(written, { env, system, baseDir: dirname(file.path) });
  const broken = resolved.faults.map((fault) => fault.path);
  return {
    written,
    value: resolved.value as Layer['value'], // a group stays a group
    faults: [
      ...source.faults,
      ...resolved.faults.map(({ path, ...rest }) => ({ ...rest, place: source.valueAt(path), key: path.join('.') })),
    ],
    warnings: resolved.warnings.map(
      ({ path, what }) => `${formatPlace(source.valueAt(path))} ${path.join('.')}: ${what}.`,
    ),
    files: resolved.files,
    locate: (complaint) => {
      if (broken.some((path) => isWithin(complaint.path, path))) return undefined;
      const place = complaint.at === 'key' ? source.keyAt(complaint.path) : source.valueAt(complaint.path);
      return toFault(complaint, place);
    },
    placeOf: (path) => source.valueAt(path),
    isReadable: source.faults.length === 0,
  };
}

/** A complaint at a known place. */
export function toFault({ path, what, suggestion }: Complaint, place: Place): ConfigFault {
  return { place, key: path.join('.'), what, ...(suggestion === undefined ? {} : { suggestion }) };
}

/** A group whose every line is commented out is `null` in YAML; people mean it to be absent. */
function withoutEmptyGroups(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== null));
}
