/** How far a device has come with a letter, as an outcome. One table; pure. */
import type { AwayReason, DoneWithinMs, EpochMs, HandedState, Outcome } from '../contract.js';

/** Between `got` and `done`; a handler that takes longer is taken for one that died (docs/realtime-protocol.md). */
export const DONE_WITHIN_MS: DoneWithinMs = 60_000;

export interface Asked {
  /** When the letter was handed over for the first time. */
  readonly since: EpochMs;
  /** It was handed over just now, not at an attempt before. */
  readonly isFirst: boolean;
  /** It has said before that it has it. */
  readonly hadGot: boolean;
  readonly now: EpochMs;
  /** For `got`, counted from `since`; 0: nothing is waited for. */
  readonly ackTimeoutMs: number;
  /** It is in the mailbox, and stays there. */
  readonly isKept: boolean;
}

export function toOutcome(state: HandedState, asked: Asked): Outcome {
  const { since, isFirst, hadGot, now, ackTimeoutMs, isKept } = asked;
  const away = (reason: AwayReason, kept = isKept): Outcome => ({ kind: 'away', reason, kept });
  const awaitedUntil = (at: EpochMs, got: boolean): Outcome =>
    now < at ? { kind: 'awaited', since, askAgainAt: at, ...(got ? { got: true } : {}) } : away('no_ack');
  switch (state) {
    case 'done':
      return { kind: 'accepted', delivered: true };
    case 'offline':
      if (isFirst) return away('offline');
      // Its connection ended. While nothing was heard of it, it has the rest of its time to come back and answer.
      return hadGot ? away('no_ack') : awaitedUntil(since + ackTimeoutMs, false);
    case 'handed':
      return awaitedUntil(since + ackTimeoutMs, hadGot);
    case 'got':
      // A slow handler must not wake the vendor. When `got` came is not known, only that it came in time.
      return awaitedUntil(ackTimeoutMs === 0 ? since : since + ackTimeoutMs + DONE_WITHIN_MS, true);
    case 'no_mailbox':
      // It makes its registration anew when it connects.
      return { kind: 'unregistered', asOf: since };
    case 'lost':
      return away(isFirst ? 'offline' : 'no_ack', false);
    case 'replaced':
      return { kind: 'obsolete', reason: 'superseded' };
    case 'withdrawn':
      return { kind: 'obsolete', reason: 'canceled' };
    case 'not_theirs':
      return { kind: 'obsolete', reason: 'user_changed' };
    default:
      return state satisfies never;
  }
}
