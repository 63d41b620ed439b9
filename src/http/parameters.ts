import { z } from 'zod';
import type { Parameter } from './operation.js';
import { topicName } from './schemas/attributes-request.js';
import { DEVICE_ID } from './schemas/words.js';

export const messageIdParameter: Parameter = {
  name: 'id',
  in: 'path',
  description: 'Id of the message',
  schema: z.string().meta({ examples: ['msg_01kabcdefghjkmnpqrstvwxyz0'] }),
};

export const deviceIdParameter: Parameter = {
  name: 'id',
  in: 'path',
  description: 'Id of the device',
  schema: z.string().regex(DEVICE_ID),
};

export const userIdParameter: Parameter = {
  name: 'id',
  in: 'path',
  description: 'Id of the user',
  schema: z.string().min(1).max(256),
};

export const topicParameter: Parameter = {
  name: 'topic',
  in: 'path',
  description: 'Name of the topic',
  schema: topicName,
};

export const pageParameters: readonly Parameter[] = [
  {
    name: 'limit',
    in: 'query',
    description: 'Entries of a page',
    schema: z.int().min(1).max(1_000).meta({ default: 100 }).optional(),
  },
  { name: 'cursor', in: 'query', description: '`next_cursor` of the page before', schema: z.string().optional() },
];

export const deviceFilterParameter: Parameter = {
  name: 'device',
  in: 'query',
  description: 'Only what happened to this device, beside what happened to the message itself',
  schema: z.string().regex(DEVICE_ID).optional(),
};

export const providersParameter: Parameter = {
  name: 'providers',
  in: 'query',
  description: '`true`: also asks the vendors that can judge a message without sending it; takes up to 5 s',
  schema: z.enum(['true', 'false']).optional(),
};

export const idempotencyKeyParameter: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'Repeats under the same key and path make nothing new; kept for 48 h',
  schema: z.string().min(1).max(255).optional(),
};

export const preferParameter: Parameter = {
  name: 'Prefer',
  in: 'header',
  description: '`wait=N` (RFC 7240): up to N seconds, at most 30, for the deliveries of a message to up to 100 devices',
  schema: z
    .string()
    .meta({ examples: ['wait=3'] })
    .optional(),
};
