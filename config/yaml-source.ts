/** Reads one YAML file into plain values, keeping where each of them was written. */
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type YAMLError } from 'yaml';
import type { ConfigFault, Place } from './fault.js';

export type Path = readonly (string | number)[];

/** `outer` is the same path as `inner` or one of its ancestors. */
export function isWithin(inner: Path, outer: Path): boolean {
  return outer.every((part, index) => String(inner[index]) === String(part));
}

/** One file after parsing. */
export interface YamlSource {
  readonly file: string;
  /** Objects, arrays and scalars; `{}` for an empty file and for one that is not YAML. */
  readonly value: Readonly<Record<string, unknown>>;
  readonly faults: readonly ConfigFault[];
  /** Where the value at `path` stands, else its nearest ancestor. */
  valueAt(path: Path): Place;
  /** Where the key at the end of `path` stands, else the value. */
  keyAt(path: Path): Place;
}

/** Aliases can multiply a small file into a huge value; a configuration needs nowhere near this many nodes. */
const NODES_MAX = 20_000;
const DEPTH_MAX = 32;

/** @param text the whole file; `file` is its name in places and is not opened. */
export function parseYaml(file: string, text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: '1.2' });
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { kind: 'file', file, line, col };
  };
  const syntax = syntaxFaults([...document.errors, ...document.warnings], place, text);
  const walked = syntax.length > 0 ? undefined : new Walk(document, place);
  const root = walked?.value(document.contents, []) ?? {};
  const faults = [...syntax, ...(walked?.faults ?? [])];
  const isMapping = typeof root === 'object' && !Array.isArray(root);
  if (!isMapping) faults.push({ place: { kind: 'file', file }, key: '', what: 'must hold `key: value` lines' });
  const valueAt = (path: Path): Place => nearestPlace(walked?.values, path) ?? { kind: 'file', file };
  return {
    file,
    value: isMapping ? (root as Readonly<Record<string, unknown>>) : {}, // built from string keys below
    faults,
    valueAt,
    keyAt: (path) => walked?.keys.get(id(path)) ?? valueAt(path),
  };
}

/** Turns nodes into values and notes their places. */
class Walk {
  readonly values = new Map<string, Place>();
  readonly keys = new Map<string, Place>();
  readonly faults: ConfigFault[] = [];
  readonly #document: Document;
  readonly #place: (offset: number) => Place;
  #nodes = 0;

  constructor(document: Document, place: (offset: number) => Place) {
    this.#document = document;
    this.#place = place;
  }

  /** @param node any node of the document; `null` and `undefined` are YAML's null. */
  value(node: unknown, path: Path): unknown {
    this.#nodes += 1;
    this.#note(this.values, node, path);
    if (path.length > DEPTH_MAX || this.#nodes > NODES_MAX) {
      const told = this.faults.some((fault) => fault.what === TOO_LARGE);
      return told ? undefined : this.#fault(node, path, TOO_LARGE);
    }
    if (isAlias(node)) {
      const target = node.resolve(this.#document);
      return target === undefined
        ? this.#fault(node, path, `names an anchor that does not exist, *${node.source}`)
        : this.value(target, path);
    }
    if (isSeq(node)) return node.items.map((item, index) => this.value(item, [...path, index]));
    if (!isMap(node)) return isScalar(node) ? node.value : null;
    const entries = node.items.flatMap((pair): [string, unknown][] => {
      const name = isScalar(pair.key) ? String(pair.key.value) : '';
      if (name === '' || name === '__proto__') {
        this.#fault(pair.key, path, 'has a key that is not a plain word');
        return [];
      }
      const here = [...path, name];
      this.#note(this.keys, pair.key, here);
      return [[name, this.value(pair.value, here)]];
    });
    return Object.fromEntries(entries);
  }

  #note(places: Map<string, Place>, node: unknown, path: Path): void {
    const offset = offsetOf(node);
    // The first note stays: what an alias brings in is told where the alias stands.
    if (offset !== undefined && !places.has(id(path))) places.set(id(path), this.#place(offset));
  }

  #fault(node: unknown, path: Path, what: string): undefined {
    this.faults.push({ place: this.#place(offsetOf(node) ?? 0), key: path.join('.'), what });
  }
}

const TOO_LARGE = 'is nested too deeply, or grows too large by its aliases';

/** The parser goes on after an error, and what it says then is mostly noise: the first of each line is kept. */
function syntaxFaults(
  errors: readonly YAMLError[],
  place: (offset: number) => Place,
  text: string,
): readonly ConfigFault[] {
  const byLine = new Map<number, ConfigFault>();
  for (const error of errors) {
    const at = place(error.pos[0]);
    const line = at.kind === 'file' ? (at.line ?? 0) : 0;
    if (byLine.has(line)) continue;
    const [what, advice] = SAID[error.code] ?? [`is not valid YAML: ${firstLine(error.message)}`, undefined];
    const written = text.split('\n')[line - 1] ?? '';
    const suggestion = advice ?? (written.includes('${') ? QUOTE_REFERENCE : undefined);
    byLine.set(line, { place: at, key: '', what, ...(suggestion === undefined ? {} : { suggestion }) });
  }
  return [...byLine.values()];
}

/** Said in our words where the parser's own are hard to act on: what is wrong, what to do. */
const SAID: Readonly<Record<string, readonly [string, string]>> = {
  DUPLICATE_KEY: ['this key stands here twice', 'keep one of them'],
  TAB_AS_INDENT: ['is indented with a tab', 'YAML wants spaces'],
  MULTIPLE_DOCS: ['holds more than one document', 'remove the --- line and what follows it'],
};
/** Inside `{…}` an unquoted reference ends at its own brace. */
const QUOTE_REFERENCE = 'put references in quotes, such as "${env:NAME}"';

function firstLine(message: string): string {
  return message.replace(/ at line \d+, column \d+[\s\S]*$/, '');
}

function offsetOf(node: unknown): number | undefined {
  return isAlias(node) || isMap(node) || isSeq(node) || isScalar(node) ? node.range?.[0] : undefined;
}

function id(path: Path): string {
  return JSON.stringify(path.map(String));
}

function nearestPlace(places: ReadonlyMap<string, Place> | undefined, path: Path): Place | undefined {
  for (let length = path.length; length > 0; length--) {
    const place = places?.get(id(path.slice(0, length)));
    if (place !== undefined) return place;
  }
  return undefined;
}
