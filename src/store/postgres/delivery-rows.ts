import { ERASED_USER, isOver, type Progress } from '../../domain/chunk.js';
import { type Attempt, BARE_KEY_PREFIX, type Delivery, type DeliveryState } from '../../domain/delivery.js';
import type { Reason } from '../../domain/reason.js';
import type { EpochMs } from '../../domain/time.js';
import type { AtRest } from '../at-rest.js';
import { parseTargets } from '../shared/chunk-targets.js';

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

/** Of an open chunk, what stands nowhere else: its targets that have not ended. */
export interface WaitingChunkRow {
  message: string;
  provider: string | null;
  targets: string;
  progress: string;
}

/** The targets of a chunk that have not ended, as deliveries that were not tried; but for those of erased users. */
export function waitingIn(chunk: WaitingChunkRow, atRest: AtRest, queuedAt: EpochMs): Delivery[] {
  const { marks } = JSON.parse(chunk.progress) as Progress; // written by the chunk store from the same type
  const targets = parseTargets(chunk.targets, chunk.message, atRest);
  return targets.flatMap((target, i) => {
    if (isOver(marks[i]) || target.user === ERASED_USER) return [];
    return {
      message: chunk.message,
      key: target.key,
      device: target.key.startsWith(BARE_KEY_PREFIX) ? null : target.key,
      ...(target.bare === undefined ? {} : { tokenHash: target.bare.tokenHash }),
      user: target.user,
      state: 'queued' as const,
      reason: null,
      provider: chunk.provider,
      attempts: [],
      queuedAt,
    };
  });
}
