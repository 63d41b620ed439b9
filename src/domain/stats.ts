import type { MessageClass } from './accepted-message.js';
import type { Platform } from './device.js';
import type { EpochMs } from './time.js';

/**
 * How far deliveries came, and what their people did: whoever was opened was also displayed, delivered and sent. `converted`
 * counts conversions; one delivery may have several.
 */
export const COUNTED_STEPS = ['sent', 'delivered', 'displayed', 'opened', 'dismissed', 'converted'] as const;
/** How deliveries ended that came no further; one that was sent before counts as sent, too. */
export const COUNTED_ENDS = ['failed', 'expired', 'suppressed', 'canceled', 'recalled'] as const;
/** What is counted of deliveries hour by hour. */
export const COUNTED = [...COUNTED_STEPS, ...COUNTED_ENDS] as const;
export type Counted = (typeof COUNTED)[number];
export type StatCounts = Readonly<Record<Counted, number>>;

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** Deliveries of messages that were accepted in one span, over one road to one platform. */
export interface StatRow {
  /** Beginning of the hour or (UTC) day in which the messages were accepted. */
  readonly start: EpochMs;
  readonly class: MessageClass;
  /** `null`: no road at all led to the device, or it ended before one was chosen. */
  readonly provider: string | null;
  /** `null`: nobody knows, as of bare push tokens and of devices that have said nothing of a message for everyone. */
  readonly platform: Platform | null;
  readonly counts: StatCounts;
}

export function emptyStats(): Record<Counted, number> {
  return {
    sent: 0,
    delivered: 0,
    displayed: 0,
    opened: 0,
    dismissed: 0,
    converted: 0,
    failed: 0,
    expired: 0,
    suppressed: 0,
    canceled: 0,
    recalled: 0,
  };
}

export function sumStats(all: Iterable<StatCounts>): StatCounts {
  const sum = emptyStats();
  for (const counts of all) for (const name of COUNTED) sum[name] += counts[name];
  return sum;
}
