import type { Attributes, AttributeValue } from './attributes.js';
import type { DeviceFields } from './device.js';
import type { Filter, FilterCondition, FilterOrder } from './filter.js';
import type { FilterAttr } from './filter-attr.js';
import type { UserFields } from './user.js';
import { compareVersions, versionNumbers } from './version-order.js';

/** A device with all that a filter can ask of it and of its user. */
export interface FilterSubject {
  readonly device: DeviceFields & {
    readonly attributes: Attributes;
    readonly tags: readonly string[];
    readonly topics: readonly string[];
  };
  /** Absent where the app has said nothing of the user, or nobody is logged in. */
  readonly user?: UserFields & { readonly attributes: Attributes; readonly tags: readonly string[] };
}

/** Whether a filter means a device. The reference: whatever a store selects by a filter is what this says. */
export function matchesFilter(filter: Filter, subject: FilterSubject): boolean {
  switch (filter.kind) {
    case 'all':
      return filter.of.every((part) => matchesFilter(part, subject));
    case 'any':
      return filter.of.some((part) => matchesFilter(part, subject));
    case 'not':
      return !matchesFilter(filter.of, subject);
    case 'test':
      return meets(filter, attributeOf(filter.attr, subject), filter.attr.kind === 'version');
    default:
      throw new Error(`unknown filter ${filter satisfies never}`);
  }
}

function meets(condition: FilterCondition, value: AttributeValue | undefined, isVersion: boolean): boolean {
  const elements = value === undefined ? [] : typeof value === 'object' ? value : [value];
  switch (condition.op) {
    case 'eq':
      return elements.some((element) => element === condition.value);
    case 'ne':
      return !elements.some((element) => element === condition.value);
    case 'in':
      return elements.some((element) => condition.value.includes(element));
    case 'nin':
      return !elements.some((element) => condition.value.includes(element));
    case 'exists':
      return (value !== undefined) === condition.value;
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte': {
      const order = isVersion ? versionOrder(value, condition.value) : valueOrder(value, condition.value);
      return order !== undefined && holds(condition.op, order);
    }
    case 'prefix':
      return typeof value === 'string' && value.startsWith(condition.value);
    case 'contains':
      return typeof value === 'string' ? value.includes(condition.value) : elements.includes(condition.value);
    default:
      throw new Error(`unknown condition ${condition satisfies never}`);
  }
}

function attributeOf(attr: FilterAttr, { device, user }: FilterSubject): AttributeValue | undefined {
  if (attr.kind === 'attribute') {
    const attributes = (attr.of === 'device' ? device.attributes : user?.attributes) ?? {};
    return Object.hasOwn(attributes, attr.name) ? attributes[attr.name] : undefined;
  }
  switch (attr.field) {
    case 'user.id':
      return device.user ?? undefined;
    case 'user.locale':
      return user?.locale;
    case 'user.timezone':
      return user?.timezone;
    case 'user.tags':
      return unlessEmpty(user?.tags ?? []);
    case 'device.tags':
      return unlessEmpty(device.tags);
    case 'device.topics':
      return unlessEmpty(device.topics);
    case 'device.platform':
      return device.platform;
    case 'device.locale':
      return device.locale;
    case 'device.timezone':
      return device.timezone;
    case 'device.app_version':
      return device.appVersion;
    case 'device.os_version':
      return device.osVersion;
    case 'device.manufacturer':
      return device.manufacturer;
    case 'device.model':
      return device.model;
    case 'device.notifications':
      return device.notifications;
    default:
      throw new Error(`unknown attribute ${attr satisfies never}`);
  }
}

/** Nobody has tags or topics of which there are none. */
function unlessEmpty(names: readonly string[]): readonly string[] | undefined {
  return names.length === 0 ? undefined : names;
}

/** Undefined where the two cannot be ordered. */
function valueOrder(value: AttributeValue | undefined, other: number | string): number | undefined {
  if (typeof value === 'number' && typeof other === 'number') return value < other ? -1 : value > other ? 1 : 0;
  if (typeof value === 'string' && typeof other === 'string') return textOrder(value, other);
  return undefined;
}

function versionOrder(value: AttributeValue | undefined, other: number | string): number | undefined {
  if (typeof value !== 'string' || typeof other !== 'string') return undefined;
  const [numbers, others] = [versionNumbers(value), versionNumbers(other)];
  return numbers === undefined || others === undefined ? undefined : compareVersions(numbers, others);
}

/** By code point, which is not what `<` does beyond U+FFFF. */
function textOrder(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (const [i, character] of left.entries()) {
    const other = right[i];
    if (other === undefined) return 1;
    if (character !== other) return (character.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0);
  }
  return left.length - right.length;
}

function holds(op: FilterOrder, order: number): boolean {
  switch (op) {
    case 'gt':
      return order > 0;
    case 'gte':
      return order >= 0;
    case 'lt':
      return order < 0;
    case 'lte':
      return order <= 0;
    default:
      throw new Error(`unknown order ${op satisfies never}`);
  }
}
