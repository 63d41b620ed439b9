import type { Clock } from '../domain/time.js';
import type { EventLog, LostEvents, SweptEvents } from '../ports/event-log.js';
import type { Log } from '../ports/log.js';
import type { WebhookStore } from '../ports/webhook-store.js';
import type { Retention } from './sweep.js';

const STEP_MAX = 500;
/** Rounds at most, so that one run is bounded; what is left comes next time. */
const ROUNDS_MAX = 50;

/** Removes events and calls that are kept no longer, in small steps, and says who was not told of them. */
export async function sweepEvents(
  house: {
    readonly events: Pick<EventLog, 'sweep'>;
    readonly webhooks: Pick<WebhookStore, 'sweep'>;
    readonly clock: Clock;
    readonly log: Log;
    readonly retention: Pick<Retention, 'events'>;
  },
  signal: AbortSignal,
): Promise<void> {
  const { events, webhooks, clock, log, retention } = house;
  const now = clock.now();
  const before = now - retention.events;
  const lost = new Map<string, LostEvents>();
  try {
    for (let round = 0; round < ROUNDS_MAX && !signal.aborted; round++) {
      const steps: SweptEvents[] = [
        await webhooks.sweep(before, STEP_MAX, now),
        await events.sweep(before, STEP_MAX, now),
      ];
      for (const missed of steps.flatMap((step) => step.lost)) {
        lost.set(missed.endpoint, { ...missed, events: missed.events + (lost.get(missed.endpoint)?.events ?? 0) });
      }
      if (steps.every(({ removed }) => removed === 0)) return;
    }
  } finally {
    for (const missed of lost.values()) log.warn({ ...missed }, 'webhook.events_lost');
  }
}
