import type { NewEvent } from '../domain/event.js';
import type { RandomFraction } from '../domain/retry.js';
import type { EpochMs } from '../domain/time.js';
import type { AttemptRecord, SlotRecord, WebhookEndpoint } from '../ports/webhook-store.js';
import type { Tried } from './attempt.js';
import { isTest } from './call-body.js';
import { afterFailure, afterSuccess, type Health } from './health.js';
import { nextAttemptAt } from './schedule.js';

export interface Settled {
  readonly health: Health;
  readonly attempts: readonly AttemptRecord[];
  readonly disable?: string;
  readonly events: readonly NewEvent[];
  /** The receiver is back after a while: what waits for it need not wait any longer. */
  readonly isBack: boolean;
}

/** A shorter failure leaves waiting calls to their schedule: one that is at fault itself shall not be tried in a hurry. */
const AWAY_MIN_MS = 10 * 60_000;

/** What attempts at calls of one endpoint, in the order in which they ended, mean for the calls and the endpoint. */
export function settleAttempts(
  endpoint: Pick<WebhookEndpoint, 'id' | 'app' | 'order' | 'state'>,
  before: Health,
  tried: readonly Tried[],
  now: EpochMs,
  random: RandomFraction,
): Settled {
  let health = before;
  let disable: string | undefined;
  let isBack = false;
  const events: NewEvent[] = [];
  const attempts = tried.map((one): AttemptRecord => {
    const { call, attempt, judgement, body } = one;
    const record = { call: call.id, attempt };
    if (judgement.kind === 'delivered' || judgement.kind === 'skipped') {
      isBack ||= health.failingSince !== undefined && now - health.failingSince >= AWAY_MIN_MS;
      const { lastSuccessAt } = health;
      health =
        judgement.kind === 'delivered' ? afterSuccess(now) : lastSuccessAt === undefined ? {} : { lastSuccessAt };
      return { ...record, next: { kind: judgement.kind } };
    }
    // A test asks a question once; its answer, where it is none, is no fault of what waits.
    if (judgement.kind === 'lost' || isTest(call)) return { ...record, next: { kind: 'parked' } };
    const slowDownMs = judgement.kind === 'failed' ? judgement.slowDownMs : undefined;
    const dueAt = nextAttemptAt(attempt.n, now, random, slowDownMs);
    const { order } = endpoint;
    const after = afterFailure(health, {
      ...{ now, order },
      ...(dueAt === undefined ? {} : { dueAt }),
      ...(slowDownMs === undefined ? {} : { slowDownMs }),
    });
    health = after.health;
    const since = health.failingSince ?? now;
    if (after.tell === 'failing') {
      events.push({
        app: endpoint.app,
        type: 'webhook.failing',
        data: { endpoint: endpoint.id, since, reason: judgement.why },
      });
    }
    if (judgement.kind === 'gone') disable ??= judgement.why;
    else if (after.tell === 'paused') {
      disable ??= `every call failed for five days; the last one: ${judgement.why}`;
    }
    return {
      ...record,
      next: dueAt === undefined ? { kind: 'parked' } : { kind: 'again', dueAt },
      ...(call.attempts === 0 ? { body } : {}),
    };
  });
  if (endpoint.state !== 'active') disable = undefined; // it is not called any more as it is, and that was told
  if (disable !== undefined) {
    const since = health.failingSince ?? now;
    events.push({ app: endpoint.app, type: 'webhook.paused', data: { endpoint: endpoint.id, since, reason: disable } });
  }
  return { health, attempts, ...(disable === undefined ? {} : { disable }), events, isBack };
}

export function slotRecord(endpoint: string, fence: number, settled: Omit<Settled, 'isBack'>): SlotRecord {
  const { health, attempts, disable, events } = settled;
  return { endpoint, fence, attempts, ...health, ...(disable === undefined ? {} : { disable }), events };
}
