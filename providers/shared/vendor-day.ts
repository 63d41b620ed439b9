/** Days as vendors count their quotas. */

const DAY_MS = 86_400_000;
/** 00:00 in Beijing (UTC+8), in minutes after midnight UTC. */
export const BEIJING_MIDNIGHT = 960;

/** Milliseconds until the next day begins, more than 0. @param startsMinutes when days begin, in minutes after midnight UTC */
export function msUntilNextDay(nowMs: number, startsMinutes: number): number {
  return DAY_MS - ((((nowMs - startsMinutes * 60_000) % DAY_MS) + DAY_MS) % DAY_MS);
}

const DAY_START = /^([01]\d|2[0-3]):([0-5]\d)(Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/;

/** Of a time of day such as `00:00+08:00`: minutes after midnight UTC, 0 to 1439; undefined for another text. */
export function parseDayStart(text: string): number | undefined {
  const [, hours, minutes, zone = ''] = DAY_START.exec(text) ?? [];
  if (hours === undefined || minutes === undefined) return undefined;
  const sign = zone.startsWith('-') ? -1 : 1;
  const offset = zone === 'Z' ? 0 : sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6)));
  return (((Number(hours) * 60 + Number(minutes) - offset) % 1_440) + 1_440) % 1_440;
}
