import { z } from 'zod';
import { closed } from './closed.js';
import { problemAnswer } from './common-answers.js';
import { acceptedAnswer } from './message-answer.js';
import { messageBody } from './message-request.js';

/** Messages of one call. */
export const BATCH_MESSAGES_MAX = 500;

/** A message of a batch as it is published; each is read by itself, so that its faults are its own. */
export const batchMessage = messageBody.extend({
  idempotency_key: z
    .string()
    .min(1)
    .max(255)
    .meta({ description: 'As the header Idempotency-Key of a single call, and shared with it; kept for 48 h' })
    .optional(),
});

/** The body of a batch as it is published. */
export const batchBody = closed({ messages: z.array(batchMessage).min(1).max(BATCH_MESSAGES_MAX) });

/** What is asked of the batch as a whole. */
export const batchRequest = closed({ messages: z.array(z.unknown()).min(1).max(BATCH_MESSAGES_MAX) });

/** What became of one message of a batch. */
export const batchResult = z.object({
  status: z.int().meta({ description: 'What a single call would have been answered with' }),
  message: acceptedAnswer.optional(),
  idempotency_replayed: z
    .literal(true)
    .optional()
    .meta({ description: 'The message is that of an earlier call with the same key' }),
  problem: problemAnswer.optional().meta({ description: 'Its pointers begin at this message' }),
});

/** One result per message, in order. */
export const batchAnswer = z.object({ results: z.array(batchResult) });

export type BatchResult = z.infer<typeof batchResult>;
