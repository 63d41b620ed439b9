import type { Filter, FilterOrder, FilterScalar, FilterTest } from '../../../domain/filter.js';
import type { FilterAttr } from '../../../domain/filter-attr.js';
import { versionNumbers } from '../../../domain/version-order.js';

/** The record of the user of the device `d`, as the alias `u`. */
export const USER_OF_D = 'LEFT JOIN pealbell.users u ON u.app = d.app AND u.id = d.user_id';

const OPERATORS: Readonly<Record<FilterOrder, string>> = { gt: '>', gte: '>=', lt: '<', lte: '<=' };

/** The version `v` as numbers, as `versionNumbers` reads it: arrays compare element by element. */
const NUMBERS_OF = (v: string) =>
  `string_to_array(regexp_replace(substring(${v} from '^[0-9]+(?:[.][0-9]+)*'), '([.]0+)+$', ''), '.')::numeric[]`;

/**
 * Writes a filter as a condition over the device `d` and, where {@link asksForUser}, its user's record `u`. It is never
 * null, and means exactly the devices that `matchesFilter` does. Names and values are parameters, all of them.
 *
 * @param add takes a parameter (text, number or array of texts) and gives its placeholder
 * @param subscribedBefore placeholder of a time: subscriptions of that time or later do not count
 */
export function filterSql(filter: Filter, add: (value: unknown) => string, subscribedBefore?: string): string {
  switch (filter.kind) {
    case 'all':
    case 'any': {
      const parts = filter.of.map((part) => filterSql(part, add, subscribedBefore));
      return `(${parts.join(filter.kind === 'all' ? ' AND ' : ' OR ')})`;
    }
    case 'not':
      return `(NOT ${filterSql(filter.of, add, subscribedBefore)})`;
    case 'test':
      return testSql(filter, add, subscribedBefore);
    default:
      throw new Error(`unknown filter ${filter satisfies never}`);
  }
}

type Add = (value: unknown) => string;

function testSql(test: FilterTest, add: Add, subscribedBefore: string | undefined): string {
  const { attr } = test;
  switch (attr.kind) {
    case 'attribute':
      return attributeTest(`${attr.of === 'user' ? 'u' : 'd'}.attributes->${add(attr.name)}::text`, test, add);
    case 'names':
      return attr.field === 'device.topics'
        ? topicsTest(test, add, subscribedBefore)
        : tagsTest(attr.field === 'user.tags' ? 'u.tags' : 'd.tags', test, add);
    case 'text':
    case 'version':
      return textTest(textOf(attr), test, add);
    default:
      throw new Error(`unknown attribute ${attr satisfies never}`);
  }
}

/** Where there is nothing, a comparison is null: only its opposite matches. */
function known(condition: string): string {
  return `coalesce(${condition}, false)`;
}

function exists(what: string, wanted: boolean): string {
  return wanted ? what : `(NOT ${what})`;
}

/** `@>` compares as JSON does: by type, numbers by value; and an array has a single element. */
function attributeTest(value: string, test: FilterTest, add: Add): string {
  const json = `(${value})`;
  const oneOf = (values: readonly FilterScalar[]) =>
    known(`${json} @> ANY(${add(values.map((one) => JSON.stringify(one)))}::text[]::jsonb[])`);
  const isOf = (type: string, condition: string) => known(`jsonb_typeof(${json}) = '${type}' AND ${condition}`);
  const text = `(${json} #>> '{}')`;
  switch (test.op) {
    case 'eq':
      return oneOf([test.value]);
    case 'ne':
      return `(NOT ${oneOf([test.value])})`;
    case 'in':
      return oneOf(test.value);
    case 'nin':
      return `(NOT ${oneOf(test.value)})`;
    case 'exists':
      return exists(`(${json} IS NOT NULL)`, test.value);
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return typeof test.value === 'number'
        ? isOf('number', `${json} ${OPERATORS[test.op]} ${add(JSON.stringify(test.value))}::text::jsonb`)
        : isOf('string', orderSql(text, test.op, test.value, add));
    case 'prefix':
      return isOf('string', `starts_with(${text}, ${add(test.value)}::text)`);
    case 'contains':
      return `(${isOf('string', `strpos(${text}, ${add(test.value)}::text) > 0`)} OR ${isOf('array', oneOf([test.value]))})`;
    default:
      throw new Error(`unknown test ${test satisfies never}`);
  }
}

function textTest(text: string, test: FilterTest, add: Add): string {
  switch (test.op) {
    case 'eq':
      return known(`${text} = ${add(test.value)}::text`);
    case 'ne':
      return `(NOT ${known(`${text} = ${add(test.value)}::text`)})`;
    case 'in':
      return known(`${text} = ANY(${add(test.value)}::text[])`);
    case 'nin':
      return `(NOT ${known(`${text} = ANY(${add(test.value)}::text[])`)})`;
    case 'exists':
      return exists(`(${text} IS NOT NULL)`, test.value);
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte': {
      const value = String(test.value);
      if (test.attr.kind !== 'version') return known(orderSql(text, test.op, value, add));
      return known(`${NUMBERS_OF(text)} ${OPERATORS[test.op]} ${add(versionNumbers(value) ?? [])}::text[]::numeric[]`);
    }
    case 'prefix':
      return known(`starts_with(${text}, ${add(test.value)}::text)`);
    case 'contains':
      return known(`strpos(${text}, ${add(test.value)}::text) > 0`);
    default:
      throw new Error(`unknown test ${test satisfies never}`);
  }
}

function tagsTest(tags: string, test: FilterTest, add: Add): string {
  const has = namesSql(test, (names) => known(`${tags} && ${add(names)}::text[]`));
  return has ?? exists(known(`cardinality(${tags}) > 0`), test.op !== 'exists' || test.value);
}

function topicsTest(test: FilterTest, add: Add, subscribedBefore: string | undefined): string {
  const subscribed = (condition: string) =>
    `EXISTS (SELECT 1 FROM pealbell.subscriptions s WHERE s.app = d.app AND s.device = d.id${condition}${
      subscribedBefore === undefined ? '' : ` AND s.subscribed_at < ${subscribedBefore}`
    })`;
  const has = namesSql(test, (names) => subscribed(` AND s.topic = ANY(${add(names)}::text[])`));
  return has ?? exists(subscribed(''), test.op !== 'exists' || test.value);
}

/** Of a set of names, every test but `exists` asks whether one of some names is in it. */
function namesSql(test: FilterTest, hasOneOf: (names: readonly unknown[]) => string): string | undefined {
  switch (test.op) {
    case 'eq':
    case 'contains':
      return hasOneOf([test.value]);
    case 'ne':
      return `(NOT ${hasOneOf([test.value])})`;
    case 'in':
      return hasOneOf(test.value);
    case 'nin':
      return `(NOT ${hasOneOf(test.value)})`;
    case 'exists':
      return undefined;
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
    case 'prefix':
      return 'false'; // Never matches a list; the parser refuses it before.
    default:
      throw new Error(`unknown test ${test satisfies never}`);
  }
}

/** By code point on every server, as the store's own text columns are. */
function orderSql(text: string, op: FilterOrder, value: string, add: Add): string {
  return `(${text}) COLLATE "C" ${OPERATORS[op]} ${add(value)}::text COLLATE "C"`;
}

type TextField = Extract<FilterAttr, { kind: 'text' | 'version' }>['field'];

const TEXTS: Readonly<Record<TextField, string>> = {
  'user.id': 'd.user_id',
  'user.locale': 'u.locale',
  'user.timezone': 'u.timezone',
  'device.platform': 'd.platform',
  'device.locale': "(d.fields->>'locale')",
  'device.timezone': "(d.fields->>'timezone')",
  'device.app_version': "(d.fields->>'appVersion')",
  'device.os_version': "(d.fields->>'osVersion')",
  'device.manufacturer': "(d.fields->>'manufacturer')",
  'device.model': "(d.fields->>'model')",
  'device.notifications': "(d.fields->>'notifications')",
};

function textOf(attr: { readonly field: TextField }): string {
  return TEXTS[attr.field];
}
