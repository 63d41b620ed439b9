/** What an app's channel says to vivo: the category, in vivo's words, and how it makes itself heard. */
import { z } from 'zod';
import type { Message } from '../contract.js';

const category = z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'is a category of vivo in capitals, such as ORDER');

export const vivoChannel = z
  .union([
    category,
    z.strictObject({
      category: category.optional(),
      notify: z.enum(['none', 'ring', 'vibrate', 'both']).optional(),
    }),
  ])
  .meta({
    description: 'the category; or { category: ORDER, notify: none | ring | vibrate | both }',
    examples: ['ORDER'],
  });

export interface VivoChannel {
  readonly category?: string | undefined;
  readonly notify?: 'none' | 'ring' | 'vibrate' | 'both' | undefined;
}

/** The entry of the message's channel; empty where it has none. */
export function channelOf({ channel }: Message): VivoChannel {
  const settings = channel?.settings as z.output<typeof vivoChannel> | undefined; // passed `vivoChannel` when it was read
  if (settings === undefined) return {};
  return typeof settings === 'string' ? { category: settings } : settings;
}
