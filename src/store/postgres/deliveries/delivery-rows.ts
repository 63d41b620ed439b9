import type { Attempt, Delivery, DeliveryState } from '../../../domain/delivery.js';
import type { Reason } from '../../../domain/reason.js';

/** What was tried, or has ended. */
export interface DeliveryRow {
  message: string;
  key: string;
  device: string | null;
  token_hash: string | null;
  user_id: string | null;
  state: DeliveryState;
  reason: Reason | null;
  provider: string | null;
  attempts: Attempt[];
  queued_at: string | number;
  sent_at: string | number | null;
  delivered_at: string | number | null;
  displayed_at: string | number | null;
  opened_at: string | number | null;
  action: string | null;
  settled_at: string | number | null;
  next_attempt_at: string | number | null;
}

export function toDelivery(row: DeliveryRow): Delivery {
  return {
    message: row.message,
    key: row.key,
    device: row.device,
    ...(row.token_hash === null ? {} : { tokenHash: row.token_hash }),
    user: row.user_id,
    state: row.state,
    reason: row.reason,
    provider: row.provider,
    attempts: row.attempts,
    queuedAt: Number(row.queued_at),
    ...(row.sent_at === null ? {} : { sentAt: Number(row.sent_at) }),
    ...(row.delivered_at === null ? {} : { deliveredAt: Number(row.delivered_at) }),
    ...(row.displayed_at === null ? {} : { displayedAt: Number(row.displayed_at) }),
    ...(row.opened_at === null ? {} : { openedAt: Number(row.opened_at) }),
    ...(row.action === null ? {} : { action: row.action }),
    ...(row.settled_at === null ? {} : { settledAt: Number(row.settled_at) }),
    ...(row.next_attempt_at === null ? {} : { nextAttemptAt: Number(row.next_attempt_at) }),
  };
}
