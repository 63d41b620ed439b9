/** What the gateway's file says of connections; 0: any number. */
export interface DoorLimits {
  readonly connections: number;
  readonly connectionsPerAddress: number;
  /** New connections; `undefined`: any number. */
  readonly accept: { readonly perSecond: number } | undefined;
}

export interface DoorParts {
  /** Whether any app has a realtime road. */
  readonly hasRoad: () => boolean;
  /** Whose pages may connect to any of the apps. */
  readonly allowsOrigin: (origin: string) => boolean;
  readonly limits: DoorLimits;
  /** Monotonic ms. */
  readonly ticks: () => number;
  readonly chance: () => number;
  readonly isDraining: () => boolean;
}

/** Why a connection is not let in. */
export interface TurnedAway {
  readonly code: 'foreign_origin' | 'no_realtime' | 'too_many_connections' | 'overloaded' | 'draining';
  readonly detail: string;
  /** Seconds. */
  readonly retryAfter?: number;
}

/** What is looked at before anything is spent on a connection, the same for every transport. */
export interface Door {
  /** Counts the connection in. @returns why it is turned away; then it does not count */
  enter(address: string, origin: string | undefined): TurnedAway | undefined;
  /** A connection that was let in is gone. */
  leave(address: string): void;
}

/** Who is turned away comes back within this time, spread evenly. */
const RETRY_SECONDS = { min: 1, max: 10 };

export function createDoor({ hasRoad, allowsOrigin, limits, ticks, chance, isDraining }: DoorParts): Door {
  const byAddress = new Map<string, number>();
  let open = 0;
  const perSecond = limits.accept?.perSecond ?? Number.POSITIVE_INFINITY;
  /** New connections that may come at once: those of one second. */
  const burst = Math.max(1, perSecond);
  let left = burst;
  let at = ticks();

  const retryAfter = () => RETRY_SECONDS.min + Math.floor(chance() * (RETRY_SECONDS.max - RETRY_SECONDS.min + 1));

  function isTooFast(): boolean {
    if (perSecond === Number.POSITIVE_INFINITY) return false;
    const now = ticks();
    left = Math.min(burst, left + ((now - at) / 1_000) * perSecond);
    at = now;
    if (left < 1) return true;
    left -= 1;
    return false;
  }

  function whyNot(address: string, origin: string | undefined): TurnedAway | undefined {
    if (isDraining()) return { code: 'draining', detail: 'come back to another process', retryAfter: retryAfter() };
    if (!hasRoad())
      return { code: 'no_realtime', detail: 'no app has a realtime road: write realtime: {} into its file' };
    // Which app it is for is known once it says hello, and is looked at again then.
    if (origin !== undefined && !allowsOrigin(origin))
      return {
        code: 'foreign_origin',
        detail: 'pages of this origin may not connect here: name it in realtime.origins of the app',
      };
    if (limits.connections > 0 && open >= limits.connections)
      return { code: 'overloaded', detail: 'this process has all connections it may have', retryAfter: retryAfter() };
    if (limits.connectionsPerAddress > 0 && (byAddress.get(address) ?? 0) >= limits.connectionsPerAddress)
      return {
        code: 'too_many_connections',
        detail: `an address has at most ${limits.connectionsPerAddress} connections at a time`,
        retryAfter: retryAfter(),
      };
    if (isTooFast()) return { code: 'overloaded', detail: 'too many connect at this moment', retryAfter: retryAfter() };
    return undefined;
  }

  return {
    enter(address, origin) {
      const why = whyNot(address, origin);
      if (why !== undefined) return why;
      open++;
      byAddress.set(address, (byAddress.get(address) ?? 0) + 1);
      return undefined;
    },
    leave(address) {
      open--;
      const count = (byAddress.get(address) ?? 0) - 1;
      if (count > 0) byAddress.set(address, count);
      else byAddress.delete(address);
    },
  };
}
