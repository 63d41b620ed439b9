import type { RandomBytes } from '../domain/ids.js';
import type { Clock, EpochMs } from '../domain/time.js';
import type { Access } from './access-tokens.js';

/** How long a ticket is good for. */
export const TICKET_LIFE_MS = 30_000;
const TICKETS_MAX = 100_000;
const TICKET_BYTES = 32;

export interface Ticket {
  readonly ticket: string;
  readonly expiresAt: EpochMs;
}

/**
 * Tickets stand for an access token where a client cannot send headers: each is good once and for 30 s, in the process
 * that made it. They are kept in memory alone.
 */
export interface AccessTickets {
  /** @returns undefined when there are too many at the moment */
  issue(access: Access): Ticket | undefined;
  /** @returns what the token said; undefined for what is no ticket, or is not good any more */
  redeem(ticket: string): Access | undefined;
}

export function createAccessTickets({
  clock,
  random,
}: {
  readonly clock: Clock;
  readonly random: RandomBytes;
}): AccessTickets {
  /** In the order in which they end. */
  const tickets = new Map<string, { readonly access: Access; readonly expiresAt: EpochMs }>();

  function forgetExpired(now: EpochMs): void {
    for (const [ticket, { expiresAt }] of tickets) {
      if (expiresAt > now) return;
      tickets.delete(ticket);
    }
  }

  return {
    issue(access) {
      const now = clock.now();
      forgetExpired(now);
      if (tickets.size >= TICKETS_MAX) return undefined;
      const ticket = Buffer.from(random(TICKET_BYTES)).toString('base64url');
      const expiresAt = now + TICKET_LIFE_MS;
      tickets.set(ticket, { access, expiresAt });
      return { ticket, expiresAt };
    },
    redeem(ticket) {
      const found = tickets.get(ticket);
      tickets.delete(ticket);
      return found === undefined || found.expiresAt <= clock.now() ? undefined : found.access;
    },
  };
}
