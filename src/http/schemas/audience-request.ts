import { z } from 'zod';
import { NAMED_TOPICS_MAX } from '../../domain/audience.js';
import { topicName } from './attributes-request.js';
import { closed } from './closed.js';
import { filter } from './filter-request.js';
import * as words from './words.js';

const pushTokenTarget = closed({
  provider: words.providerName,
  token: words.pushToken,
  environment: words.environment.optional(),
  purpose: words.purpose.optional(),
  bundle_id: words.bundleId.optional(),
  region: words.region.optional(),
  platform: words.platform.optional(),
}).meta({ description: 'A bare push token: reaches an address without making a device' });

/** Whom a message is for. The three lists of names together hold at most 1,000; doubles count once. */
export const to = closed(
  {
    users: z.array(words.userId).optional(),
    devices: z.array(words.deviceId).optional(),
    push_tokens: z.array(pushTokenTarget).optional(),
    topics: z
      .array(topicName)
      .max(NAMED_TOPICS_MAX)
      .meta({ description: 'Devices subscribed to one of these when the message is accepted' })
      .optional(),
    filter: filter.optional(),
    everyone: z.boolean().optional(),
  },
  ['segments'],
);

/** What narrows an audience. */
export const only = closed({
  platforms: z.array(words.platform).min(1).max(10).optional(),
  providers: z
    .array(words.providerName)
    .min(1)
    .max(50)
    .meta({ description: 'Only devices with a registration at one of these, and only over these' })
    .optional(),
  filter: filter
    .meta({ description: 'Only devices it means; bare push tokens, of which nothing is known, are left out' })
    .optional(),
});

/** Who is left out of an audience. */
export const except = closed(
  {
    users: z.array(words.userId).max(1_000).optional(),
    devices: z.array(words.deviceId).max(1_000).optional(),
    topics: z.array(topicName).max(NAMED_TOPICS_MAX).optional(),
  },
  ['segments'],
);
