/** Random devices, users and filters: awkward on purpose, and alike enough that filters often match. */
import fc from 'fast-check';
import type { Attributes, AttributeValue } from '../../src/domain/attributes.js';
import { PLATFORMS } from '../../src/domain/device.js';
import type { FilterSubject } from '../../src/domain/filter-match.js';

const TEXTS = ['', 'a', 'ab', 'A', 'ä', 'a\u0301', '😀', '\ufffd', '\u{10000}', '%', '_', '\\', "'", '"', '{}', '[]'];
const WORDLIKE = ['pro', 'pro ', '5', '5.0', '05', 'true', 'null', "x'; DROP TABLE pealbell.users; --", '$1', '#>>'];
const NUMBERS = [0, -0, 5, 5.5, -1, 1e21, 1e300, -1e300, 5e-324, 0.3, 0.1 + 0.2, 2 ** 53];
const VERSIONS = [
  '5',
  '5.0',
  '5.0.0',
  '5.2',
  '5.2.0',
  '05.2',
  '5.10',
  '5.9.9',
  '5.2.0-rc.1',
  '10',
  '0',
  '0.0',
  '99999999999999999999.1',
];
const ODD_VERSIONS = ['v5', '5.', '5..2', '.5', ' 5', 'x'];
const ATTRIBUTES = ['plan', 'n', 'a.b', 'x-y', 'toString', 'hasOwnProperty'];
const NAMES = ['news', 'news.zh', 'beta', 'VIP'];
const LOCALES = ['de', 'de-CH', 'zh-CN'];
const ZONES = ['UTC', 'Europe/Zurich'];
const MODELS = ['P9', 'p9', 'Ünï', '😀'];
export const USERS = ['ann', 'bob', 'Ünï "x"', '😀', "o'neil", '5'];

// Whole characters only, and no NUL: what the door lets in.
const anyText = fc.string({ unit: 'grapheme', maxLength: 3 }).filter((text) => !text.includes('\0'));
const text = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...TEXTS, ...WORDLIKE) },
  { weight: 1, arbitrary: anyText },
);
const number = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...NUMBERS) },
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
);
const scalar = fc.oneof(text, number, fc.boolean());
const attributeValue: fc.Arbitrary<AttributeValue> = fc.oneof(scalar, fc.array(text, { maxLength: 3 }));
const attributes: fc.Arbitrary<Attributes> = fc.dictionary(fc.constantFrom(...ATTRIBUTES), attributeValue, {
  maxKeys: 5,
});
const names = fc.subarray(NAMES);
const version = fc.constantFrom(...VERSIONS, ...ODD_VERSIONS);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** What is said of each user; not of all. */
export const userRecords = fc.array(
  fc.record({
    id: fc.constantFrom(...USERS),
    attributes,
    tags: names,
    locale: maybe(fc.constantFrom(...LOCALES)),
    timezone: maybe(fc.constantFrom(...ZONES)),
  }),
  { maxLength: 5 },
);

export const deviceFacts: fc.Arbitrary<FilterSubject['device']> = fc
  .record({
    user: fc.option(fc.constantFrom(...USERS)),
    platform: fc.constantFrom(...PLATFORMS.slice(0, 4)),
    locale: maybe(fc.constantFrom(...LOCALES)),
    timezone: maybe(fc.constantFrom(...ZONES)),
    appVersion: maybe(version),
    osVersion: maybe(version),
    manufacturer: maybe(fc.constantFrom(...MODELS)),
    model: maybe(fc.constantFrom(...MODELS)),
    notifications: maybe(fc.constantFrom('on' as const, 'off' as const)),
    attributes,
    tags: names,
    topics: names,
  })
  .map((facts) => Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as typeof facts)
  .map((facts) => facts as FilterSubject['device']); // Without its undefined fields it is one.

const LISTS = ['user.tags', 'device.tags', 'device.topics'];
const VALUES_OF: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'user.id': fc.constantFrom(...USERS),
  'user.locale': fc.constantFrom(...LOCALES),
  'user.timezone': fc.constantFrom(...ZONES),
  'user.tags': fc.constantFrom(...NAMES),
  'device.tags': fc.constantFrom(...NAMES),
  'device.topics': fc.constantFrom(...NAMES),
  'device.platform': fc.constantFrom(...PLATFORMS.slice(0, 4)),
  'device.locale': fc.constantFrom(...LOCALES),
  'device.timezone': fc.constantFrom(...ZONES),
  'device.app_version': fc.constantFrom(...VERSIONS),
  'device.os_version': fc.constantFrom(...VERSIONS),
  'device.manufacturer': fc.constantFrom(...MODELS),
  'device.model': fc.constantFrom(...MODELS),
  'device.notifications': fc.constantFrom('on', 'off'),
};

function testOf(attr: string, value: fc.Arbitrary<string | number | boolean>): fc.Arbitrary<unknown> {
  const ordered = value.filter((one) => typeof one !== 'boolean');
  const texts = value.filter((one) => typeof one === 'string');
  const pair = (ops: readonly string[], values: fc.Arbitrary<unknown>) =>
    fc.record({ attr: fc.constant(attr), op: fc.constantFrom(...ops), value: values });
  const some = fc.array(value, { minLength: 1, maxLength: 4 });
  const forAll = [pair(['eq', 'ne'], value), pair(['in', 'nin'], some), pair(['exists'], fc.boolean())];
  if (LISTS.includes(attr)) return fc.oneof(...forAll, pair(['contains'], texts));
  const beginnings = texts.chain((whole) => fc.nat([...whole].length).map((n) => [...whole].slice(0, n).join('')));
  return fc.oneof(...forAll, pair(['gt', 'gte', 'lt', 'lte'], ordered), pair(['prefix', 'contains'], beginnings));
}

const tests = fc.oneof(
  ...Object.entries(VALUES_OF).map(([attr, value]) => testOf(attr, value)),
  ...['user', 'device'].flatMap((of) => ATTRIBUTES.map((name) => testOf(`${of}.${name}`, scalar))),
);

/** Filters as callers write them. */
export const wireFilters: fc.Arbitrary<unknown> = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    tests,
    fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
    fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
    tie('node').map((not) => ({ not })),
  ),
})).node;
