/** `${env:NAME}` and `${file:PATH}`: the only ways in which a secret gets into a configuration. */
import type { ConfigFault } from './fault.js';
import { type KeyFileSystem, readKeyFile } from './key-file.js';
import type { Path } from './yaml-source.js';

/** What references are looked up in. */
export interface ReferenceScope {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative file names start here. */
  readonly baseDir: string;
  readonly system: KeyFileSystem;
}

/** A value with its references replaced. */
export interface Resolved {
  readonly value: unknown;
  /** Values that came from a reference, whole or in part: never shown. */
  readonly secrets: readonly Path[];
  /** Files that were read. */
  readonly files: readonly string[];
  /** Without their place, which the caller knows by the path. */
  readonly faults: readonly (Omit<ConfigFault, 'place' | 'key'> & { readonly path: Path })[];
  readonly warnings: readonly { readonly path: Path; readonly what: string }[];
}

const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** `$${` is a literal `${`; else a reference, which ends at the first brace. */
const REFERENCE = /\$\$\{|\$\{([^}]*)(\}?)/g;
const FORMS = 'only ${env:NAME} and ${file:PATH} are known; write $${ for a literal ${';

/** Replaces every reference in `value`, at any depth, in whole strings and inside them. Keys are left as they are. */
export async function resolveReferences(value: unknown, scope: ReferenceScope, path: Path = []): Promise<Resolved> {
  if (typeof value === 'string') return resolveText(value, scope, path);
  if (Array.isArray(value)) {
    const parts = await Promise.all(value.map((item, index) => resolveReferences(item, scope, [...path, index])));
    return merge(parts, (values) => values);
  }
  if (typeof value !== 'object' || value === null) return { value, secrets: [], files: [], faults: [], warnings: [] };
  const entries = Object.entries(value);
  const parts = await Promise.all(entries.map(([key, item]) => resolveReferences(item, scope, [...path, key])));
  return merge(parts, (values) => Object.fromEntries(entries.map(([key], index) => [key, values[index]])));
}

async function resolveText(text: string, scope: ReferenceScope, path: Path): Promise<Resolved> {
  const matches = [...text.matchAll(REFERENCE)];
  const found = await Promise.all(matches.map((match) => lookUp(match, scope)));
  let value = '';
  let end = 0;
  for (const [index, match] of matches.entries()) {
    value += text.slice(end, match.index) + (found[index]?.text ?? '');
    end = match.index + match[0].length;
  }
  const isSecret = matches.some((match) => match[1] !== undefined);
  return {
    value: value + text.slice(end),
    secrets: isSecret ? [path] : [],
    files: found.flatMap((part) => part.file ?? []),
    faults: found.flatMap((part) => (part.fault === undefined ? [] : [{ ...part.fault, path }])),
    warnings: found.flatMap((part) => (part.warning === undefined ? [] : [{ path, what: part.warning }])),
  };
}

interface Found {
  readonly text?: string;
  readonly file?: string;
  readonly warning?: string;
  readonly fault?: { readonly what: string; readonly suggestion?: string };
}

async function lookUp(match: RegExpExecArray, scope: ReferenceScope): Promise<Found> {
  const [, inner, brace] = match;
  if (inner === undefined) return { text: '${' };
  if (brace === '') return { fault: { what: 'has a reference without its closing brace', suggestion: FORMS } };
  const colon = inner.indexOf(':');
  const [scheme, name] = [inner.slice(0, colon), inner.slice(colon + 1)];
  if (scheme === 'env' && ENV_NAME.test(name)) {
    const text = scope.env[name];
    if (text !== undefined && text !== '') return { text };
    const what = `needs the environment variable ${name}, which is ${text === '' ? 'empty' : 'not set'}`;
    return { fault: { what } };
  }
  if (scheme !== 'file' || name === '')
    return { fault: { what: 'has a reference of no known form', suggestion: FORMS } };
  const file = await readKeyFile(name, scope.baseDir, scope.system);
  if (file.kind === 'refused') {
    const suggestion = file.suggestion === undefined ? {} : { suggestion: file.suggestion };
    return { file: file.path, fault: { what: `needs the file ${file.path}, which ${file.what}`, ...suggestion } };
  }
  const warning = file.warning === undefined ? {} : { warning: `the file ${file.path} ${file.warning}` };
  return { text: file.text, file: file.path, ...warning };
}

function merge(parts: readonly Resolved[], build: (values: readonly unknown[]) => unknown): Resolved {
  return {
    value: build(parts.map((part) => part.value)),
    secrets: parts.flatMap((part) => part.secrets),
    files: parts.flatMap((part) => part.files),
    faults: parts.flatMap((part) => part.faults),
    warnings: parts.flatMap((part) => part.warnings),
  };
}
