import type { Attempt, Delivery } from '../../../domain/delivery.js';
import type { Aggregate } from '../documents/aggregate.js';
import type { DeliveryDoc } from '../documents/deliveries.js';

/** A record without what it owes. */
export type DeliveryFields = Omit<DeliveryDoc, keyof Aggregate>;

/** What {@link toDelivery} needs not. */
export const UNREAD = { out: 0, w: 0, rev: 0 } as const;

export function toDelivery(document: DeliveryFields): Delivery {
  const { message, key, device, tokenHash, user, state, reason, provider, queuedAt } = document;
  const { sentAt, deliveredAt, displayedAt, openedAt, action, settledAt, nextAttemptAt } = document;
  return {
    message,
    key,
    device: device ?? null,
    ...(tokenHash === undefined ? {} : { tokenHash }),
    user: user ?? null,
    state,
    reason: reason ?? null,
    provider: provider ?? null,
    attempts: JSON.parse(document.attempts) as readonly Attempt[], // written from the same type
    queuedAt,
    ...(sentAt === undefined ? {} : { sentAt }),
    ...(deliveredAt === undefined ? {} : { deliveredAt }),
    ...(displayedAt === undefined ? {} : { displayedAt }),
    ...(openedAt === undefined ? {} : { openedAt }),
    ...(action === undefined ? {} : { action }),
    ...(settledAt === undefined ? {} : { settledAt }),
    ...(nextAttemptAt === undefined ? {} : { nextAttemptAt }),
  };
}
