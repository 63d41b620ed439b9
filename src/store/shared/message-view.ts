import type { DeliveryTerms, MessageClass, MessageStatus } from '../../domain/accepted-message.js';
import {
  type Counts,
  DELIVERY_STATES,
  type DeliveryState,
  emptyCounts,
  type Reached,
  type SettledState,
} from '../../domain/delivery.js';
import type { JsonObject } from '../../domain/json.js';
import { REASONS, type Reason } from '../../domain/reason.js';
import type { EpochMs } from '../../domain/time.js';
import type { BlockedAccount, MessageView, RoadCounts } from '../../ports/message-store.js';
import { withSilent } from './message-roads.js';

/** A message as it is stored, without its content. */
export interface ViewedMessage {
  readonly id: string;
  readonly app: string;
  readonly class: MessageClass;
  readonly terms: DeliveryTerms;
  readonly metadata: JsonObject | null;
  readonly tags: readonly string[] | null;
  readonly createdAt: EpochMs;
  readonly expiresAt: EpochMs;
  readonly planned: boolean;
  readonly canceledAt: EpochMs | null;
  readonly completedAt: EpochMs | null;
  readonly recalledAt: EpochMs | null;
  /** Devices of a message that went to everyone at once, without chunks. */
  readonly announcedTo: number | null;
}

/** What chunks of a message have in sum that are alike in provider, and in whether they wait for a stopped account. */
export interface Tally {
  readonly provider: string | null;
  readonly isBlocked: boolean;
  /** Why the account is stopped, and since when; `null`: it is stopped no more. */
  readonly blockedReason: Reason | null;
  readonly blockedSince: EpochMs | null;
  /** Targets that are still the concern of these chunks, or ended in them. */
  readonly stayed: number;
  readonly ends: Readonly<Record<SettledState, number>>;
}

/** What moved on in the deliveries of one message since its chunks counted them. */
export interface Shifts {
  readonly states: Readonly<Partial<Record<DeliveryState, number>>>;
  readonly reasons: Readonly<Partial<Record<Reason, number>>>;
  readonly reached: Readonly<Partial<Record<DeliveryState, number>>>;
}

export const NO_SHIFTS: Shifts = { states: {}, reasons: {}, reached: {} };

const ENDS = ['sent', 'delivered', 'failed', 'expired', 'suppressed', 'canceled'] as const satisfies SettledState[];

/** What is counted of a message. */
export interface Counted {
  /** Targets of its plan, however far they have moved from chunk to chunk. */
  readonly planned: number;
  readonly tallies: readonly Tally[];
  readonly reasons: Readonly<Partial<Record<Reason, number>>>;
  readonly shifts: Shifts;
  /** See `message-roads.ts`. */
  readonly roads: readonly RoadCounts[];
}

/** A message as callers see it. */
export function toView(
  message: ViewedMessage,
  { planned, tallies, reasons, shifts, roads: told }: Counted,
): MessageView {
  const counts = emptyCounts();
  let devices = (message.announcedTo ?? 0) + planned;
  let settled = 0;
  const blocked: BlockedAccount[] = [];
  for (const tally of tallies) {
    let open = tally.stayed;
    for (const state of ENDS) {
      const ended = tally.ends[state];
      counts[state] += ended;
      settled += ended;
      open -= ended;
    }
    if (!tally.isBlocked || tally.provider === null) continue;
    blocked.push({
      provider: tally.provider,
      reason: tally.blockedReason ?? 'credential_rejected',
      devices: open,
      ...(tally.blockedSince === null ? {} : { since: tally.blockedSince }),
    });
  }
  // Whoever is between two chunks is counted where it was planned, and has not ended anywhere.
  counts.queued = devices - settled;
  const reached = reachedOf(counts, shifts);
  for (const state of DELIVERY_STATES) counts[state] += shifts.states[state] ?? 0;
  if (counts.queued < 0) {
    // Devices were faster than whoever announces the message to everyone and then says how many they are.
    devices -= counts.queued;
    counts.queued = 0;
  }
  const moved = added(reasons, shifts.reasons);
  const silent = silentEnd(message);
  const roads = silent === undefined || counts.queued <= 0 ? told : withSilent(told, silent, counts.queued);
  if (silent !== undefined && counts.queued > 0) {
    counts[silent] += counts.queued;
    moved[silent] = (moved[silent] ?? 0) + counts.queued;
    counts.queued = 0;
  }
  const waiting = blocked.reduce((sum, account) => sum + account.devices, 0);
  const { terms } = message;
  return {
    id: message.id,
    app: message.app,
    class: message.class,
    ...(terms.channel === undefined ? {} : { channel: terms.channel }),
    ...(terms.route?.name === undefined ? {} : { route: terms.route.name }),
    status: statusOf(message, devices, counts.queued, waiting),
    createdAt: message.createdAt,
    expiresAt: message.expiresAt,
    ...(message.canceledAt === null ? {} : { canceledAt: message.canceledAt }),
    ...(message.completedAt === null ? {} : { completedAt: message.completedAt }),
    ...(message.recalledAt === null ? {} : { recalledAt: message.recalledAt }),
    devices,
    planned: message.planned,
    counts,
    reached,
    roads,
    reasons: moved,
    blocked,
    ...(message.metadata === null ? {} : { metadata: message.metadata }),
    ...(message.tags === null ? {} : { tags: message.tags }),
  };
}

/** How deliveries of a message that went to everyone at once have ended of which no device has said anything. */
function silentEnd(message: ViewedMessage): 'canceled' | 'expired' | undefined {
  if (message.announcedTo === null) return undefined;
  if (message.canceledAt !== null) return 'canceled';
  return message.completedAt === null ? undefined : 'expired';
}

/** `counts` as the chunks have them, before what moved since. */
function reachedOf(counts: Counts, { reached }: Shifts): Reached {
  return {
    sent: counts.sent + counts.delivered + (reached.sent ?? 0),
    delivered: counts.delivered + (reached.delivered ?? 0),
    displayed: reached.displayed ?? 0,
    opened: reached.opened ?? 0,
  };
}

function added(one: Partial<Record<Reason, number>>, other: Partial<Record<Reason, number>>) {
  const sum = { ...one };
  for (const reason of REASONS) {
    const more = other[reason];
    if (more !== undefined) sum[reason] = (sum[reason] ?? 0) + more;
  }
  return sum;
}

/** Blocked: all that is left waits for an account that is stopped. */
function statusOf(message: ViewedMessage, devices: number, queued: number, blocked: number): MessageStatus {
  if (message.canceledAt !== null) return 'canceled';
  if (message.completedAt !== null) return 'completed';
  if (blocked > 0 && blocked === queued) return 'blocked';
  return queued < devices || message.announcedTo !== null ? 'sending' : 'queued';
}
