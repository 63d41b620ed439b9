/** A heartbeat below this is nobody's; docs/realtime-protocol.md. */
export const PING_MS_MIN = 5_000;
const PONG_MS = 10_000;
/** A connection from which nothing leaves for so long is cut. */
const STUCK_MS = 30_000;
const STUCK_LOOK_MS = 10_000;
/** A client that is not listened to is asked for nothing; it is looked at again after this time. */
const DEAF_LOOK_MS = 1_000;

/** What silence asks for. `silent`: a ping was not answered, the client is gone. `due`: when to look again. */
export interface Look {
  readonly kind: 'quiet' | 'ping' | 'silent';
  readonly due: number;
}

/** Whether the client of one connection is still there. All times are monotonic ms. */
export class Liveness {
  #pingMs = PING_MS_MIN;
  #heardAt: number;
  #sentAt: number;
  /** 0: no ping is unanswered. */
  #pingedAt = 0;
  #pings = 0;
  #pongs = 0;

  constructor(at: number) {
    this.#heardAt = at;
    this.#sentAt = at;
  }

  /** The heartbeat as granted. */
  get pingMs(): number {
    return this.#pingMs;
  }

  /** Grants the heartbeat that the client wishes for, as far as it may have it. */
  grant(wishMs: number, maxMs: number): void {
    this.#pingMs = Math.min(Math.max(wishMs, PING_MS_MIN), maxMs);
  }

  /** Something came from the client, or it is only now listened to. */
  heard(at: number): void {
    this.#heardAt = at;
    this.#pingedAt = 0;
  }

  sent(at: number): void {
    this.#sentAt = at;
  }

  /** Pings so far: the number of the newest. */
  get pings(): number {
    return this.#pings;
  }

  /** A ping is sent. */
  pinged(at: number): void {
    this.#pings++;
    if (this.#pingedAt === 0) this.#pingedAt = at;
  }

  /** A pong came. @returns the number of the ping that it answers */
  ponged(): number {
    this.#pongs = Math.min(this.#pongs + 1, this.#pings);
    return this.#pongs;
  }

  /**
   * @param hears the client can answer
   * @param isDeaf nothing it says is listened to at present
   */
  look(at: number, hears: boolean, isDeaf: boolean): Look {
    if (this.#pingedAt > 0 && hears && !isDeaf) {
      const due = this.#pingedAt + PONG_MS;
      return { kind: at < due ? 'quiet' : 'silent', due };
    }
    const pingAt = (hears ? Math.min(this.#heardAt, this.#sentAt) : this.#sentAt) + this.#pingMs;
    if (isDeaf || at < pingAt) return { kind: 'quiet', due: Math.max(at + DEAF_LOOK_MS, pingAt) };
    return { kind: 'ping', due: at + (hears ? PONG_MS : this.#pingMs) };
  }
}

/**
 * @param stuckSince since when nothing has left although something waits; see `Wire`
 * @returns when to look again; not after `at` where the connection is to be cut
 */
export function stuckDue(stuckSince: number | undefined, at: number): number {
  return stuckSince === undefined ? at + STUCK_LOOK_MS : stuckSince + STUCK_MS;
}
