import { z } from 'zod';
import {
  ATTRIBUTE_LIST_MAX,
  ATTRIBUTE_NAME,
  ATTRIBUTE_TEXT_MAX,
  ATTRIBUTES_MAX,
  TAG,
  TAGS_MAX,
  TOPIC,
  TOPICS_MAX,
} from '../../domain/attributes.js';
import { closed } from './closed.js';

export const topicName = z
  .string()
  .regex(TOPIC, 'must be 1 to 128 of the characters A-Z a-z 0-9 . _ : -')
  .meta({ examples: ['news.zh'] });

const tagName = z.string().regex(TAG, 'must be 1 to 64 of the characters A-Z a-z 0-9 . _ : -');

const VALUE_RULE = `must be a text of at most ${ATTRIBUTE_TEXT_MAX} characters, a number, true or false, or an array of at most ${ATTRIBUTE_LIST_MAX} texts; null removes it`;

const value = z.union(
  [
    z.string().max(ATTRIBUTE_TEXT_MAX),
    z.number(),
    z.boolean(),
    z.array(z.string().max(ATTRIBUTE_TEXT_MAX)).max(ATTRIBUTE_LIST_MAX),
    z.null(),
  ],
  { error: VALUE_RULE },
);

/**
 * Attributes as a call changes them: what is named is set, null removes, the rest stays.
 *
 * @param reserved names that filters give another meaning, so that no attribute may have them
 */
export function attributes(reserved: ReadonlySet<string>) {
  const name = z
    .string()
    .regex(ATTRIBUTE_NAME, 'it must be 1 to 64 of the characters A-Z a-z 0-9 . _ -')
    .refine((text) => !reserved.has(text), {
      error: (issue) => `'${issue.input}' is a field of its own in filters; choose another name`,
    });
  return z
    .record(name, value)
    .refine((given) => Object.keys(given).length <= ATTRIBUTES_MAX, {
      error: `must have at most ${ATTRIBUTES_MAX} names`,
      params: { code: 'too_many_items' },
    })
    .meta({ description: `Set by name, null removes; at most ${ATTRIBUTES_MAX} in all` });
}

/** A set of names: an array takes the place of all, `{add, remove}` changes some. */
function names(name: z.ZodString, max: number, what: string) {
  const list = z.array(name).max(max);
  const edit = closed({ add: list.optional(), remove: list.optional() }).refine(
    ({ add = [], remove = [] }) => !add.some((one) => remove.includes(one)),
    { error: 'the same name is both added and removed' },
  );
  return z
    .union([list, edit], {
      error: (issue) => (isNames(issue.input) ? undefined : `must be an array, or {add, remove}`),
    })
    .meta({
      description: `An array takes the place of all ${what}; {add, remove} changes some. At most ${max} in all`,
    });
}

function isNames(input: unknown): boolean {
  return typeof input === 'object' && input !== null;
}

export const tags = names(tagName, TAGS_MAX, 'tags');
export const topics = names(topicName, TOPICS_MAX, 'topics');
