/** What an app's channel says to APNs. Apple, "Generating a remote notification", keys of `aps`. */
import { z } from 'zod';
import type { Message } from '../contract.js';

export const apnsChannel = z.strictObject({
  interruption_level: z
    .enum(['passive', 'active', 'time-sensitive', 'critical'])
    .optional()
    .meta({ description: 'How much it may interrupt; time-sensitive and critical need an entitlement of the app.' }),
  category: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .meta({ description: 'The category that the app declares: its buttons.', examples: ['ORDER'] }),
  sound: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .meta({ description: 'Goes before the sound of the channel.', examples: ['chime.caf'] }),
  relevance_score: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .meta({ description: 'Of several in a summary the one with the highest is shown, 0 to 1.', examples: [0.5] }),
});

export type ApnsChannel = z.infer<typeof apnsChannel>;

/** The entry of the message's channel; empty where it has none. */
export function channelOf({ channel }: Message): ApnsChannel {
  return (channel?.settings ?? {}) as ApnsChannel; // passed `apnsChannel` when the configuration was read
}
