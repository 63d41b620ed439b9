import { z } from 'zod';

/** What a reload did. */
export const reloadAnswer = z.object({
  changed: z.array(
    z.object({
      key: z.string().meta({ description: 'Such as apps.shop, apps.shop.providers.apns or log.level' }),
      change: z.enum(['added', 'changed', 'removed']),
    }),
  ),
  needs_restart: z
    .array(z.string())
    .meta({ description: 'Settings whose new value takes effect when the process starts anew' }),
});
