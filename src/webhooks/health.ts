import type { EpochMs } from '../domain/time.js';
import type { WebhookEndpoint } from '../ports/webhook-store.js';

/** What is known of an endpoint's receiver; kept on the endpoint. */
export type Health = Pick<WebhookEndpoint, 'failingSince' | 'failingToldAt' | 'holdUntil' | 'lastSuccessAt'>;

export interface Failure {
  readonly now: EpochMs;
  readonly order: WebhookEndpoint['order'];
  /** When the call is tried again; absent where it is parked. */
  readonly dueAt?: EpochMs;
  /** For how long the receiver wants nothing. */
  readonly slowDownMs?: number;
}

export interface AfterFailure {
  readonly health: Health;
  /** To be told to others: that it fails, or that it is not called any more. */
  readonly tell?: 'failing' | 'paused';
}

const DAY_MS = 24 * 3_600_000;
/** Others are told after a day of nothing but failures; after five the endpoint is disabled. */
export const TELL_AFTER_MS = DAY_MS;
export const DISABLE_AFTER_MS = 5 * DAY_MS;
/** A loose endpoint that fails is tried with another call after a part of the time that it has been failing. */
const HOLD_PART = 0.25;
export const HOLD_MIN_MS = 5_000;
export const HOLD_MAX_MS = 5 * 60_000;

/** As the store has it. */
export function healthOf({ failingSince, failingToldAt, holdUntil, lastSuccessAt }: WebhookEndpoint): Health {
  return {
    ...(failingSince === undefined ? {} : { failingSince }),
    ...(failingToldAt === undefined ? {} : { failingToldAt }),
    ...(holdUntil === undefined ? {} : { holdUntil }),
    ...(lastSuccessAt === undefined ? {} : { lastSuccessAt }),
  };
}

export function afterSuccess(now: EpochMs): Health {
  return { lastSuccessAt: now };
}

/**
 * Opens the breaker. Strict: nothing goes out before the failed call does. Loose: the first failure may be that one call's
 * own fault, so the others go on, one at a time; from the second in a row on they are held up, and one of them is tried now
 * and then.
 */
export function afterFailure(before: Health, failure: Failure): AfterFailure {
  const { now, slowDownMs } = failure;
  const failingSince = before.failingSince ?? now;
  const holds = [holdOf(before, failure), slowDownMs === undefined ? undefined : now + slowDownMs, before.holdUntil];
  const holdUntil = Math.max(...holds.map((hold) => hold ?? 0));
  const lasted = now - failingSince;
  const tell =
    lasted >= DISABLE_AFTER_MS
      ? 'paused'
      : lasted >= TELL_AFTER_MS && before.failingToldAt === undefined
        ? 'failing'
        : undefined;
  const failingToldAt = tell === 'failing' ? now : before.failingToldAt;
  const { lastSuccessAt } = before;
  return {
    health: {
      failingSince,
      ...(failingToldAt === undefined ? {} : { failingToldAt }),
      ...(holdUntil > now ? { holdUntil } : {}),
      ...(lastSuccessAt === undefined ? {} : { lastSuccessAt }),
    },
    ...(tell === undefined ? {} : { tell }),
  };
}

function holdOf({ failingSince }: Health, { now, order, dueAt }: Failure): EpochMs | undefined {
  if (order === 'strict') return dueAt;
  if (failingSince === undefined) return undefined;
  return now + Math.min(Math.max((now - failingSince) * HOLD_PART, HOLD_MIN_MS), HOLD_MAX_MS);
}

export function isHeld({ holdUntil }: Health, now: EpochMs): boolean {
  return holdUntil !== undefined && now < holdUntil;
}
