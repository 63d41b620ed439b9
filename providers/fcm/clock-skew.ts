/** Google asks for assertions "in a reasonable timeframe"; a minute is within what it forgives. */
const SKEW_MAX_MS = 60_000;

/**
 * A half-sentence for the operator when this machine's clock and the `date` of an answer (RFC 9110
 * §6.6.1) are more than a minute apart; empty when they agree or the date cannot be read.
 */
export function clockSkewHint(date: string | undefined, nowMs: number): string {
  const theirs = date === undefined ? Number.NaN : Date.parse(date);
  const aheadMs = nowMs - theirs;
  if (Number.isNaN(theirs) || Math.abs(aheadMs) <= SKEW_MAX_MS) return '';
  return `; the clock of this machine is ${Math.round(Math.abs(aheadMs) / 1000)} s ${aheadMs > 0 ? 'ahead of' : 'behind'} Google’s: set it right`;
}
