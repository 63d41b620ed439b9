import { z } from 'zod';
import { SERVICE_NAMES, type SubscribeOptions } from '../../providers/webpush/simulator.js';

/** Some 300 bytes of answer and 30 µs of work each. */
const COUNT_MAX = 10_000;

/** The body of `POST /subscriptions`. */
const bodySchema = z.strictObject({
  service: z.enum(SERVICE_NAMES).default('google'),
  count: z.int().min(1).max(COUNT_MAX).default(1),
  /** Uncompressed P-256 point in base64url: 65 bytes are 87 characters. */
  vapid_key: z
    .string()
    .regex(/^B[\w-]{86}$/, { error: 'must be a VAPID public key, 87 characters of base64url' })
    .optional(),
});

/** Reads what the control port was asked for; every mistake is named at once, in the caller's words. */
export function readSubscriptionRequest(body: unknown): SubscribeOptions | { readonly mistakes: readonly string[] } {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) {
    return { mistakes: parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`) };
  }
  const { service, count, vapid_key: vapidKey } = parsed.data;
  return { service, count, ...(vapidKey === undefined ? {} : { vapidKey }) };
}
