/** Checks the channels of an app's file: what all vendors share, and what each provider says to its own. */
import { z } from 'zod';
import type { Json } from '../providers/contract.js';
import type { Channel } from '../src/domain/channel.js';
import { type Complaint, explain, unknownKey } from './explain.js';
import { formatDuration, parseDuration } from './quantity.js';
import type { SettingSchema } from './schema.js';
import type { Path } from './yaml-source.js';

/** A provider as the file names it, with the channel schema of its kind. */
export interface ChannelProvider {
  readonly name: string;
  readonly kind: string;
  /** Absent for a kind that has nothing to say in channels. */
  readonly channel?: z.ZodType;
}

export interface ChannelReading {
  readonly channels: readonly Channel[];
  readonly complaints: readonly Complaint[];
}

/** What callers may name in `channel`. */
const CHANNEL_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const CHANNELS_MAX = 200;
const TTL_MS_MAX = 30 * 86_400_000;

const ttl = z
  .string()
  .refine(
    (text) => secondsOf(text) !== undefined,
    `must be a duration in whole seconds, at most ${formatDuration(TTL_MS_MAX)}, such as 90s or 8h`,
  );

/** What a channel says to all of its providers. */
export const channelFields = z.strictObject({
  class: z
    .enum(['transactional', 'marketing'])
    .optional()
    .meta({ description: 'The class of messages that name none.' }),
  ttl: ttl.optional().meta({ description: 'How long it may be delivered.', examples: ['8h'] }),
  priority: z.enum(['high', 'normal', 'low']).optional().meta({ description: 'How much battery it is worth.' }),
  sound: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .meta({ description: 'Of messages that name none.', examples: ['default'] }),
});

/** @param value of `channels` in the app's file, its references replaced; `providers` as far as they are known */
export function readChannels(value: unknown, providers: readonly ChannelProvider[]): ChannelReading {
  if (value === undefined) return { channels: [], complaints: [] };
  const path: Path = ['channels'];
  if (!isRecord(value)) {
    return { channels: [], complaints: [{ path, at: 'value', what: 'must be a group of channels by name' }] };
  }
  const entries = Object.entries(value);
  if (entries.length > CHANNELS_MAX) {
    return { channels: [], complaints: [{ path, at: 'value', what: `must have at most ${CHANNELS_MAX} channels` }] };
  }
  const readings = entries.map(([name, written]) => readChannel(name, written, providers));
  return {
    channels: readings.flatMap((reading) => reading.channels),
    complaints: readings.flatMap((reading) => reading.complaints),
  };
}

function readChannel(name: string, written: unknown, providers: readonly ChannelProvider[]): ChannelReading {
  const path: Path = ['channels', name];
  if (!CHANNEL_NAME.test(name)) {
    const what = 'must be a name of letters, digits, dots, - and _, at most 64 characters';
    return { channels: [], complaints: [{ path, at: 'key', what }] };
  }
  // A channel that says nothing is still a name that messages may use.
  const fields = written ?? {};
  if (!isRecord(fields)) {
    return { channels: [], complaints: [{ path, at: 'value', what: 'must be a group of settings' }] };
  }
  const complaints: Complaint[] = [];
  const shared = Object.entries(fields).filter(([key]) => Object.hasOwn(channelFields.shape, key));
  const parsed = channelFields.safeParse(Object.fromEntries(shared));
  for (const issue of parsed.error?.issues ?? []) {
    complaints.push(
      ...explain(issue, fields, undefined).map((found) => ({ ...found, path: [...path, ...found.path] })),
    );
  }
  const settings = readSettings(path, fields, providers, complaints);
  if (!parsed.success || complaints.length > 0) return { channels: [], complaints };
  const { ttl: text, ...common } = parsed.data;
  const ttlSeconds = text === undefined ? undefined : secondsOf(text);
  const channel = { name, ...definedOf(common), ...(ttlSeconds === undefined ? {} : { ttlSeconds }), settings };
  return { channels: [channel], complaints };
}

/** An entry under a provider's own name goes before one under the name of its kind. */
function readSettings(
  path: Path,
  fields: Readonly<Record<string, unknown>>,
  providers: readonly ChannelProvider[],
  complaints: Complaint[],
): Readonly<Record<string, Json>> {
  const names = [...new Set(providers.flatMap(({ name, kind }) => [name, kind]))];
  const entries = new Map<string, Json>();
  for (const [key, written] of Object.entries(fields)) {
    if (Object.hasOwn(channelFields.shape, key)) continue;
    const provider = providers.find(({ name }) => name === key) ?? providers.find(({ kind }) => kind === key);
    if (provider === undefined) {
      complaints.push(unknownKey([...path, key], [...names, ...Object.keys(channelFields.shape)]));
      continue;
    }
    const entry = readEntry([...path, key], written, provider, complaints);
    if (entry !== undefined) entries.set(key, entry);
  }
  return Object.fromEntries(
    providers.flatMap(({ name, kind }) => {
      const entry = entries.get(name) ?? entries.get(kind);
      return entry === undefined ? [] : [[name, entry]];
    }),
  );
}

function readEntry(
  path: Path,
  written: unknown,
  { kind, channel: schema }: ChannelProvider,
  complaints: Complaint[],
): Json | undefined {
  if (schema === undefined) {
    complaints.push({
      path,
      at: 'key',
      what: `is of kind ${kind}, which takes nothing from channels`,
      suggestion: 'remove it',
    });
    return undefined;
  }
  const value = written ?? {};
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data as Json; // promised by `ProviderKind.channel`
  const shown = channelSchema(schema);
  for (const issue of parsed.error.issues) {
    complaints.push(...explain(issue, value, shown).map((found) => ({ ...found, path: [...path, ...found.path] })));
  }
  return undefined;
}

/** The JSON Schema of what a person writes for a kind; `undefined` where its schema has no such form. */
export function channelSchema(schema: z.ZodType): SettingSchema | undefined {
  try {
    return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as SettingSchema;
  } catch {
    return undefined;
  }
}

function secondsOf(text: string): number | undefined {
  const ms = parseDuration(text);
  return ms !== undefined && ms <= TTL_MS_MAX && ms % 1_000 === 0 ? ms / 1_000 : undefined;
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function definedOf<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
