/** A vendor that asks for more than a day has most likely made a mistake; it is asked again after one. */
export const RETRY_AFTER_MAX_MS = 24 * 60 * 60 * 1000;

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
const IMF_FIXDATE = /^[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/;
const RFC_850 = /^[A-Z][a-z]+, (\d{2})-([A-Z][a-z]{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2}) GMT$/;
const ASCTIME = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \d]\d) (\d{2}):(\d{2}):(\d{2}) (\d{4})$/;

/**
 * Milliseconds to wait, out of a `Retry-After` field (RFC 9110 §10.2.3): seconds, or a date in any of
 * the three forms of §5.6.7. A date that has passed is 0. Negative, fractional or unreadable values
 * are no advice at all: `undefined`. Bounded by `RETRY_AFTER_MAX_MS`.
 */
export function retryAfterMs(value: string | readonly string[] | undefined, nowMs: number): number | undefined {
  const text = (typeof value === 'string' ? value : value?.[0])?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, RETRY_AFTER_MAX_MS);
  const at = httpDate(text, nowMs);
  return at === undefined ? undefined : Math.min(Math.max(0, at - nowMs), RETRY_AFTER_MAX_MS);
}

function httpDate(text: string, nowMs: number): number | undefined {
  const imf = IMF_FIXDATE.exec(text);
  if (imf) return utc(imf[3], imf[2], imf[1], imf[4], imf[5], imf[6]);
  const asctime = ASCTIME.exec(text);
  if (asctime) return utc(asctime[6], asctime[1], asctime[2], asctime[3], asctime[4], asctime[5]);
  const old = RFC_850.exec(text);
  if (!old) return undefined;
  // Two digits that look more than 50 years ahead mean the past century (RFC 9110 §5.6.7).
  const thisYear = new Date(nowMs).getUTCFullYear();
  const year = Math.floor(thisYear / 100) * 100 + Number(old[3]);
  return utc(String(year > thisYear + 50 ? year - 100 : year), old[2], old[1], old[4], old[5], old[6]);
}

type Digits = string | undefined;

function utc(year: Digits, month: Digits, day: Digits, hour: Digits, minute: Digits, second: Digits) {
  const at = MONTHS.indexOf(month ?? '?');
  if (at < 0 || at % 3 !== 0) return undefined;
  return Date.UTC(Number(year), at / 3, Number(day), Number(hour), Number(minute), Number(second));
}
