import { z } from 'zod';
import { PLATFORMS } from '../../domain/device.js';
import { TOLD } from '../../domain/stat-rates.js';
import { COUNTED } from '../../domain/stats.js';
import { STAT_GROUPS } from '../../usecases/read-stats.js';
import { time } from './words.js';

const count = z.int().min(0);

/** Exact counts of deliveries, each a step that they came to or an end. */
export const statCounts = z
  .object(Object.fromEntries(COUNTED.map((name) => [name, count])) as Record<(typeof COUNTED)[number], typeof count>)
  .meta({ description: 'How many deliveries ever came so far, or ended so; one may be in several' });

const rate = z
  .object({ value: z.number().min(0), count, of: count })
  .nullable()
  .meta({ description: '`count` of `of` deliveries that were sent over roads that can tell; null where none can' });
const rates = z.object(
  Object.fromEntries(TOLD.map((told) => [told, rate])) as Record<(typeof TOLD)[number], typeof rate>,
);

const provider = z.string().nullable().meta({ description: 'null: ended before any road was found' });
const platform = z.enum(PLATFORMS).nullable().meta({ description: 'null: nobody knows' });

/** Counts of an app over time. */
export const statsAnswer = z.object({
  object: z.literal('stats'),
  from: time,
  to: time.meta({ description: 'Not in it any more' }),
  by: z.enum(['hour', 'day']),
  group: z.array(z.enum(STAT_GROUPS)),
  data: z
    .array(
      z.object({
        start: time,
        provider: provider.optional(),
        platform: platform.optional(),
        class: z.enum(['transactional', 'marketing']).optional(),
        counts: statCounts,
        rates,
      }),
    )
    .meta({ description: 'Oldest first; spans in which nothing was counted are left out' }),
  total: z.object({ counts: statCounts, rates }),
  roads: z
    .array(z.object({ provider, platform, tells: z.array(z.enum(TOLD)) }))
    .meta({ description: 'What each road was taken to be able to tell: by these the rates are made' }),
});

export type StatsJson = z.infer<typeof statsAnswer>;
