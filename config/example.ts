/** Renders the commented example files from the schemas, so that they cannot say anything else. */
import { z } from 'zod';
import { VENDOR_KINDS } from '../providers/catalogue.js';
import { AFTER_DEFAULT } from '../src/domain/route.js';
import { type ConfigKind, optionsSchema } from './apps.js';
import { channelFields, channelSchema } from './channels.js';
import { realtimeSchema } from './realtime.js';
import { gatewayJsonSchema, type SettingSchema } from './schema.js';
import { webhookSchema } from './webhooks.js';

/** `gateway.example.yaml`: every setting with its default and one sentence. */
export function renderGatewayExample(): string {
  const groups = Object.entries(gatewayJsonSchema().properties ?? {}).map(([name, group]) => renderGroup(name, group));
  return [
    '# yaml-language-server: $schema=./gateway.schema.json',
    '# Every setting of gateway.yaml with its default; leave out what you do not change.',
    '# Written by `pealbell config example gateway`.',
    '#',
    ...OVERRIDES,
    '',
    groups.join('\n\n'),
    '',
  ].join('\n');
}

/** `app.example.yaml`: every provider kind with its options. */
export function renderAppExample(kinds: readonly ConfigKind[] = VENDOR_KINDS): string {
  const providers = kinds.flatMap((kind) => [`  ${kind.name}:`, ...renderOptions(kind)]);
  return [
    '# An app: save it as config/apps/<app>.yaml; the name of the file is the id of the app (a-z, 0-9 and -).',
    '# Keep the providers that you have and leave out the others.',
    '# Written by `pealbell config example app`.',
    '',
    'providers: # by the name they have in registrations; a name of your own needs a kind, such as kind: apns',
    '  # Each may have a rate: devices asked for at most in a time, such as rate: 500/s, by all processes together.',
    ...providers,
    ...renderChannels(kinds),
    ...ROUTES,
    ...renderRealtime(),
    ...renderWebhooks(),
    '',
  ].join('\n');
}

/** `gateway.schema.json`, for editors. Ends in a newline. */
export function renderGatewaySchema(): string {
  return `${JSON.stringify({ ...gatewayJsonSchema(), title: 'Pealbell gateway.yaml' }, null, 2)}\n`;
}

/** What an app has without any of its own, written out. */
const ROUTES = [
  '',
  '# Over which roads a device is tried, one after the other; messages name one in delivery.route, else default counts.',
  '# Without it: its own connection, the push service of its platform, then every other provider in the order above. A',
  '# step runs when the one before ended with a reason in its `after`; without that, with one of these:',
  `# ${AFTER_DEFAULT.join(', ')}.`,
  '# routes:',
  '#   default: [{ via: realtime, wait: 8s }, { via: native, after: [offline, no_ack] }, { via: fcm, after: [token_invalid] }]',
];

/** Turned on, with everything it may say commented out. */
function renderRealtime(): readonly string[] {
  return [
    '',
    "# The app's own long connection (docs/realtime-protocol.md). {} is enough for access tokens that the gateway makes.",
    'realtime: {}',
    '# realtime:',
    ...Object.entries(realtimeSchema().properties ?? {}).flatMap(([key, setting]) => [
      ...comment(setting.description, '#   '),
      `#   ${key}: ${flow(exampleOf(key, setting))}`,
    ]),
  ];
}

/** One endpoint with everything it may say, all of it commented out. */
function renderWebhooks(): readonly string[] {
  return [
    '',
    '# Who is told what happens (docs/webhooks.md), by a name of your own. More of them can be made through the API.',
    '# webhooks:',
    '#   crm:',
    ...Object.entries(webhookSchema().properties ?? {}).flatMap(([key, setting]) => [
      ...comment(setting.description, '#     '),
      `#     ${key}: ${flow(exampleOf(key, setting))}`,
    ]),
  ];
}

/** One channel with everything it may say, all of it commented out. */
function renderChannels(kinds: readonly ConfigKind[]): readonly string[] {
  const shared = optionLines(z.toJSONSchema(channelFields, { io: 'input' }) as SettingSchema, '# ');
  const ofKinds = kinds.flatMap((kind) => {
    const schema = kind.channel === undefined ? undefined : channelSchema(kind.channel);
    if (schema === undefined) return [];
    const [short] = schema.examples ?? [];
    if (short !== undefined)
      return [`    # ${kind.name}: ${flow(short)} # by provider or by kind: ${schema.description ?? ''}`];
    return [`    # ${kind.name}: # by provider or by kind`, ...optionLines(schema, '#   ')];
  });
  return [
    '',
    'channels: # by the name that messages give as `channel`; what a message says itself goes before it',
    '  orders: # one that says nothing is allowed as well',
    ...shared,
    ...ofKinds,
  ];
}

function optionLines(schema: SettingSchema, before: string): readonly string[] {
  return Object.entries(schema.properties ?? {}).map(([key, option]) => {
    const shown = option.type === 'boolean' ? true : (option.enum?.[0] ?? exampleOf(key, option));
    return `    ${before}${key}: ${flow(shown)} # ${option.description ?? ''}`;
  });
}

const OVERRIDES = [
  '# A variable wins over this file, and a flag over both: PEALBELL_SERVER__LISTEN=0.0.0.0:8080 (two underscores for',
  '# the dot), --set server.listen=0.0.0.0:8080.',
  '#',
  '# Secrets come in as "${env:NAME}" or "${file:PATH}", in quotes; PATH starts at the folder of this file, and only',
  '# its owner may read that file (chmod 600). Durations: 500ms, 8s, 15m, 24h, 7d. Sizes: 64KB, 1MB, in powers of 1024.',
];

function renderGroup(name: string, group: SettingSchema): string {
  if (group.properties === undefined) {
    return [...comment(group.description, ''), `${name}: ${flow(exampleOf(name, group))}`].join('\n');
  }
  const settings = Object.entries(group.properties ?? {}).flatMap(([key, setting]) => {
    const line = `${key}: ${flow(exampleOf(key, setting))}`;
    return [...comment(setting.description, '  '), `  ${setting.default === undefined ? '# ' : ''}${line}`];
  });
  return [...comment(group.description, ''), `${name}:`, ...settings].join('\n');
}

function renderOptions(kind: ConfigKind): readonly string[] {
  const schema = optionsSchema(kind);
  return Object.entries(schema?.properties ?? {}).flatMap(([key, option]) => {
    const needed = schema?.required?.includes(key) === true && option.default === undefined;
    const shown = exampleOf(key, option, `/run/secrets/${kind.name}-${key}`);
    return [...comment(option.description, '    '), `    ${needed ? '' : '# '}${key}: ${flow(shown)}`];
  });
}

/** The schema's own example, else its default, else its name in capitals where something must be filled in. */
function exampleOf(key: string, schema: SettingSchema, secretPath = `/run/secrets/${key}`): unknown {
  const [example] = schema.examples ?? [];
  if (example !== undefined) return example;
  // A group whose parts have defaults of their own shows those.
  const isGroup = schema.properties !== undefined && JSON.stringify(schema.default) === '{}';
  if (schema.default !== undefined && !isGroup) return schema.default;
  if (schema.secret === true) return `\${file:${secretPath}}`;
  if (schema.properties === undefined) return key.toUpperCase();
  return Object.fromEntries(Object.entries(schema.properties).map(([name, part]) => [name, exampleOf(name, part)]));
}

/** YAML in one line. Text is quoted wherever it could be read as anything else. */
export function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{ ${Object.entries(value)
      .map(([key, part]) => `${key}: ${flow(part)}`)
      .join(', ')} }`;
  }
  if (typeof value !== 'string') return String(value);
  // A plain scalar: starts with a letter or an address, holds nothing that YAML reads, is no word of its own.
  const isPlain = /^[A-Za-z0-9/][A-Za-z0-9_./:-]*$/.test(value) && !/:$|^(true|false|null|yes|no|on|off)$/i.test(value);
  return isPlain && Number.isNaN(Number(value)) ? value : JSON.stringify(value);
}

const WIDTH = 112;

function comment(text: string | undefined, indent: string): readonly string[] {
  const lines: string[] = [];
  for (const word of (text ?? '').split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return text === undefined ? [] : lines.map((line) => `${indent}# ${line}`);
}
