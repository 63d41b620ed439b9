import type { Posted } from '../../../ports/mailbox-store.js';

/**
 * What `inbox.state` says. Up to `hushed` the letter waits. What lies above is a mark that it need not come again: it is
 * kept as long as the message is open, because a chunk may ask once more.
 */
export const INBOX = { shown: 0, hushed: 1, done: 2, withdrawn: 3, replaced: 4, lost: 5 } as const;

export function isWaiting(state: number): boolean {
  return state <= INBOX.hushed;
}

/** SQL: the row `b` waits. */
export const WAITS = `b.state <= ${INBOX.hushed}`;

/** The answer to a put that found its letter in this state. */
export function postedAs(state: number, position: number, user: string | null): Posted {
  if (isWaiting(state)) return { kind: 'there', position, user };
  if (state === INBOX.withdrawn) return { kind: 'gone', why: 'withdrawn' };
  if (state === INBOX.replaced) return { kind: 'gone', why: 'replaced' };
  if (state === INBOX.lost) return { kind: 'gone', why: 'lost' };
  return { kind: 'done' };
}

/**
 * CTEs that end the rows of the CTE `ended` (mailbox, position, message, state): taken out where the message is
 * completed, kept as marks where a chunk of it may still ask.
 */
export const END_ROWS = `settled AS (
  SELECT e.mailbox, e.position, e.state, NOT EXISTS (
    SELECT 1 FROM pealbell.messages o WHERE o.id = e.message AND o.completed_at IS NULL) AS is_over
  FROM ended e
), taken_out AS (
  DELETE FROM pealbell.inbox b USING settled s WHERE s.is_over AND b.mailbox = s.mailbox AND b.position = s.position
), marked AS (
  UPDATE pealbell.inbox b SET state = s.state FROM settled s
  WHERE NOT s.is_over AND b.mailbox = s.mailbox AND b.position = s.position
)`;
