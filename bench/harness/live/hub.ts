/** What workloads ask of a server that holds connections: the same orders for every contender. */

export interface HubSetup {
  readonly clients: number;
}

export interface HubReady {
  /** For the clients: `ws:`, `http:` or `mqtt:`. */
  readonly url: string;
}

export type HubOrder =
  /** `times` messages to everyone connected, one every `everyMs`, bodies numbered from `from`. */
  | { readonly kind: 'broadcast'; readonly from: number; readonly times: number; readonly everyMs: number }
  /** Messages to one client each, round and round, `perSecond` of them for `seconds`, bodies numbered from `from`. */
  | { readonly kind: 'unicast'; readonly from: number; readonly perSecond: number; readonly seconds: number }
  /** `each` messages to every client, whether connected or not, bodies numbered from `from`. */
  | { readonly kind: 'each'; readonly from: number; readonly each: number }
  | { readonly kind: 'memory' };

/** `sent`: messages times their receivers. `rssMb`: after a full collection. */
export interface HubAnswer {
  readonly sent: number;
  readonly rssMb: number;
}

/** Calls `send` at `perSecond` for `seconds`, late ones together: an open loop. */
export async function paced(
  perSecond: number,
  count: number,
  send: (n: number, intendedAt: number) => void,
): Promise<void> {
  const startedAt = performance.timeOrigin + performance.now();
  const everyMs = 1_000 / perSecond;
  for (let n = 0; n < count; ) {
    const now = performance.timeOrigin + performance.now();
    for (; n < count && startedAt + n * everyMs <= now; n++) send(n, startedAt + n * everyMs);
    if (n < count) await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Resident memory after a full collection; the process is started with `--expose-gc`, or this is without one. */
export function rssMb(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage.rss() / 1024 / 1024;
}
