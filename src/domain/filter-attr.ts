import { ATTRIBUTE_NAME } from './attributes.js';
import { nearest } from './suggest.js';

/** Fields of a device and of a user that a filter can ask for by name, with how they compare. */
const FIELDS = {
  user: { id: 'text', tags: 'names', locale: 'text', timezone: 'text' },
  device: {
    tags: 'names',
    topics: 'names',
    platform: 'text',
    locale: 'text',
    timezone: 'text',
    app_version: 'version',
    os_version: 'version',
    manufacturer: 'text',
    model: 'text',
    notifications: 'text',
  },
} as const;

/** Names that no request can hold as a key. */
const IMPOSSIBLE: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

type UserField = keyof (typeof FIELDS)['user'];
type DeviceField = keyof (typeof FIELDS)['device'];

/** Names no attribute of a user or a device may have: a filter would mean the field. */
export const USER_FIELDS: ReadonlySet<string> = new Set(Object.keys(FIELDS.user));
export const DEVICE_FIELDS: ReadonlySet<string> = new Set(Object.keys(FIELDS.device));

/** What a test of a filter looks at. */
export type FilterAttr =
  /** A value of the app's own: text, number, boolean or list. */
  | { readonly kind: 'attribute'; readonly of: 'user' | 'device'; readonly name: string }
  /** A field that is one text; a version is ordered as one. */
  | {
      readonly kind: 'text' | 'version';
      readonly field: `user.${Exclude<UserField, 'tags'>}` | `device.${Exclude<DeviceField, 'tags' | 'topics'>}`;
    }
  /** A set of names. */
  | { readonly kind: 'names'; readonly field: 'user.tags' | 'device.tags' | 'device.topics' };

/** @returns the attribute a text means, or a sentence about what is wrong with it */
export function readFilterAttr(text: string): FilterAttr | string {
  const dot = text.indexOf('.');
  const of = text.slice(0, dot);
  const name = text.slice(dot + 1);
  if (dot === -1 || (of !== 'user' && of !== 'device')) {
    const guess = nearest(
      text,
      ['user', 'device'].flatMap((owner) => [...fieldsOf(owner)].map((f) => `${owner}.${f}`)),
    );
    const hint = guess === undefined ? '' : `; did you mean '${guess}'?`;
    return `must begin with 'user.' or 'device.'${hint}`;
  }
  const kind = fieldKind(of, name);
  if (kind === undefined) {
    if (ATTRIBUTE_NAME.test(name) && !IMPOSSIBLE.has(name)) return { kind: 'attribute', of, name };
    return `after '${of}.' comes the name of an attribute: 1 to 64 of the characters A-Z a-z 0-9 . _ -`;
  }
  // `fieldKind` found the name among the fields of that kind.
  return { kind, field: `${of}.${name}` } as FilterAttr;
}

function fieldKind(of: 'user' | 'device', name: string): 'text' | 'version' | 'names' | undefined {
  const fields: Readonly<Record<string, 'text' | 'version' | 'names'>> = FIELDS[of];
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function fieldsOf(owner: string): ReadonlySet<string> {
  return owner === 'user' ? USER_FIELDS : DEVICE_FIELDS;
}
