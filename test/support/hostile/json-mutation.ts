import fc from 'fast-check';

/** Text behind this stands for itself in the JSON that is sent: numbers that no value of ours can have. */
const BARE = '\uE000';
const nested = (depth: number, leaf: unknown) => {
  let value = leaf;
  for (let n = 0; n < depth; n++) value = n % 2 === 0 ? [value] : { a: value };
  return value;
};

const NUMBERS = ['1e999', '-1e999', '1e-999', '-0', '9007199254740993', '1'.repeat(400), '0.1', '-1', '2147483648'];
const TEXTS = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  'x\udfff',
  '\r\nX-Evil: 1',
  'a\tb',
  '\u007f',
  '\u2028',
  '\ufeff',
  'é'.repeat(300),
  '👩‍👩‍👧‍👦'.repeat(50),
  'a'.repeat(5_000),
  '__proto__',
  'constructor',
  "'; DROP TABLE devices; --",
  '$(id)',
  '../../etc/passwd',
  '%00',
  '{{7*7}}',
  '<script>',
];
const TIMES = [
  '2026-02-30T00:00:00Z',
  '2026-11-21',
  '2026-11-21T25:00:00Z',
  '2026-11-21T10:00:60Z',
  '2026-11-21 10:00:00Z',
  '2026-11-21T10:00:00',
  '2026-11-21T10:00:00+99:00',
  '+275760-09-13T00:00:00.001Z',
  '-000001-01-01T00:00:00Z',
  '0000-00-00T00:00:00Z',
  '1e3',
  'now',
  'P1D',
  '8',
  '8 s',
  '-8s',
  '1.5h',
  '99999999999d',
  '999999999d',
  '1w',
  '24H',
  '٣s',
  '0x10s',
];
const KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '',
  '\0',
  '\ud800',
  'a/b',
  '~',
  'k'.repeat(600),
  '$ref',
];

/** Something that does not belong where it is put. */
const evil: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<unknown>(...TEXTS) },
  { weight: 4, arbitrary: fc.constantFrom<unknown>(...TIMES) },
  { weight: 4, arbitrary: fc.constantFrom(...NUMBERS).map((digits) => BARE + digits) },
  { weight: 4, arbitrary: fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, [], {}, [[]], [null], { a: 1 }) },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  { weight: 1, arbitrary: fc.constantFrom(5, 31, 33, 100).map((depth) => nested(depth, 'deep')) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(101, 1_001, 10_001), fc.constantFrom<unknown>('u1', 1, null, {}))
      .map(([count, item]) => Array.from({ length: count }, () => item)),
  },
);

interface Mutation {
  /** Chooses among the places of the value. */
  readonly place: number;
  readonly kind: 'replace' | 'remove' | 'add' | 'repeat' | 'wrap';
  readonly key: string;
  readonly value: unknown;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  place: fc.nat(),
  kind: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'add', 'add', 'repeat', 'wrap'),
  key: fc.oneof(fc.constantFrom(...KEYS), fc.stringMatching(/^[a-z_]{1,10}$/)),
  value: evil,
});

/** JSON texts of values, some of them spoiled in a few places. */
export function jsonTextOf(values: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  const mutations = fc.oneof(
    { weight: 3, arbitrary: fc.constant<Mutation[]>([]) },
    { weight: 17, arbitrary: fc.array(mutation, { minLength: 1, maxLength: 3 }) },
  );
  return fc.tuple(values, mutations).map(([value, list]) => textOf(list.reduce(mutated, value)));
}

/** The text that a value with bare numbers is sent as. */
function textOf(value: unknown): string {
  return JSON.stringify(value).replaceAll(new RegExp(`"${BARE}([^"]*)"`, 'g'), '$1');
}

function mutated(root: unknown, { place, kind, key, value }: Mutation): unknown {
  const places = placesOf(root);
  const at = places[place % places.length] ?? [];
  switch (kind) {
    case 'replace':
      return changed(root, at, () => value);
    case 'remove':
      return changed(root, at, () => undefined);
    case 'add':
      return changed(root, at, (old) =>
        Array.isArray(old) ? [...old, value] : isObject(old) ? { ...old, [key]: value } : value,
      );
    case 'repeat':
      return changed(root, at, (old) => (Array.isArray(old) ? [...old, ...old] : [old, old]));
    case 'wrap':
      return changed(root, at, (old) => ({ [key]: old }));
    default:
      throw new Error(`unknown mutation ${kind satisfies never}`);
  }
}

type Path = readonly (string | number)[];

/** Where something can be changed; what lies deep is one place among many. */
function placesOf(value: unknown, path: Path = []): Path[] {
  if (path.length > 5) return [path];
  if (Array.isArray(value)) return [path, ...value.slice(0, 5).flatMap((item, i) => placesOf(item, [...path, i]))];
  if (isObject(value)) return [path, ...Object.keys(value).flatMap((key) => placesOf(value[key], [...path, key]))];
  return [path];
}

/** A copy with one place changed; `undefined` removes it, and is null at the top. */
function changed(value: unknown, [first, ...rest]: Path, change: (old: unknown) => unknown): unknown {
  if (first === undefined) return change(value) ?? null;
  if (Array.isArray(value)) {
    return value.flatMap((item, i) => {
      const next = i === first ? changedChild(item, rest, change) : item;
      return next === undefined ? [] : [next];
    });
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    key === first ? changedChild(item, rest, change) : item,
  ]);
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}

function changedChild(item: unknown, rest: Path, change: (old: unknown) => unknown): unknown {
  return rest.length === 0 ? change(item) : changed(item, rest, change);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
