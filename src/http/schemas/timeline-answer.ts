import { z } from 'zod';
import { DELIVERY_STATES } from '../../domain/delivery.js';
import { deviceAnswer } from './device-answer.js';
import { deliveryAnswer, messageAnswer } from './message-answer.js';
import { userAnswer } from './user-answer.js';
import { time } from './words.js';

const { status, class: messageClass, created_at } = messageAnswer.shape;
const { device, token_hash, state, reason, provider, times, action, attempts, next_attempt_at } = deliveryAnswer.shape;
const { outcome, reason: attemptReason, detail, vendor, ms, cure } = attempts.element.shape;

/** One thing that happened to a message, or to its delivery to one device. */
export const messageEventAnswer = z.object({
  at: time,
  event: z.enum([
    'message.accepted',
    'message.canceled',
    'message.completed',
    'delivery.attempted',
    ...DELIVERY_STATES.map((word) => `delivery.${word}` as const),
  ]),
  device: z.string().optional().meta({ description: 'Absent for what happened to the message itself' }),
  token_hash: token_hash.meta({ description: 'In place of `device` for a bare push token' }),
  provider: z.string().optional(),
  outcome,
  reason: attemptReason,
  detail: detail.meta({ description: 'A sentence for people' }),
  vendor,
  ms,
  cure,
  action,
});

/** One message to one of a user's devices, and why it stands so. */
export const userDeliveryAnswer = z.object({
  message: z.object({ id: z.string(), status, class: messageClass, created_at, channel: z.string().optional() }),
  device,
  state,
  reason,
  explanation: z.string().meta({ description: 'Why, as a sentence for people; may be worded anew in later versions' }),
  cure: z.string().nullable().meta({ description: 'What to do about it; null where nothing is to be mended' }),
  provider,
  attempts,
  times,
  action,
  next_attempt_at,
});

/** One line of what is kept of a user. */
export const userExportLine = z.discriminatedUnion('type', [
  z.object({ type: z.literal('user'), data: userAnswer }),
  z.object({ type: z.literal('device'), data: deviceAnswer }),
  z.object({ type: z.literal('delivery'), data: deliveryAnswer }),
]);

export type MessageEventAnswer = z.infer<typeof messageEventAnswer>;
export type UserDeliveryAnswer = z.infer<typeof userDeliveryAnswer>;
