/** Checks the `webhooks` section of an app's file. */
import { z } from 'zod';
import { DEFAULT_EVENTS, eventTypesOf } from '../src/domain/event.js';
import {
  type FileWebhook,
  WEBHOOK_DEFAULTS,
  WEBHOOK_EVENTS_MAX,
  WEBHOOK_PATTERNS_MAX,
  WEBHOOK_WAIT_MS_MAX,
} from '../src/domain/webhook.js';
import { MAKE_WEBHOOK_SECRET, webhookSecretFault } from '../src/domain/webhook-secret.js';
import { type WebhookUrlRules, webhookUrlFault } from '../src/domain/webhook-url.js';
import { inNetworks } from '../src/egress/address.js';
import { type Complaint, explain, unknownKey } from './explain.js';
import { formatDuration } from './quantity.js';
import type { GatewaySettings, SettingSchema } from './schema.js';
import { duration } from './setting-types.js';
import type { Path } from './yaml-source.js';

export interface WebhookReading {
  readonly webhooks: readonly FileWebhook[];
  readonly complaints: readonly Complaint[];
  /** Where secrets stand. */
  readonly secretPaths: readonly Path[];
}

const PATH: Path = ['webhooks'];
const NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/;
/** Of a file; an app has room for as many again that its server makes. */
const WEBHOOKS_MAX = 50;

const fields = z.strictObject({
  url: z.string().meta({
    description: 'Where events are sent (POST, signed): https; a private address needs egress.allow of the gateway.',
    examples: ['https://crm.shop.example/pealbell'],
  }),
  secret: z.string().meta({
    description: `Signs every call (Standard Webhooks): whsec_ and base64; ${MAKE_WEBHOOK_SECRET}`,
    examples: ['${env:HOOK_SECRET}'],
    secret: true,
  }),
  description: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .meta({ description: 'For people.', examples: ['Feeds the CRM'] }),
  events: z
    .array(z.string())
    .min(1)
    .max(WEBHOOK_PATTERNS_MAX)
    .prefault([...DEFAULT_EVENTS])
    .meta({ description: 'What is told: names, kinds such as delivery.*, or * (docs/webhooks.md).' }),
  level: z.enum(['events', 'summary']).prefault(WEBHOOK_DEFAULTS.level).meta({
    description: 'summary: of deliveries how many of each kind, message by message, in place of each single one.',
  }),
  order: z
    .enum(['loose', 'strict'])
    .prefault(WEBHOOK_DEFAULTS.order)
    .meta({ description: 'strict: one call at a time, in order; one that fails holds up all after it.' }),
  max_events: z
    .int()
    .min(1)
    .max(WEBHOOK_EVENTS_MAX)
    .prefault(WEBHOOK_DEFAULTS.maxEvents)
    .meta({ description: 'Events in one call.' }),
  max_wait: duration(formatDuration(WEBHOOK_DEFAULTS.maxWaitMs), 'How long a call waits for more events, 0s to 60s.', {
    min: 0,
    max: WEBHOOK_WAIT_MS_MAX,
  }).refine((ms) => ms % 1_000 === 0, 'must be a duration in whole seconds, such as 1s'),
});

/** What the gateway's own settings say about addresses; without them (they are faulty) every address passes. */
export function urlRulesOf(gateway: GatewaySettings | undefined): WebhookUrlRules {
  if (gateway === undefined) return { allowsSome: true, isAllowed: () => true };
  const { allow } = gateway.egress;
  return { allowsSome: allow.length > 0, isAllowed: inNetworks(allow), publicUrl: gateway.server.public_url };
}

/** @param value of `webhooks` in the app's file, its references replaced */
export function readWebhooks(value: unknown, rules: WebhookUrlRules): WebhookReading {
  if (value === undefined) return { webhooks: [], complaints: [], secretPaths: [] };
  const refuse = (what: string, suggestion: string): WebhookReading => ({
    webhooks: [],
    complaints: [{ path: PATH, at: 'value', what, suggestion }],
    secretPaths: [PATH],
  });
  const example = 'write them by a name of your own, such as crm: { url: …, secret: … }';
  if (!isRecord(value)) return refuse('must be a group of endpoints by name', example);
  const entries = Object.entries(value);
  if (entries.length > WEBHOOKS_MAX) {
    return refuse(
      `must have at most ${WEBHOOKS_MAX} endpoints`,
      'one endpoint can be told of everything: events: ["*"]',
    );
  }
  const readings = entries.map(([name, written]) => readWebhook(name, written, rules));
  return {
    webhooks: readings.flatMap((reading) => reading.webhooks),
    complaints: readings.flatMap((reading) => reading.complaints),
    secretPaths: entries.map(([name]) => [...PATH, name, 'secret']),
  };
}

function readWebhook(name: string, written: unknown, rules: WebhookUrlRules): Omit<WebhookReading, 'secretPaths'> {
  const path: Path = [...PATH, name];
  if (!NAME.test(name)) {
    const what = 'must be a name of a-z, 0-9, - and _, at most 63 characters';
    return { webhooks: [], complaints: [{ path, at: 'key', what }] };
  }
  if (!isRecord(written)) {
    const suggestion = 'write { url: https://…, secret: "${env:HOOK_SECRET}" }';
    return { webhooks: [], complaints: [{ path, at: 'value', what: 'must be a group of settings', suggestion }] };
  }
  const known = Object.keys(fields.shape);
  const strangers = Object.keys(written).filter((key) => !known.includes(key));
  const complaints = strangers.map((key) => unknownKey([...path, key], known));
  const given = Object.fromEntries(Object.entries(written).filter(([key]) => !strangers.includes(key)));
  const parsed = fields.safeParse(given);
  for (const issue of parsed.error?.issues ?? []) {
    complaints.push(
      ...explain(issue, given, webhookSchema()).map((found) => ({ ...found, path: [...path, ...found.path] })),
    );
  }
  complaints.push(...complaintsOf(given, path, rules));
  if (!parsed.success || complaints.length > 0) return { webhooks: [], complaints };
  const { url, secret, description, events, level, order, max_events: maxEvents, max_wait: maxWaitMs } = parsed.data;
  const settings = {
    ...{ url, events, types: eventTypesOf(events).types, level, order, maxEvents, maxWaitMs },
    ...(description === undefined ? {} : { description }),
  };
  return { webhooks: [{ name, settings, secret }], complaints };
}

/** What no schema says; asked whatever else is wrong, so it trusts no shape. */
function complaintsOf(given: Readonly<Record<string, unknown>>, path: Path, rules: WebhookUrlRules): Complaint[] {
  const { url, secret, events } = given;
  const found: Complaint[] = [];
  const ofUrl = typeof url === 'string' ? webhookUrlFault(url, rules) : undefined;
  if (ofUrl !== undefined) found.push({ path: [...path, 'url'], at: 'value', what: ofUrl.detail });
  const ofSecret = typeof secret === 'string' ? webhookSecretFault(secret) : undefined;
  if (ofSecret !== undefined) {
    found.push({ path: [...path, 'secret'], at: 'value', what: ofSecret, suggestion: MAKE_WEBHOOK_SECRET });
  }
  if (!Array.isArray(events) || !events.every((pattern) => typeof pattern === 'string')) return found;
  for (const { index, detail } of eventTypesOf(events).faults) {
    found.push({ path: [...path, 'events', index], at: 'value', what: `names nothing that happens: ${detail}` });
  }
  return found;
}

/** For the app's JSON Schema and its example file. */
export function webhookSchema(): SettingSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(fields, { io: 'input' }) as SettingSchema & { $schema?: string };
  return schema;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
