import { z } from 'zod';
import { jsonObject, time } from './words.js';

export const tokenAnswer = z.object({
  token: z.string().meta({ description: 'The access token, for this device alone' }),
  expires_at: time,
  urls: z
    .object({ ws: z.string(), sse: z.string(), poll: z.string() })
    .meta({ description: 'Where the device connects, from `server.public_url`' }),
});

export const revocationAnswer = z.object({
  revoked: z.object({ device: z.string().optional(), user: z.string().optional(), jti: z.string().optional() }),
  up_to: time.meta({ description: 'Tokens issued up to then are refused; of a `jti`, whenever it was issued' }),
});

/** A message of a device to its app's server. */
export const upstreamAnswer = z.object({
  id: z.string(),
  object: z.literal('upstream_message'),
  device: z.string(),
  user: z.string().nullable().meta({ description: 'Who had the device when it said this' }),
  topic: z.string(),
  data: jsonObject,
  at: time.meta({ description: 'When the device says it was' }),
  received_at: time,
});
