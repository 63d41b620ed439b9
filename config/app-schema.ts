/** The JSON Schema of an app's file, for editors. */
import { z } from 'zod';
import { VENDOR_KINDS } from '../providers/catalogue.js';
import { AFTER_DEFAULT, NATIVE, REALTIME, STEP_REASONS, STEPS_MAX } from '../src/domain/route.js';
import { type ConfigKind, optionsSchema } from './apps.js';
import { channelFields, channelSchema } from './channels.js';
import { realtimeSchema } from './realtime.js';
import type { SettingSchema } from './schema.js';
import { webhookSchema } from './webhooks.js';

type Schema = Readonly<Record<string, unknown>>;

/** A value that comes from elsewhere fits wherever text is asked for. */
const REFERENCE: Schema = { type: 'string', pattern: '\\$\\{(?:env|file):[^}]+\\}' };

const STEP: Schema = {
  type: 'object',
  properties: {
    via: {
      type: 'string',
      description: `A provider of this file, ${NATIVE} for that of the device's platform, or ${REALTIME}.`,
    },
    wait: {
      type: 'string',
      description: `Of a step via ${REALTIME}: how long the device's answer is waited for, 1s to 60s; 8s when absent.`,
    },
    after: {
      type: 'array',
      items: { enum: STEP_REASONS },
      description: `Reasons of the step before after which this one runs; ${AFTER_DEFAULT.join(', ')} when absent.`,
    },
  },
  required: ['via'],
  additionalProperties: false,
};

/** Its options are the module's own. */
const MODULE: Schema = {
  type: 'object',
  description: 'A provider of a module of yours (docs/providers.md).',
  properties: { module: { type: 'string', description: 'Its path, from the folder of this file.' } },
  required: ['module'],
};

/** `app.schema.json`. Ends in a newline. */
export function renderAppSchema(kinds: readonly ConfigKind[] = VENDOR_KINDS): string {
  const byKind = kinds.map((kind) => ({ kind, options: withReferences(optionsSchema(kind) ?? {}) }));
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Pealbell apps/<app>.yaml',
    type: 'object',
    properties: {
      providers: {
        type: 'object',
        description: 'By the name they have in registrations; a name of your own needs a kind.',
        properties: Object.fromEntries(
          byKind.map(({ kind, options }) => [kind.name, withKind(options, kind.name, false)]),
        ),
        additionalProperties: {
          oneOf: [...byKind.map(({ kind, options }) => withKind(options, kind.name, true)), MODULE],
        },
      },
      channels: {
        type: 'object',
        description: 'By the name that messages give as `channel`.',
        additionalProperties: { anyOf: [{ type: 'null' }, channel(kinds)] },
      },
      routes: {
        type: 'object',
        description: 'By the name that messages give as `delivery.route`; `default` is for those that give none.',
        additionalProperties: { type: 'array', items: STEP, minItems: 1, maxItems: STEPS_MAX },
      },
      realtime: {
        description: 'The app’s realtime road; {} turns it on with its defaults.',
        ...withReferences(realtimeSchema()),
      },
      webhooks: {
        type: 'object',
        description: 'Who is told what happens, by a name of your own (docs/webhooks.md).',
        additionalProperties: withReferences(webhookSchema()),
      },
    },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** Its own fields, and under the name of a provider what its kind says in channels. */
function channel(kinds: readonly ConfigKind[]): Schema {
  const shared = z.toJSONSchema(channelFields, { io: 'input' }) as SettingSchema;
  const ofKinds = kinds.flatMap((kind) => {
    const schema = kind.channel === undefined ? undefined : channelSchema(kind.channel);
    return schema === undefined ? [] : [[kind.name, withReferences(schema)]];
  });
  return {
    type: 'object',
    properties: { ...withoutDialect(shared).properties, ...Object.fromEntries(ofKinds) },
    additionalProperties: { type: 'object' }, // providers with a name of their own
  };
}

function withKind(options: SettingSchema, name: string, isNeeded: boolean): Schema {
  return {
    ...withoutDialect(options),
    properties: { kind: { const: name }, ...options.properties },
    ...(isNeeded ? { required: ['kind', ...(options.required ?? [])] } : {}),
  };
}

function withReferences(schema: SettingSchema): SettingSchema {
  const entries = Object.entries(schema.properties ?? {}).map(([key, part]) => [key, allowReference(part)]);
  return { ...withoutDialect(schema), ...(entries.length === 0 ? {} : { properties: Object.fromEntries(entries) }) };
}

function allowReference(schema: SettingSchema): SettingSchema {
  if (schema.properties !== undefined) return withReferences(schema);
  const isNarrow = 'pattern' in schema || 'format' in schema || 'const' in schema || schema.enum !== undefined;
  if (!isNarrow) return schema;
  const { description, ...rest } = schema;
  return { ...(description === undefined ? {} : { description }), anyOf: [rest, REFERENCE] } as SettingSchema;
}

/** Only the whole document names its dialect. */
function withoutDialect(schema: SettingSchema): SettingSchema {
  const { $schema: _, ...rest } = schema as SettingSchema & { $schema?: string };
  return rest;
}
