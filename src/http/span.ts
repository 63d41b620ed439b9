import type { EpochMs } from '../domain/time.js';
import type { Query } from './paging.js';
import type { RequestFault } from './problem.js';

/** From the first millisecond on, to before the last. */
export interface Span {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/i;

/**
 * Reads `from` and `to`, widened to whole steps of `step` milliseconds: the step of each is in it.
 *
 * @param defaults what `to` is when absent, and how long before it `from`
 * @returns undefined when a fault was added
 */
export function readSpan(
  query: Query,
  defaults: { readonly now: EpochMs; readonly step: number; readonly defaultMs: number },
  faults: RequestFault[],
): Span | undefined {
  const { step } = defaults;
  const to = readTime(query, 'to', faults, defaults.now);
  const from = readTime(query, 'from', faults, to === undefined ? 0 : to - defaults.defaultMs);
  if (to === undefined || from === undefined) return undefined;
  if (from >= to) {
    faults.push({
      parameter: 'from',
      code: 'out_of_range',
      detail: `must be before 'to' (now, where that is not given)`,
    });
    return undefined;
  }
  return { from: from - (from % step), to: Math.ceil(to / step) * step };
}

function readTime(query: Query, parameter: string, faults: RequestFault[], absent: EpochMs): EpochMs | undefined {
  const raw = query[parameter];
  if (raw === undefined) return absent;
  const at = typeof raw === 'string' && RFC_3339.test(raw) ? Date.parse(raw) : Number.NaN;
  if (Number.isFinite(at) && at >= 0) return at;
  const detail = "must be a time with its zone, such as 2026-11-21T09:00:00Z ('+' is written %2B)";
  faults.push({ parameter, code: 'invalid_format', detail });
  return undefined;
}
