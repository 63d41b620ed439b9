import type { Attempt, Delivery } from '../../../sdk/server/src/index.js';
import { ROADS } from './cast.js';

/** The parts of the API's answers that a timeline is made from. */
export type AttemptState = Omit<Attempt, 'vendor_id'>;
export type DeliveryState = Pick<Delivery, 'device' | 'state' | 'reason' | 'times'> & {
  readonly attempts: readonly AttemptState[];
};

/** One thing that happened to one device. */
export interface TimelineEntry {
  readonly device: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** What the attempt took, in milliseconds; absent where no attempt was made. */
  readonly tookMs?: number;
  /** The vendor's word, such as `429 TooManyRequests`; empty for an acceptance, of which the gateway keeps none. */
  readonly answer: string;
  /** What follows from it, in words. */
  readonly meaning: string;
  readonly kind: 'good' | 'wait' | 'bad';
  /** The address is said to be dead; whether it was retired is the device's to tell. */
  readonly isDead: boolean;
  /** A vendor took it. */
  readonly isAccepted: boolean;
}

/** Remembers what was told, so that each thing is told once. */
export function createTimeline(): (deliveries: readonly DeliveryState[]) => readonly TimelineEntry[] {
  const told = new Map<string, number>();
  const ended = new Set<string>();
  return (deliveries) => {
    const fresh: TimelineEntry[] = [];
    for (const delivery of deliveries) {
      const device = delivery.device ?? '(push token)';
      delivery.attempts.forEach((attempt, i) => {
        if (i >= (told.get(device) ?? 0)) fresh.push(attemptEntry(device, delivery, attempt, i));
      });
      told.set(device, delivery.attempts.length);
      if (!isSettled(delivery) || ended.has(device)) continue;
      ended.add(device);
      const end = houseEnd(device, delivery);
      if (end !== undefined) fresh.push(end);
    }
    return fresh.sort((a, b) => a.at - b.at);
  };
}

/** The gateway will do nothing more for it by itself. */
export function isSettled(delivery: DeliveryState): boolean {
  return delivery.state !== 'queued';
}

function attemptEntry(device: string, delivery: DeliveryState, attempt: AttemptState, place: number): TimelineEntry {
  const tookMs = attempt.ms ?? 0;
  const at = Date.parse(attempt.at) + tookMs;
  const { status, code } = attempt.vendor ?? {};
  const answer = [status, code ?? attempt.reason].filter((part) => part !== undefined).join(' ');
  const entry = { device, at, tookMs, answer, isDead: attempt.outcome === 'unregistered', isAccepted: false };
  switch (attempt.outcome) {
    case 'accepted':
      return { ...entry, kind: 'good', meaning: acceptedAt(delivery, attempt, place), isAccepted: true };
    case 'unregistered':
      return { ...entry, kind: 'bad', meaning: 'the address is dead' };
    case 'deferred':
    case 'misconfigured':
    case 'uncertain': {
      const why = [attempt.detail, isSettled(delivery) ? undefined : 'will be tried again'];
      return { ...entry, kind: 'wait', meaning: why.filter((part) => part !== undefined).join(', ') || 'kept' };
    }
    default:
      return { ...entry, kind: 'bad', meaning: 'refused for good: this message will never pass' };
  }
}

function acceptedAt({ attempts }: DeliveryState, { provider }: AttemptState, place: number): string {
  const before = attempts[place - 1];
  if (before !== undefined && before.provider !== provider)
    return `over ${ROADS[provider] ?? provider} instead: accepted`;
  const tries = place + 1;
  if (tries === 1) return 'accepted';
  return tries === 2 ? 'tried again, accepted' : `accepted at try ${tries}`;
}

/** States that come after `sent`: what the device is known to have. */
const ARRIVED: ReadonlySet<string> = new Set(['delivered', 'displayed', 'opened']);

/** Whether a vendor took it, and perhaps told more since. */
export function hasLeft({ state }: Pick<DeliveryState, 'state'>): boolean {
  return state === 'sent' || ARRIVED.has(state);
}

/** What the vendor told later; or an end that no vendor spoke: it expired, was canceled, or there was nowhere to send. */
function houseEnd(device: string, delivery: DeliveryState): TimelineEntry | undefined {
  const last = delivery.attempts.at(-1)?.outcome;
  if (delivery.state === 'sent' || last === 'unregistered' || last === 'rejected') return undefined;
  const at = Date.parse(delivery.times[delivery.state] ?? delivery.times.queued ?? '');
  const answer = delivery.state;
  if (ARRIVED.has(answer)) {
    const meaning = 'its vendor has told of it';
    return { device, at, answer, meaning, kind: 'good', isDead: false, isAccepted: false };
  }
  return { device, at, answer, meaning: delivery.reason ?? '', kind: 'bad', isDead: false, isAccepted: false };
}
