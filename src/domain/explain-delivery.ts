import type { Attempt, Delivery } from './delivery.js';
import { HOUSE_READINGS } from './house-readings.js';
import type { VendorDetail } from './outcome.js';
import type { Reading } from './reading.js';
import type { Reason } from './reason.js';
import { REALTIME } from './route.js';
import type { EpochMs } from './time.js';

/** Who speaks behind a provider's name, and what the answers mean. */
export interface Voice {
  /** As a sentence names it, such as `Apple`. */
  readonly vendor: string;
  interpret(answer: VendorDetail & { readonly reason?: Reason }): Reading | undefined;
}

/** The voice of a provider of the delivery's app; undefined for one that is not configured any more. */
export type VoiceOf = (provider: string) => Voice | undefined;

export interface Explanation {
  /** One sentence for people; says nothing that the record does not show. */
  readonly sentence: string;
  /** What to do about it; null where nothing is to be mended. */
  readonly cure: string | null;
}

/** Where the device was the last road, and the message did not wait for it. */
const UNKEPT_CURE =
  'Give it a `delivery.ttl`: then it waits until the device connects. Or a route that goes on to a vendor, such as `default`.';

/** What an attempt met. Undefined for one that was accepted, unless its vendor gave it up later. */
export function readAttempt(attempt: Attempt, voiceOf: VoiceOf): Reading | undefined {
  const { reason } = attempt;
  if (attempt.outcome === 'accepted' && reason === undefined) return undefined;
  const answer = { ...attempt.vendor, ...(reason === undefined ? {} : { reason }) };
  return voiceOf(attempt.provider)?.interpret(answer) ?? (reason === undefined ? undefined : HOUSE_READINGS[reason]);
}

/** Why a delivery stands as it does. Pure; times are told in UTC to the second. */
export function explainDelivery(delivery: Delivery, voiceOf: VoiceOf): Explanation {
  const { state, reason, provider, attempts, sentAt, settledAt, nextAttemptAt } = delivery;
  const last = attempts.at(-1);
  const houseCure = reason === null ? null : (HOUSE_READINGS[reason].cure ?? null);
  const lastCure = last === undefined ? undefined : (readAttempt(last, voiceOf)?.cure ?? null);
  const when = settledAt === undefined ? '' : ` at ${timeOf(settledAt)}`;
  switch (state) {
    case 'queued':
      return { sentence: sentence(waits(provider, last, nextAttemptAt, voiceOf)), cure: lastCure ?? null };
    case 'sent':
      return { sentence: sentence(taken(delivery, voiceOf)), cure: null };
    case 'delivered':
      return { sentence: 'The device has it.', cure: null };
    case 'displayed':
      return { sentence: 'The device has shown it.', cure: null };
    case 'opened':
      return { sentence: 'It was opened on the device.', cure: null };
    case 'failed':
      return {
        sentence: sentence(failure(delivery, last, voiceOf)),
        // A vendor's word that needs no cure is the last word; where the house had it, its own cure counts.
        cure:
          last?.outcome === 'away'
            ? UNKEPT_CURE
            : last?.reason === reason
              ? (lastCure ?? null)
              : (lastCure ?? houseCure),
      };
    case 'expired': {
      if (sentAt !== undefined) {
        return { sentence: sentence(`its time to live was over${when}, before the device came for it`), cure: null };
      }
      const before = last === undefined ? '' : `; before that ${told(last, voiceOf)}`;
      return {
        sentence: sentence(`its time to live was over${when} before a provider took it${before}`),
        cure: lastCure ?? houseCure,
      };
    }
    case 'suppressed':
      return { sentence: sentence(`held back${when}: ${meansOf(reason)}`), cure: houseCure };
    case 'canceled':
      return { sentence: sentence(`canceled${when}, before a provider took it`), cure: null };
    case 'recalled':
      return {
        sentence: sentence(
          provider === null || provider === REALTIME
            ? `recalled${when}, before the device came for it`
            : `recalled${when}: ${nameOf(provider, voiceOf)} has told the device to take it away`,
        ),
        cure: null,
      };
    default:
      return state satisfies never;
  }
}

function waits(
  provider: string | null,
  last: Attempt | undefined,
  nextAttemptAt: EpochMs | undefined,
  voiceOf: VoiceOf,
): string {
  if (last === undefined) {
    return provider === null ? 'waits for its turn' : `waits for its first attempt over ${nameOf(provider, voiceOf)}`;
  }
  if (last.outcome === 'awaited') {
    const until = nextAttemptAt === undefined ? '' : ` until ${timeOf(nextAttemptAt)}`;
    return `handed over to the device at ${timeOf(last.at)}; its answer is awaited${until}`;
  }
  const next = nextAttemptAt === undefined ? '' : ` at ${timeOf(nextAttemptAt)}`;
  return `waits for its next attempt${next}: ${told(last, voiceOf)}`;
}

function taken({ attempts, provider }: Delivery, voiceOf: VoiceOf): string {
  const kept = attempts.findLast(({ isKept }) => isKept === true);
  const last = attempts.at(-1);
  if (kept !== undefined && kept.provider === provider) {
    const others = last === kept ? '' : `; no vendor took it: ${last === undefined ? '' : told(last, voiceOf)}`;
    return `it waits for the device since ${timeOf(kept.at)}, and is shown when that connects: ${HOUSE_READINGS[kept.reason ?? 'offline'].means}${others}`;
  }
  if (last === undefined) return 'a provider took it';
  const tries = attempts.length === 1 ? '' : `, at attempt ${attempts.length}`;
  return `${nameOf(last.provider, voiceOf)} took it at ${timeOf(last.at)}${tries}; whether the device showed it is not known`;
}

function failure({ provider, reason, attempts }: Delivery, last: Attempt | undefined, voiceOf: VoiceOf): string {
  if (last === undefined) return unattempted(provider, reason);
  // Tried over one road, and ended at the next one before anything was sent.
  if (last.reason !== reason || last.provider !== provider) {
    return `${unattempted(provider, reason)}; before that ${told(last, voiceOf)}`;
  }
  if (last.outcome === 'accepted') return givenUp(last, voiceOf);
  // What a vendor refuses ends a delivery at once; all else ends it only when tries or time do not allow another.
  if (last.outcome === 'unregistered' || last.outcome === 'rejected' || isHeldBack(last)) return told(last, voiceOf);
  return `given up after ${attempts.length} ${attempts.length === 1 ? 'attempt' : 'attempts'}: ${told(last, voiceOf)}`;
}

/** Taken, and told to be lost later. */
function givenUp(attempt: Attempt, voiceOf: VoiceOf): string {
  const who = nameOf(attempt.provider, voiceOf);
  const { code } = attempt.vendor ?? {};
  const means = readAttempt(attempt, voiceOf)?.means ?? 'the device has not shown it';
  return `${who} took it at ${timeOf(attempt.at)}, and ${code === undefined ? 'gave it up' : `said ${code}`} later: ${means}`;
}

function unattempted(provider: string | null, reason: Reason | null): string {
  if (reason !== 'no_registration') return `not attempted: ${meansOf(reason)}`;
  return provider === null
    ? 'no provider of the app reaches this device: it has no live registration at any of them'
    : `when its turn came the device had no live registration for alerts at '${provider}'`;
}

/** What an attempt met, as a clause. */
function told(attempt: Attempt, voiceOf: VoiceOf): string {
  const who = nameOf(attempt.provider, voiceOf);
  const when = timeOf(attempt.at);
  const { status, code, text } = attempt.vendor ?? {};
  const words = [status, code].filter((word) => word !== undefined).join(' ');
  const means = readAttempt(attempt, voiceOf)?.means ?? 'it was not taken';
  if (isHeldBack(attempt)) return `not sent over ${who} at ${when}: ${means}${withDetail(attempt.detail)}`;
  if (words !== '') return `${who} said ${words} at ${when}: ${means}`;
  const more = [attempt.outcome === 'misconfigured' || text === undefined ? attempt.detail : undefined, text]
    .filter((part) => part !== undefined)
    .join('; ');
  return `the attempt over ${who} at ${when} met this: ${means}${withDetail(more)}`;
}

/** The house did not ask the vendor: nothing was handed over, so nothing took any time. */
function isHeldBack({ outcome, ms }: Attempt): boolean {
  return outcome === 'deferred' && ms === undefined;
}

function withDetail(detail = ''): string {
  return detail === '' ? '' : ` (${detail})`;
}

function meansOf(reason: Reason | null): string {
  return reason === null ? 'no reason was recorded' : HOUSE_READINGS[reason].means;
}

function nameOf(provider: string, voiceOf: VoiceOf): string {
  return voiceOf(provider)?.vendor ?? `'${provider}'`;
}

function timeOf(at: EpochMs): string {
  return new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

function sentence(clause: string): string {
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}${/[.!?]\)?$/.test(clause) ? '' : '.'}`;
}
