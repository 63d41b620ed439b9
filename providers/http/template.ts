/**
 * Templates: JSON or text in which `{{name}}` stands for a value. They are filled in by position: a value never becomes part
 * of a template, and what is around it, JSON, form or URL, is written by whoever writes that form.
 */
import type { Json } from '../contract.js';

/** A place to be filled: the first of these names that has a value. */
interface Slot {
  readonly names: readonly string[];
}

export type TextTemplate = readonly (string | Slot)[];

export type Template =
  | { readonly kind: 'text'; readonly pieces: TextTemplate }
  | { readonly kind: 'fixed'; readonly value: null | boolean | number }
  | { readonly kind: 'list'; readonly items: readonly Template[] }
  | { readonly kind: 'group'; readonly entries: readonly (readonly [string, Template])[] };

export type LookUp = (name: string) => Json | undefined;

/** What a template may name, and what it is called where that is told. */
export interface Names {
  readonly known: readonly string[];
  /** Names that begin with one of these and go on; `data.` for `data.code`. */
  readonly families: readonly string[];
}

const SLOT = /\{\{([^{}]*)\}\}/g;
const NAME = /^[a-z][a-z0-9_]*(?:\.[^\s{}|]{1,64})?$/;
/** JSON that people write by hand has far less. */
const DEPTH_MAX = 16;

/** @throws Error with a clause that follows the setting's name, such as `has {{tilte}}, …` */
export function parseText(text: string, names: Names): TextTemplate {
  const pieces: (string | Slot)[] = [];
  let end = 0;
  for (const match of text.matchAll(SLOT)) {
    pieces.push(...fixed(text.slice(end, match.index)), { names: parseNames(match[1] ?? '', names) });
    end = match.index + match[0].length;
  }
  return [...pieces, ...fixed(text.slice(end))];
}

function fixed(text: string): string[] {
  if (text.includes('{{')) throw new Error('has {{ without a name and }} behind it');
  return text === '' ? [] : [text];
}

function parseNames(inner: string, { known, families }: Names): readonly string[] {
  return inner.split('|').map((part) => {
    const name = part.trim();
    const isKnown = known.includes(name) || families.some((family) => name.startsWith(family) && NAME.test(name));
    if (isKnown) return name;
    const meant = nearest(name, known);
    const hint = meant === undefined ? `known here: ${known.join(', ')}` : `did you mean {{${meant}}}?`;
    throw new Error(`has {{${name.slice(0, 64)}}}, which means nothing here; ${hint}`);
  });
}

/** @throws Error as `parseText` does, with where in the value it is */
export function parseTemplate(value: unknown, names: Names, depth = 0): Template {
  if (depth > DEPTH_MAX) throw new Error(`is deeper than ${DEPTH_MAX} levels`);
  if (typeof value === 'string') return { kind: 'text', pieces: parseText(value, names) };
  if (value === null || typeof value === 'boolean') return { kind: 'fixed', value };
  if (typeof value === 'number' && Number.isFinite(value)) return { kind: 'fixed', value };
  if (Array.isArray(value)) return { kind: 'list', items: value.map((item) => parseTemplate(item, names, depth + 1)) };
  if (typeof value !== 'object') throw new Error('is no JSON value');
  const entries = Object.entries(value).map(([key, part]) => [key, parseTemplate(part, names, depth + 1)] as const);
  return { kind: 'group', entries };
}

/** Every name in it. */
export function namesIn(template: Template): readonly string[] {
  switch (template.kind) {
    case 'text':
      return namesInText(template.pieces);
    case 'fixed':
      return [];
    case 'list':
      return template.items.flatMap(namesIn);
    case 'group':
      return template.entries.flatMap(([, part]) => namesIn(part));
    default:
      return template satisfies never;
  }
}

export function namesInText(pieces: TextTemplate): readonly string[] {
  return pieces.flatMap((piece) => (typeof piece === 'string' ? [] : piece.names));
}

/** A name without a value is empty text. */
export function fillText(pieces: TextTemplate, lookUp: LookUp, encode: (text: string) => string = asIs): string {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : encode(textOf(slotValue(piece, lookUp))))).join('');
}

/** A text that is one slot becomes its value, of whatever type; without a value it is left out of its list or group. */
export function fill(template: Template, lookUp: LookUp): Json | undefined {
  switch (template.kind) {
    case 'text': {
      const [only, ...more] = template.pieces;
      if (only !== undefined && typeof only !== 'string' && more.length === 0) return slotValue(only, lookUp);
      return fillText(template.pieces, lookUp);
    }
    case 'fixed':
      return template.value;
    case 'list':
      return template.items.flatMap((item) => {
        const value = fill(item, lookUp);
        return value === undefined ? [] : [value];
      });
    case 'group':
      // Not by assignment: a key `__proto__` stays a key.
      return Object.fromEntries(
        template.entries.flatMap(([key, part]) => {
          const value = fill(part, lookUp);
          return value === undefined ? [] : [[key, value]];
        }),
      );
    default:
      return template satisfies never;
  }
}

/** The template without the texts that name nothing of `wanted`: undefined where nothing is left. */
export function only(template: Template, wanted: (name: string) => boolean): Template | undefined {
  if (template.kind === 'group') {
    const entries = template.entries.flatMap(([key, part]) => {
      const kept = only(part, wanted);
      return kept === undefined ? [] : [[key, kept] as const];
    });
    return entries.length === 0 ? undefined : { kind: 'group', entries };
  }
  return namesIn(template).some(wanted) ? template : undefined;
}

function slotValue({ names }: Slot, lookUp: LookUp): Json | undefined {
  for (const name of names) {
    const value = lookUp(name);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** A list of texts is joined by commas, everything else that is no text is JSON. */
function textOf(value: Json | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  const isTexts = Array.isArray(value) && value.every((item) => typeof item === 'string');
  return isTexts ? value.join(',') : JSON.stringify(value);
}

function asIs(text: string): string {
  return text;
}

/** The known word with the fewest changes, if there are few. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const near = known
    .map((candidate) => ({ candidate, changes: changesBetween(word, candidate) }))
    .sort((a, b) => a.changes - b.changes)[0];
  return near !== undefined && near.changes <= (word.length < 4 ? 1 : Math.max(2, Math.floor(word.length / 3)))
    ? near.candidate
    : undefined;
}

/** Letters taken out, put in, or replaced. */
function changesBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
