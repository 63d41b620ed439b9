import type { Clock } from '../domain/time.js';
import type { DeviceStore } from '../ports/device-store.js';
import type { ErasureStore } from '../ports/erasure-store.js';
import type { MailboxStore } from '../ports/mailbox-store.js';
import type { MessageStore } from '../ports/message-store.js';
import type { StatsStore } from '../ports/stats-store.js';

const STEP_MAX = 500;
/** Rounds at most, so that one run is bounded; what is left comes next time. */
const ROUNDS_MAX = 50;

/** Hours that have so long been over are brought together: little is counted in them any more. */
const STATS_APART_MS = 2 * 3_600_000;

/** How long each kind of record is kept, in milliseconds. */
export interface Retention {
  readonly content: number;
  readonly messages: number;
  readonly deliveries: number;
  readonly events: number;
  readonly tombstones: number;
  readonly stats: number;
}

/** Removes what its retention has ended, in small steps. */
export async function sweep(
  house: {
    readonly messages: MessageStore;
    readonly devices: DeviceStore;
    readonly mailboxes: Pick<MailboxStore, 'sweep'>;
    readonly erasure: Pick<ErasureStore, 'forgotten'>;
    readonly stats: Pick<StatsStore, 'merge' | 'sweep'>;
    readonly clock: Clock;
    readonly retention: Retention;
  },
  signal: AbortSignal,
): Promise<void> {
  const now = house.clock.now();
  const { content, messages, deliveries, tombstones, stats } = house.retention;
  const before = { content: now - content, messages: now - messages, deliveries: now - deliveries };
  for (let round = 0; round < ROUNDS_MAX && !signal.aborted; round++) {
    const removed =
      (await house.mailboxes.sweep(now, STEP_MAX)) +
      (await house.messages.sweep(before, STEP_MAX)) +
      (await house.devices.sweep(now - tombstones, STEP_MAX)) +
      (await house.erasure.forgotten(before.messages, STEP_MAX)) +
      (await house.stats.merge(now - STATS_APART_MS, STEP_MAX)) +
      (await house.stats.sweep(now - stats, STEP_MAX));
    if (removed === 0) return;
  }
}
