/** Waiting: how long before the next try, and with an end when somebody wants one. */

const BASE_MS = 200;
const CAP_MS = 5_000;

/**
 * Milliseconds before the try after the `tries`-th: doubled each time up to 5 s, spread over half of it so that many
 * callers do not come back together, and never less than what the gateway asked for.
 */
export function backoffMs(tries: number, retryAfterMs: number | undefined, random: () => number = Math.random): number {
  const full = Math.min(CAP_MS, BASE_MS * 2 ** (tries - 1));
  const own = full * (0.5 + random() / 2);
  return retryAfterMs === undefined ? own : Math.max(own, retryAfterMs * (1 + random() / 10));
}

/** Milliseconds of a `Retry-After` in either of its forms (RFC 9110 §10.2.3); `undefined` for anything else. */
export function parseRetryAfter(header: string | null, now: number = Date.now()): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/.test(text)) return undefined; // Date.parse guesses.
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/** Waits. @throws the signal's reason as soon as it aborts */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}

/** A limit on how long something may take. */
export interface Deadline {
  /** Aborts when the time is over, or with the caller's signal. */
  readonly signal: AbortSignal;
  readonly isOver: boolean;
  /** Begins the time anew. */
  extend(): void;
  /** Stops the time until it is extended: what happens meanwhile is not the gateway's. */
  suspend(): void;
  /** Must be called in the end: nothing is left behind on the caller's signal. */
  release(): void;
  /** Releases it, and ends what runs under it. */
  abort(): void;
}

/** Begins a time limit of `ms` that `signal` can end early. */
export function startDeadline(ms: number, signal: AbortSignal | undefined): Deadline {
  // Not AbortSignal.any: on Node 20 it keeps something for each call on a signal that lives as long as the process.
  const controller = new AbortController();
  let isOver = false;
  const stop = () => controller.abort(signal?.reason);
  const end = () => {
    isOver = true;
    controller.abort(new DOMException(`not within ${ms} ms`, 'TimeoutError'));
  };
  let timer = setTimeout(end, ms);
  if (signal?.aborted) stop();
  else signal?.addEventListener('abort', stop, { once: true });
  function release(): void {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
  return {
    signal: controller.signal,
    get isOver() {
      return isOver;
    },
    extend() {
      clearTimeout(timer);
      timer = setTimeout(end, ms);
    },
    suspend: () => clearTimeout(timer),
    release,
    abort() {
      release();
      controller.abort();
    },
  };
}
