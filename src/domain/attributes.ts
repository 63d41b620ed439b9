/** What an app says of a device or a user in its own words: attributes have a value, tags are there or not. */
export type AttributeValue = string | number | boolean | readonly string[];

/** By name. Never holds `null`: setting an attribute to null removes it. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** Changes by name: `null` removes, what is not named stays. */
export type AttributeChanges = Readonly<Record<string, AttributeValue | null>>;

/** What becomes of a set of names: another set instead, or the same with some more and some less. */
export type NamesChange =
  | { readonly kind: 'replace'; readonly names: readonly string[] }
  /** No name stands in both. */
  | { readonly kind: 'edit'; readonly add: readonly string[]; readonly remove: readonly string[] };

export const ATTRIBUTES_MAX = 64;
/** UTF-16 code units of a text, alone or in a list. */
export const ATTRIBUTE_TEXT_MAX = 256;
/** Texts of one attribute that is a list. */
export const ATTRIBUTE_LIST_MAX = 50;
export const ATTRIBUTE_NAME = /^[A-Za-z0-9_.-]{1,64}$/;

export const TAGS_MAX = 100;
export const TAG = /^[A-Za-z0-9._:-]{1,64}$/;

/** Topics of one device. */
export const TOPICS_MAX = 1_000;
export const TOPIC = /^[A-Za-z0-9._:-]{1,128}$/;

/** Whose names and attributes grew beyond what one device or user may have. */
export interface Excess {
  readonly what: 'attributes' | 'tags' | 'topics';
  readonly max: number;
}

/** The first bound that is exceeded, if any. */
export function excessOf(subject: {
  readonly attributes: Attributes;
  readonly tags: readonly string[];
  readonly topics?: readonly string[];
}): Excess | undefined {
  if (Object.keys(subject.attributes).length > ATTRIBUTES_MAX) return { what: 'attributes', max: ATTRIBUTES_MAX };
  if (subject.tags.length > TAGS_MAX) return { what: 'tags', max: TAGS_MAX };
  if ((subject.topics ?? []).length > TOPICS_MAX) return { what: 'topics', max: TOPICS_MAX };
  return undefined;
}
