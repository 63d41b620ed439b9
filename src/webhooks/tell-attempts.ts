import type { Log } from '../ports/log.js';
import type { Tried } from './attempt.js';

/** Counts and logs what became of calls. */
export function tellAttempts(
  house: { readonly log: Log; readonly observe: (outcome: string, ms: number) => void },
  { id, app }: { readonly id: string; readonly app: string },
  tried: readonly Tried[],
): void {
  for (const { call, attempt, outcome } of tried) {
    house.observe(outcome, attempt.ms);
    const { n, ms, status, error } = attempt;
    const of = { endpoint: id, app, call: call.id, seq: call.seq, events: call.events };
    house.log[outcome === 'delivered' ? 'debug' : 'info'](
      { ...of, n, outcome, status, ms, error },
      'webhook.attempted',
    );
  }
}

/** Says when an endpoint begins to fail, is back, or is given up. @param disable why it is given up; undefined where not */
export function tellHealth(
  log: Log,
  { id, app }: { readonly id: string; readonly app: string },
  change: {
    readonly wasFailing: boolean;
    readonly isFailing: boolean;
    readonly error: string | undefined;
    readonly disable: string | undefined;
  },
): void {
  const { wasFailing, isFailing, error, disable } = change;
  if (disable !== undefined) log.error({ endpoint: id, app, reason: disable }, 'webhook.disabled');
  else if (isFailing && !wasFailing) log.warn({ endpoint: id, app, reason: error }, 'webhook.failing');
  else if (wasFailing && !isFailing) log.info({ endpoint: id, app }, 'webhook.recovered');
}
