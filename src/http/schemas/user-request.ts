import { z } from 'zod';
import { USER_FIELDS } from '../../domain/filter-attr.js';
import { attributes, tags } from './attributes-request.js';
import { closed } from './closed.js';
import { timezone } from './time-zone.js';
import * as words from './words.js';

const consent = closed({
  marketing: z.boolean(),
  at: words.givenTime
    .meta({ format: 'date-time', description: 'When it was given or withdrawn; now when absent' })
    .optional(),
  source: z.string().min(1).max(256).meta({ description: 'Where it came from, in your own words' }).optional(),
});

/** What a call changes of a user's record: what is absent stays, `null` clears. */
export const userRequest = closed({
  attributes: attributes(USER_FIELDS).optional(),
  tags: tags.optional(),
  locale: words.locale.nullable().optional(),
  timezone: timezone.nullable().optional(),
  consent: consent.nullable().meta({ description: 'Taken as a whole; null forgets it' }).optional(),
});

export type UserRequest = z.infer<typeof userRequest>;
