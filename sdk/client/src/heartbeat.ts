/**
 * How long the connection may be quiet. Wider is kinder to a phone's battery; what lies between (NAT tables, proxies)
 * forgets a quiet connection after a time that nobody tells. So it widens while pings are answered, and after
 * a silent drop goes back to half of what broke it and stays below that for a day.
 */
export interface SavedHeartbeat {
  readonly wishMs: number;
  readonly brokeMs?: number;
  readonly brokeAt?: number;
}
export interface HeartbeatBounds {
  readonly minMs: number;
  readonly startMs: number;
  readonly maxMs: number;
}

/** Many proxies cut at 60 s; 30 s is well below it. The protocol allows 5 s to 240 s. */
export const HEARTBEAT: HeartbeatBounds = { minMs: 5_000, startMs: 30_000, maxMs: 240_000 };
const PINGS_UNTIL_WIDER = 4;
const WIDEN_BY = 1.5;
const BROKE_COUNTS_MS = 24 * 3_600_000;

export interface Heartbeat {
  /** What to ask for. */
  readonly wishMs: number;
  /** A new connection: its pings are counted anew. */
  begin(): void;
  /** The gateway pinged: the connection was quiet for an interval, and stood. @returns true when the wish has grown */
  beat(allowedMs: number, now: number): boolean;
  /** The connection was found dead after it had been quiet. */
  dropped(allowedMs: number, now: number): void;
  saved(): SavedHeartbeat;
}

export function createHeartbeat(saved: SavedHeartbeat | undefined, bounds: HeartbeatBounds = HEARTBEAT): Heartbeat {
  const within = (ms: number) => Math.round(Math.min(bounds.maxMs, Math.max(bounds.minMs, ms)));
  let wishMs = within(saved?.wishMs ?? bounds.startMs);
  let broke = saved?.brokeMs === undefined ? undefined : { ms: saved.brokeMs, at: saved.brokeAt ?? 0 };
  let beats = 0;
  return {
    get wishMs() {
      return wishMs;
    },
    begin() {
      beats = 0;
    },
    beat(allowedMs, now) {
      beats += 1;
      if (beats < PINGS_UNTIL_WIDER) return false;
      beats = 0;
      if (broke !== undefined && now - broke.at > BROKE_COUNTS_MS) broke = undefined;
      // From what is allowed, not from what was wished: the gateway may allow less.
      const wider = within(Math.min(allowedMs * WIDEN_BY, broke === undefined ? bounds.maxMs : broke.ms * 0.8));
      if (wider <= wishMs) return false;
      wishMs = wider;
      return true;
    },
    dropped(allowedMs, now) {
      broke = { ms: allowedMs, at: now };
      wishMs = within(Math.min(wishMs, allowedMs / 2));
    },
    saved: () => ({ wishMs, ...(broke === undefined ? {} : { brokeMs: broke.ms, brokeAt: broke.at }) }),
  };
}
