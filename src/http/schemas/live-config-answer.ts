import { z } from 'zod';
import { jsonObject } from './words.js';

const change = z.object({
  key: z.string().meta({ description: 'Such as apps.shop, apps.shop.providers.apns or log.level' }),
  change: z.enum(['added', 'changed', 'removed']),
});

/** What is in force beside what the files say. */
export const comparisonAnswer = z.object({
  in_force: jsonObject.meta({ description: 'In the words of the files' }),
  written: jsonObject.nullable().meta({ description: 'What the files say; null where they have faults' }),
  pending: z.array(change).meta({ description: 'What the next reload would change, the text of secrets included' }),
  needs_restart: z.array(z.string()).meta({ description: 'Settings that take effect when the process starts anew' }),
  faults: z.array(z.string()).meta({ description: 'Why the files cannot take effect' }),
});

/** What a reload did. */
export const reloadAnswer = z.object({
  changed: z.array(change),
  needs_restart: z
    .array(z.string())
    .meta({ description: 'Settings whose new value takes effect when the process starts anew' }),
});
