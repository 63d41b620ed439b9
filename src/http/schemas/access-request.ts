import { z } from 'zod';
import { ACCESS_LIFE_MS_MAX, ACCESS_SCOPES } from '../../domain/realtime.js';
import { closed } from './closed.js';
import * as words from './words.js';

const LIFE_SECONDS_MAX = ACCESS_LIFE_MS_MAX / 1_000;

/** What an access token is to be. */
export const tokenRequest = closed({
  device: words.deviceId,
  scopes: z.array(z.enum(ACCESS_SCOPES)).min(1).max(ACCESS_SCOPES.length).optional().meta({
    description: 'What the device may do with it; everything when absent',
  }),
  ttl: words
    .duration(LIFE_SECONDS_MAX, '24h')
    .refine((text) => (words.secondsOf(text) ?? 0) >= 60, {
      error: 'must be at least 60s',
      params: { code: 'too_small' },
    })
    .optional()
    .meta({ description: 'How long it is good for, from 60s to 24h', default: '1h' }),
});

/** Whose access is taken away: exactly one is named. */
export const revocationRequest = closed({
  device: words.deviceId.optional(),
  user: words.userId.optional(),
  jti: z.string().min(1).max(128).optional().meta({ description: 'Id of one token' }),
}).refine((body) => Object.keys(body).length === 1, {
  error: 'must name exactly one of device, user and jti',
  params: { code: 'exactly_one' },
});
