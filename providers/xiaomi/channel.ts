/** What an app's channel says to Xiaomi: a channel id, or that and more. Source: dev.mi.com, document 1559. */
import { z } from 'zod';
import type { Message, MessageClass } from '../contract.js';
import { isJsonObject } from '../shared/merge-patch.js';
import type { XiaomiOptions } from './options.js';

const id = z
  .string('is text: put the id in quotes, such as "118001"')
  .regex(/^[\x21-\x7e]{1,128}$/, 'is the id of a channel, such as "118001"');

const entry = z.strictObject({
  channel_id: id.optional().meta({ description: 'The channel, as Xiaomi’s console shows it.', examples: ['118001'] }),
  channel_name: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .meta({ description: 'For a channel that the device makes by itself.', examples: ['Orders'] }),
  channel_description: z.string().min(1).max(128).optional().meta({ description: 'The same.' }),
  sound: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .meta({ description: 'Goes before the sound of the channel.', examples: ['chime'] }),
  notify_type: z
    .int()
    .min(-1)
    .max(7)
    .optional()
    .meta({ description: 'The sum of 1 sound, 2 vibration, 4 light; -1 for all.', examples: [-1] }),
  notify_foreground: z.boolean().optional().meta({ description: 'false: not shown while the app is in front.' }),
});

export const xiaomiChannel = z
  .union([id, entry])
  .meta({ description: 'the id of its channel at Xiaomi', examples: ['118001'] });

export type XiaomiEntry = z.output<typeof entry>;

/** The entry of the message's channel; empty where it has none. */
export function entryOf({ channel }: Pick<Message, 'channel'>): XiaomiEntry {
  const settings = channel?.settings as z.output<typeof xiaomiChannel> | undefined; // passed the schema when read
  return typeof settings === 'string' ? { channel_id: settings } : (settings ?? {});
}

/** The channel that a message goes out on at Xiaomi, and the class that Xiaomi counts it in. */
export interface Way {
  readonly channelId?: string;
  readonly class: MessageClass;
  /** A marketing message on a channel that was granted for personal ones. */
  readonly isTooHigh?: true;
  /** A transactional message for which no channel of its class is named. */
  readonly isLowered?: true;
}

/** What an override of the message says the channel is. */
function overrideOf({ override }: Message): string | undefined {
  const extra = override?.extra;
  const named = isJsonObject(extra) ? extra.channel_id : undefined;
  return typeof named === 'string' || typeof named === 'number' ? String(named) : undefined;
}

/** What the message's channel names goes first; else the class says which. Never a higher class than the message has. */
export function wayOf(message: Message, channels: XiaomiOptions['channels']): Way {
  const wanted = message.class ?? 'marketing';
  const named = overrideOf(message) ?? entryOf(message).channel_id;
  if (named !== undefined) {
    const isTooHigh = wanted === 'marketing' && named === channels.transactional && named !== channels.marketing;
    const given = named === channels.marketing && named !== channels.transactional ? 'marketing' : wanted;
    const isLowered = given !== wanted;
    return { channelId: named, class: given, ...(isTooHigh ? { isTooHigh } : {}), ...(isLowered ? { isLowered } : {}) };
  }
  const own = channels[wanted];
  if (own !== undefined) return { channelId: own, class: wanted };
  if (wanted === 'marketing') return { class: 'marketing' };
  const { marketing } = channels;
  return { ...(marketing === undefined ? {} : { channelId: marketing }), class: 'marketing', isLowered: true };
}
