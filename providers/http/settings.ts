/** What a provider of this kind is told in an app's file, each setting for itself. */
import { z } from 'zod';
import type { Platform } from '../contract.js';
import { caOption, quotaOption } from '../shared/vendor-options.js';
import { VERDICTS } from './answer.js';
import { POINTER } from './pointer.js';
import { TOKEN_FORMS } from './push-token.js';

const PLATFORMS = [
  'ios',
  'android',
  'harmonyos',
  'web',
  'macos',
  'windows',
  'linux',
  'watch',
  'tv',
  'iot',
] as const satisfies readonly Platform[];

const pointer = z.string().max(256).regex(POINTER, 'is a JSON pointer, such as /data/id');
const fieldName = z
  .string()
  .regex(/^[a-z0-9!#$%&'*+.^_`|~-]{1,64}$/, 'is the name of a header field in lower case, such as x-api-key');
const name = z.string().min(1).max(128);
const template = z.string().max(16_384);
const scalar = z.union([z.string().max(256), z.number(), z.boolean(), z.null()]);
const status = z.union([z.int().min(200).max(599), z.string().regex(/^[2-5]xx$/, 'is a status, such as 200 or 5xx')]);

const rule = z.strictObject({
  outcome: z.enum(VERDICTS),
  status: z.union([status, z.array(status).min(1).max(50)]).optional(),
  where: z.record(pointer, z.union([scalar, z.array(scalar).min(1).max(200)])).optional(),
  begins: z.union([z.string().min(1).max(256), z.array(z.string().min(1).max(256)).min(1).max(50)]).optional(),
});
const rules = z.array(rule).max(100).default([]);

const answer = z.strictObject({
  rules,
  code: pointer.optional(),
  text: pointer.optional(),
  id: pointer.optional(),
  retry_after: pointer.optional(),
  results: z
    .strictObject({
      list: pointer,
      token: pointer.optional(),
      rules,
      others: z.enum(VERDICTS).optional(),
      code: pointer.optional(),
      text: pointer.optional(),
      id: pointer.optional(),
    })
    .optional(),
});

/** What may be shown, though it stands among credentials or is called as one. */
const plain = <Schema extends z.ZodType>(schema: Schema): Schema => schema.meta({ secret: false });

const place = { header: fieldName.optional(), query: name.optional(), body: name.optional() };

const hmac = z.strictObject({
  secret: z.string().min(1).max(4_096),
  algorithm: plain(z.enum(['sha1', 'sha256', 'sha384', 'sha512']).default('sha256')),
  key: template.default('{{secret}}'),
  sign: plain(template),
  encoding: plain(z.enum(['base64', 'base64url', 'hex', 'HEX']).default('base64')),
  timestamp: plain(z.strictObject({ unit: z.enum(['s', 'ms', 'rfc3339']).default('s'), ...place }).prefault({})),
  nonce: plain(z.strictObject(place).prefault({})),
  signature: plain(z.strictObject({ prefix: z.string().max(64).default(''), ...place })),
});

const oauth = z.strictObject({
  token_url: plain(z.url({ protocol: /^https$/, error: 'is an https URL' })),
  client_id: plain(z.string().min(1).max(1_024)),
  client_secret: z.string().min(1).max(4_096),
  scope: plain(z.string().max(1_024).optional()),
  audience: plain(z.string().max(1_024).optional()),
  client_auth: plain(z.enum(['basic', 'body']).default('basic')),
  life_seconds: plain(z.int().min(60).max(86_400).default(3_600)),
});

const auth = z.strictObject({
  bearer: z.string().min(1).max(8_000).optional(),
  basic: z.strictObject({ user: plain(z.string().max(256)), password: z.string().max(4_096) }).optional(),
  header: z.strictObject({ name: plain(fieldName), value: z.string().min(1).max(8_000) }).optional(),
  query: z.strictObject({ name: plain(name), value: z.string().min(1).max(8_000) }).optional(),
  oauth: oauth.optional(),
  hmac: hmac.optional(),
});

const cut = (description: string) =>
  z
    .int()
    .min(1)
    .max(100_000)
    .optional()
    .meta({ description, examples: [64] });

export const httpSettings = z.strictObject({
  url: z
    .string()
    .max(4_096)
    .meta({
      description: 'Where each request goes: https; {{names}} may stand in its path and query, as in json.',
      examples: ['https://sms.example/v1/messages'],
    }),
  method: z.enum(['POST', 'PUT', 'GET']).default('POST').meta({ description: 'GET has no body.' }),
  headers: z
    .record(fieldName, template)
    .optional()
    .meta({
      description: 'Header fields besides those of the body and of auth.',
      examples: [{ 'idempotency-key': '{{notification_id}}' }],
    }),
  query: z
    .record(name, template)
    .optional()
    .meta({
      description: 'What goes into the query, encoded; a text that is one {{name}} without a value is left out.',
      examples: [{ lang: 'en' }],
    }),
  json: z
    .unknown()
    .optional()
    .meta({
      description:
        'The body as JSON: {{title}} {{body}} {{text}} {{data.KEY}} {{token}} {{message_id}} … are filled in by position (providers/http/README.md lists them).',
      examples: [{ to: '{{token}}', text: '{{text}}' }],
    }),
  form: z
    .record(name, template)
    .optional()
    .meta({
      description: 'In place of json: the fields of a form, encoded once.',
      examples: [{ to: '{{token}}', text: '{{text}}' }],
    }),
  target: z
    .unknown()
    .optional()
    .meta({
      description: 'With batch: what {{targets}} is a list of, one for each.',
      examples: [{ to: '{{token}}', id: '{{notification_id}}' }],
    }),
  text: template.optional().meta({
    description: 'What {{text}} stands for; title and body, each on a line of its own, when absent.',
    examples: ['{{title}}: {{body}}'],
  }),
  auth: auth.optional().meta({
    secret: true,
    description: 'One of bearer, basic, header, query, oauth and hmac (providers/http/README.md).',
    examples: [{ bearer: `\${file:/run/secrets/http-key}` }],
  }),
  secrets: z
    .record(z.string().regex(/^[a-z0-9_]{1,64}$/, 'is a name of a-z, 0-9 and _'), z.string().min(1).max(8_000))
    .optional()
    .meta({
      secret: true,
      description: 'Credentials that stand elsewhere: {{secret.NAME}} in url, query, headers, json and form.',
      examples: [{ bot: `\${file:/run/secrets/http-bot}` }],
    }),
  answer: answer.prefault({}).meta({
    secret: false,
    description: 'How an answer is read: rules in their order, and JSON pointers to code, text and id.',
    examples: [{ id: '/sid', code: '/code', rules: [{ outcome: 'token_dead', where: { '/code': [21614] } }] }],
  }),
  batch: z
    .int()
    .min(1)
    .max(1_000)
    .default(1)
    .meta({ description: 'Push tokens in one request, as {{tokens}} or {{targets}}.' }),
  token: z
    .union([
      z.enum(TOKEN_FORMS),
      z.strictObject({ pattern: z.string().max(512), max: z.int().min(1).max(4_096).default(256) }),
    ])
    .default('any')
    .meta({
      secret: false,
      description: 'What a push token looks like: e164 (a phone number), email, any, or { pattern, max }.',
      examples: ['e164'],
    }),
  title_max: cut('Characters of a title; a longer one is cut, with a warning.'),
  body_max: cut('Characters of a body; a longer one is cut, with a warning.'),
  segments_max: z
    .int()
    .min(1)
    .max(255)
    .optional()
    .meta({
      description: '{{text}} goes out as short messages: at most so many parts; a longer one is refused.',
      examples: [3],
    }),
  payload_bytes_max: z
    .int()
    .min(256)
    .max(1_048_576)
    .default(65_536)
    .meta({ description: 'The largest body without its push tokens.' }),
  native_for: z
    .array(z.enum(PLATFORMS))
    .max(PLATFORMS.length)
    .default([])
    .meta({ description: 'Platforms whose native road this is.' }),
  makers: z
    .array(z.string().regex(/^[a-z0-9-]{1,64}$/, 'is a name in lower case'))
    .max(50)
    .optional()
    .meta({ description: 'Of these platforms the makers whose devices alone it reaches.', examples: [['acme']] }),
  repeatable: z
    .boolean()
    .default(false)
    .meta({ description: 'The service drops a request that it had before, by {{notification_id}} or {{message_id}}.' }),
  connections: z.int().min(1).max(256).default(16).meta({ description: 'Connections to the service at most.' }),
  quota: quotaOption({ marketingPerDevice: null }),
  ca: caOption,
});

export type HttpOptions = z.output<typeof httpSettings>;
