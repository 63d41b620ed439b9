import { z } from 'zod';
import { closed } from './closed.js';

const environment = z.enum(['production', 'sandbox']);
const storage = z.enum(['most_recent', 'none']);
const bundleId = z.string().regex(/^[A-Za-z0-9.-]{1,155}$/, 'must be a bundle id: letters, digits, dots and hyphens');

/** Whose channels, and where; in the query of calls that make none. */
export const channelScope = closed({ environment: environment.optional(), bundle_id: bundleId.optional() });

/** A new broadcast channel. */
export const channelRequest = closed({
  environment: environment.meta({ default: 'production' }).optional(),
  storage: storage
    .meta({
      default: 'most_recent',
      description:
        'Whether the last message is kept, for eight hours, for those who come later; `none` allows more of them',
    })
    .optional(),
  bundle_id: bundleId.meta({ description: "The app; the provider's own when absent" }).optional(),
});

export const channelAnswer = z.object({
  id: z.string().meta({ description: 'The token of a bare push token of purpose `broadcast`' }),
  object: z.literal('broadcast_channel'),
  provider: z.string(),
  environment,
  storage,
});

export const channelListAnswer = z.object({ id: z.string(), object: z.literal('broadcast_channel') });
