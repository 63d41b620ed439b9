import type { Outcome } from '../../providers/contract.js';
import type { Attempt } from '../domain/delivery.js';
import type { Reason } from '../domain/reason.js';
import { backoffMs, type RandomFraction, type RetryPolicy } from '../domain/retry.js';
import type { EpochMs } from '../domain/time.js';
import type { DeviceAddresses } from '../ports/device-store.js';
import type { AccountGate } from './account-gate.js';
import type { ChunkWork } from './chunk-work.js';
import type { NextRoad } from './next-road.js';

/** Everything of one account that waits comes back spread over this. */
const ACCOUNT_SPREAD_MS = 500;
/** "Not this app's token" counts against a registration only while the account's other sends succeed. */
const ACCOUNT_WORKS_MS = 86_400_000;

export interface Settlement {
  readonly retry: RetryPolicy;
  readonly random: RandomFraction;
  readonly gate: AccountGate;
  readonly nextRoad: NextRoad;
  /** Once true, what was not sent says nothing of any road: this process gave it up itself. */
  readonly isStopping: () => boolean;
}

/** One attempt that has been made. */
export interface Attempted {
  readonly work: ChunkWork;
  readonly index: number;
  readonly provider: string;
  /** Identity of the registration it went to; absent for a bare push token. */
  readonly tokenHash: string;
  /** As it was right before; absent for a bare push token. */
  readonly device?: DeviceAddresses;
  readonly startedAt: EpochMs;
  /** The provider it went over was replaced before the answer came: what troubled it is no longer the account's. */
  readonly isOverReplaced?: boolean;
  /** Its device has another address at this provider since. */
  readonly isReaddressed?: boolean;
}

/** Draws the consequences of one outcome: an end, another road, or another try. The only place that decides them. */
export function settle(house: Settlement, attempted: Attempted, outcome: Outcome, now: EpochMs): void {
  const { work, index, provider, tokenHash, startedAt } = attempted;
  const { app, terms, class: of } = work.message;
  const attempt = toAttempt(attempted, outcome, now);
  switch (outcome.kind) {
    case 'accepted':
      house.gate.passed(app, provider, of);
      work.settle(
        index,
        outcome.delivered ? { state: 'delivered', sentAt: attempt.at } : { state: 'sent' },
        now,
        attempt,
      );
      return;
    case 'unregistered':
      house.gate.answered(app, provider, of);
      if (attempted.isReaddressed === true && attempted.device !== undefined) {
        const tries = work.trouble(index).tries + 1;
        stay(house, attempted, attempt, { reason: 'token_invalid', tries, dueAt: now }, now);
        return;
      }
      // With credentials of another app every address looks dead: the message goes on, and nothing is retired for it.
      if (outcome.isDoubtful !== true || hasPassedLately(house, app, provider, now)) {
        work.owe({
          kind: 'retire',
          provider,
          tokenHash,
          at: startedAt,
          ...(outcome.asOf === undefined ? {} : { asOf: outcome.asOf }),
          ...vendorCode(outcome),
        });
      }
      end(house, attempted, attempt, 'token_invalid', now);
      return;
    case 'rejected': {
      house.gate.answered(app, provider, of);
      if (outcome.reason === 'token_wrong_app' && hasPassedLately(house, app, provider, now)) {
        work.owe({ kind: 'strike', provider, tokenHash, at: startedAt, ...vendorCode(outcome) });
      }
      end(house, attempted, attempt, outcome.reason, now);
      return;
    }
    case 'awaited':
      house.gate.answered(app, provider, of);
      work.await(
        index,
        { since: outcome.since, dueAt: outcome.askAgainAt, ...(outcome.got ? { got: true } : {}) },
        attempt,
      );
      return;
    case 'away':
      house.gate.answered(app, provider, of);
      end(house, attempted, attempt, outcome.reason, now);
      return;
    case 'obsolete':
      house.gate.answered(app, provider, of);
      work.settle(
        index,
        { state: outcome.reason === 'canceled' ? 'canceled' : 'suppressed', reason: outcome.reason },
        now,
      );
      return;
    case 'deferred':
      if (outcome.scope !== 'target') {
        const { reason } = outcome;
        if (attempted.isOverReplaced === true) {
          soonAgain(house, attempted, attempt, reason, now);
          return;
        }
        const until = house.gate.troubled(app, provider, of, {
          ...{ reason, blocked: false },
          ...(outcome.scope === 'class' ? { isOfClass: true } : {}),
          ...(outcome.retryAfterMs === undefined ? {} : { retryAfterMs: outcome.retryAfterMs }),
        });
        // It is not this target's fault: the trouble of the account, or of a class in it, does not use up its attempts, only its time.
        goOn(
          house,
          attempted,
          attempt,
          { reason, tries: work.trouble(index).tries, dueAt: until + spread(house) },
          now,
        );
      } else {
        // Throttling one device is a judgement on it; being busy or silent is not.
        if (outcome.reason === 'rate_limited') house.gate.answered(app, provider, of);
        else house.gate.unproven(app, provider, of);
        const before = work.trouble(index);
        // A vendor, or one of several push services behind it, that is away is nobody's own trouble either.
        const isTheirs = outcome.reason === 'provider_unavailable';
        const tries = before.tries + (isTheirs ? 0 : 1);
        const failures = isTheirs ? inARow(before.attempts, outcome.reason) + 1 : tries;
        const wait = outcome.retryAfterMs ?? backoffMs(house.retry, failures, house.random);
        goOn(house, attempted, attempt, { reason: outcome.reason, tries, dueAt: now + wait }, now);
      }
      return;
    case 'misconfigured': {
      if (attempted.isOverReplaced === true) {
        soonAgain(house, attempted, attempt, 'credential_rejected', now);
        return;
      }
      const until = house.gate.troubled(app, provider, of, { reason: 'credential_rejected', blocked: true });
      goOn(
        house,
        attempted,
        attempt,
        { reason: 'credential_rejected', tries: work.trouble(index).tries, dueAt: until + spread(house) },
        now,
      );
      return;
    }
    case 'uncertain': {
      house.gate.unproven(app, provider, of);
      const tries = work.trouble(index).tries + 1;
      if (terms.onUncertain === 'drop') work.settle(index, { state: 'failed', reason: 'uncertain' }, now, attempt);
      else
        goOn(
          house,
          attempted,
          attempt,
          { reason: 'uncertain', tries, dueAt: now + backoffMs(house.retry, tries, house.random) },
          now,
        );
      return;
    }
    default:
      outcome satisfies never;
  }
}

/** Whether the vendor has taken something of the account, so that its credentials are this app's. */
function hasPassedLately({ gate }: Settlement, app: string, provider: string, now: EpochMs): boolean {
  const lastPassed = gate.lastPassedAt(app, provider);
  return lastPassed !== undefined && now - lastPassed < ACCOUNT_WORKS_MS;
}

/** How many attempts up to now ended with this reason, one after the other. */
function inARow(attempts: readonly Attempt[], reason: Reason): number {
  const other = attempts.findLastIndex((attempt) => attempt.reason !== reason);
  return attempts.length - 1 - other;
}

/** The end of this road: over to the next one, or of the route. */
function end(house: Settlement, attempted: Attempted, attempt: Attempt, reason: Reason, now: EpochMs): void {
  if (!movedOn(house, attempted, attempt, reason)) endOfRoute(attempted, reason, now, attempt);
}

/** It has failed, unless it waits in the device's mailbox, which has taken it then as a vendor would. */
export function endOfRoute(
  { work, index }: Pick<Attempted, 'work' | 'index'>,
  reason: Reason,
  now: EpochMs,
  attempt?: Attempt,
): void {
  if (attempt?.isKept === true || work.isKept(index)) work.keep(index, now, attempt);
  else work.settle(index, { state: 'failed', reason }, now, attempt);
}

/** A canceled message goes nowhere any more. */
function movedOn(house: Settlement, attempted: Attempted, attempt: Attempt, reason: Reason): boolean {
  const { work, index } = attempted;
  const to = work.canceled ? undefined : house.nextRoad(attempted, reason);
  if (to !== undefined) work.moveOn(index, to, attempt);
  return to !== undefined;
}

/** The next road at once, if the route names this reason; else another try, if attempts and time allow; else the end with the reason that kept it. */
function goOn(
  house: Settlement,
  attempted: Attempted,
  attempt: Attempt,
  plan: { readonly reason: Reason; readonly tries: number; readonly dueAt: EpochMs },
  now: EpochMs,
): void {
  if (house.isStopping() || !movedOn(house, attempted, attempt, plan.reason))
    stay(house, attempted, attempt, plan, now);
}

/** Another try on this road, if attempts and time allow; else the end with the reason that kept it. */
function stay(
  house: Settlement,
  attempted: Attempted,
  attempt: Attempt,
  plan: { readonly reason: Reason; readonly tries: number; readonly dueAt: EpochMs },
  now: EpochMs,
): void {
  const { work, index } = attempted;
  const { terms, expiresAt } = work.message;
  if (terms.ttlSeconds === 0 || plan.tries >= house.retry.attemptsMax) {
    endOfRoute(attempted, plan.reason, now, attempt);
  } else if (plan.dueAt >= expiresAt) {
    work.settle(index, { state: 'expired', reason: 'expired' }, now, attempt);
  } else {
    work.postpone(index, plan, attempt);
  }
}

/** What the predecessor met, its successor need not meet: no attempt is used up, no account is stopped. */
function soonAgain(house: Settlement, attempted: Attempted, attempt: Attempt, reason: Reason, now: EpochMs): void {
  const { tries } = attempted.work.trouble(attempted.index);
  goOn(house, attempted, attempt, { reason, tries, dueAt: now + spread(house) }, now);
}

function spread(house: Settlement): number {
  return Math.round(house.random() * ACCOUNT_SPREAD_MS);
}

function vendorCode(outcome: Outcome): { vendorCode?: string } {
  return outcome.detail?.code === undefined ? {} : { vendorCode: outcome.detail.code };
}

function toAttempt(attempted: Attempted, outcome: Outcome, now: EpochMs): Attempt {
  const reason = attemptReason(outcome);
  // An answer that was awaited belongs to the attempt that was made then.
  const at = attempted.work.trouble(attempted.index).handedAt ?? attempted.startedAt;
  const detail = attemptDetail(outcome, now - at);
  return {
    provider: attempted.provider,
    at,
    outcome: outcome.kind,
    ...(reason === undefined ? {} : { reason }),
    ...(detail === undefined ? {} : { detail }),
    ...(outcome.kind === 'accepted' && outcome.vendorId !== undefined ? { vendorId: outcome.vendorId } : {}),
    ...(outcome.kind === 'away' && outcome.kept ? { isKept: true } : {}),
    ms: Math.max(0, Math.round(now - at)),
    ...(outcome.detail === undefined ? {} : { vendor: outcome.detail }),
  };
}

function attemptReason(outcome: Outcome): Reason | undefined {
  switch (outcome.kind) {
    case 'accepted':
      return undefined;
    case 'unregistered':
      return 'token_invalid';
    case 'rejected':
    case 'deferred':
    case 'away':
    case 'obsolete':
      return outcome.reason;
    case 'awaited':
      return undefined;
    case 'misconfigured':
      return 'credential_rejected';
    case 'uncertain':
      return 'uncertain';
    default:
      return outcome satisfies never;
  }
}

function attemptDetail(outcome: Outcome, tookMs: number): string | undefined {
  if (outcome.kind === 'away' && outcome.reason === 'no_ack') return `waited ${Math.round(tookMs / 100) / 10} s`;
  if (outcome.kind === 'misconfigured') return outcome.what;
  if (outcome.kind === 'deferred' && outcome.retryAfterMs !== undefined)
    return `Retry-After ${outcome.retryAfterMs / 1_000} s kept`;
  return undefined;
}
