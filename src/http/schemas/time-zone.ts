import { z } from 'zod';

// Aliases such as Asia/Calcutta are not in the list, but are zones: they are asked for one by one.
const TIME_ZONES = new Set(Intl.supportedValuesOf('timeZone'));

export const timezone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'must be a zone of the IANA time zone database, such as Asia/Shanghai')
  .meta({ examples: ['Asia/Shanghai'] });

function isTimeZone(name: string): boolean {
  if (TIME_ZONES.has(name)) return true;
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
