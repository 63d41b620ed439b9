import { z } from 'zod';
import { FILTER_DEPTH_MAX, FILTER_NODES_MAX, FILTER_VALUES_MAX } from '../../domain/filter.js';
import { DEVICE_FIELDS, USER_FIELDS } from '../../domain/filter-attr.js';
import { parseFilter } from '../../domain/parse-filter.js';
import { FILTER_OPS } from '../../domain/parse-filter-test.js';

const SELF = { $ref: '#/components/schemas/Filter' };
const SCALAR = [{ type: 'string', maxLength: 256 }, { type: 'number' }, { type: 'boolean' }];

const fieldsOf = (owner: string, fields: ReadonlySet<string>) => [...fields].map((name) => `\`${owner}.${name}\``);

const DESCRIPTION = `Which devices are meant, by what is known of them and of their users. \
\`attr\` is ${fieldsOf('user', USER_FIELDS).join(', ')}, ${fieldsOf('device', DEVICE_FIELDS).join(', ')}, or \`user.\` \
or \`device.\` and the name of an attribute. Types count: the text "5" is not the number 5. \`eq\`, \`ne\`: one value; \
\`in\`, \`nin\`: an array of 1 to ${FILTER_VALUES_MAX}; \`exists\`: true (when absent) or false; \`gt\`, \`gte\`, \`lt\`, \
\`lte\`: numbers with numbers, texts with texts by code point, versions as dotted numbers ("5.10" is after "5.9"); \
\`prefix\`: the beginning of a text; \`contains\`: a part of a text, or an element of a list. Of a list (tags, topics, \
attributes that are arrays) one element is enough for \`eq\`, \`in\` and \`contains\`; order and \`prefix\` never match a \
list. What is missing matches only \`ne\`, \`nin\` and \`exists: false\`. At most ${FILTER_DEPTH_MAX} levels and \
${FILTER_NODES_MAX} tests, lists and negations.`;

function branch(key: string, schema: object) {
  return { type: 'object', properties: { [key]: schema }, required: [key], additionalProperties: false };
}

/** A filter as it is published; what it means, and every fault, is the domain's to say. */
export const filter = z
  .unknown()
  .transform((value, context) => {
    const parsed = parseFilter(value, '');
    if (parsed.kind === 'filter') return parsed.filter;
    for (const { pointer, code, detail } of parsed.faults) {
      context.addIssue({ code: 'custom', path: pathOf(pointer), message: detail, params: { code } });
    }
    return z.NEVER;
  })
  .meta({
    description: DESCRIPTION,
    oneOf: [
      branch('all', { type: 'array', items: SELF, minItems: 1 }),
      branch('any', { type: 'array', items: SELF, minItems: 1 }),
      branch('not', SELF),
      {
        type: 'object',
        properties: {
          attr: { type: 'string', pattern: '^(user|device)[.][A-Za-z0-9_.-]{1,64}$' },
          op: { enum: [...FILTER_OPS] },
          value: {
            anyOf: [...SCALAR, { type: 'array', items: { anyOf: SCALAR }, minItems: 1, maxItems: FILTER_VALUES_MAX }],
          },
        },
        required: ['attr', 'op'],
        additionalProperties: false,
      },
    ],
    examples: [
      {
        all: [
          { attr: 'user.plan', op: 'in', value: ['pro', 'team'] },
          { attr: 'device.app_version', op: 'gte', value: '5.2' },
        ],
      },
    ],
  });

/** The parts of a JSON pointer (RFC 6901 §4). */
function pathOf(pointer: string): string[] {
  const parts = pointer.split('/').slice(1);
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}
