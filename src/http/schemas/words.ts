import { z } from 'zod';
import { DEVICE_ID, PLATFORMS, RESERVED_DEVICE_IDS } from '../../domain/device.js';
import type { JsonObject } from '../../domain/json.js';

export { DEVICE_ID };

/** One JSON text per line. */
export const NDJSON = 'application/x-ndjson';
const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;
const DURATION = /^(\d{1,9})([smhd])$/;
const PRINTABLE = /^[\x21-\x7e]+$/;

export const platform = z.enum(PLATFORMS);

export const deviceId = z
  .string()
  .regex(DEVICE_ID, 'must be 1 to 128 of the characters A-Z a-z 0-9 . _ : -')
  .meta({ description: 'Chosen by the caller' });

/** An id under which a device can be made. */
export const newDeviceId = deviceId.refine((id) => !RESERVED_DEVICE_IDS.has(id), {
  error: (issue) => `'${issue.input}' is a word of the API; choose another id`,
  params: { code: 'reserved_id' },
});

export const userId = z.string().min(1).max(256).meta({ description: 'Chosen by the caller' });

export const locale = z
  .string()
  .max(35)
  .regex(/^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$/, 'must be a language tag such as zh-CN (BCP 47)');

/** Name of a provider, as the app's file gives it. */
export const providerName = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be the name of a configured provider');

/** BCP 47, as far as it is compared. */
export const languageTag = z
  .string()
  .max(35)
  .regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/, 'must be a language tag such as zh-CN (BCP 47)');

/** Name of a channel, as the app's file gives it. */
export const channelName = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be the name of a channel of the app');

export const environment = z.enum(['production', 'sandbox']);
export const purpose = z.string().regex(/^[a-z0-9_]{1,64}$/, 'must be a word such as alert, voip or live_activity');
export const bundleId = z.string().regex(/^[A-Za-z0-9._-]{1,255}$/, 'must be a bundle id such as com.example.shop');
export const region = z.string().regex(/^[A-Za-z0-9_-]{1,32}$/, 'must be a region such as cn');

/** A push token as a caller writes it; whether it is one of its provider's is that provider's to say. */
export const pushToken = z
  .union([z.string().min(1).max(4_096), z.record(z.string(), z.unknown())], {
    error: 'must be a push token: a string of 1 to 4096 characters, or {endpoint, keys: {p256dh, auth}} for Web Push',
  })
  .meta({ description: 'A string; for Web Push {endpoint, keys: {p256dh, auth}}' });

/** A duration such as `"8s"`, `"24h"`, `"0s"`, at most `secondsMax`. */
export function duration(secondsMax: number, shownMax: string) {
  return z
    .string()
    .regex(DURATION, 'must be a duration such as "0s", "90s", "15m", "24h" or "30d"')
    .refine((text) => (secondsOf(text) ?? 0) <= secondsMax, {
      error: `must be at most ${shownMax}`,
      params: { code: 'too_large' },
    })
    .meta({ examples: ['24h'] });
}

/** Seconds of a duration; undefined for a text that is none. */
export function secondsOf(text: string): number | undefined {
  const [, count, unit] = DURATION.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * SECONDS[unit as keyof typeof SECONDS]; // As the pattern says.
}

/** Goes into vendors' headers, so nothing but visible ASCII (no space, no line break) may be in it. */
export function headerText(lengthMax: number) {
  return z.string().max(lengthMax).regex(PRINTABLE, 'must be printable ASCII without spaces, and not empty');
}

/** An absolute URL of one of `schemes`. */
export function url(schemes: readonly string[]) {
  const wanted = `must be an absolute ${schemes.join(' or ')} URL`;
  return z
    .string()
    .max(2_048)
    .refine((text) => hasScheme(text, schemes), wanted)
    .meta({ format: 'uri' });
}

/** A link that an app understands: any scheme but those that run or carry content by themselves. */
export const deepLink = z
  .string()
  .max(2_048)
  .refine((text) => /^[a-z][a-z0-9+.-]*:[^\s]+$/i.test(text) && !/^(javascript|data|vbscript):/i.test(text), {
    error: 'must be a link with a scheme, such as shop://order/8812',
  })
  .meta({ format: 'uri' });

export const jsonObject = z
  .custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), {
    error: 'must be an object',
    params: { code: 'invalid_type' },
  })
  .meta({ type: 'object' });

/** RFC 3339, UTC. */
export const time = z.string().meta({ format: 'date-time' });

/** A moment a caller names. */
export const givenTime = z.iso.datetime({
  offset: true,
  error: 'must be a time such as 2026-11-21T09:00:00Z (RFC 3339)',
});

function hasScheme(text: string, schemes: readonly string[]): boolean {
  if (/\s/.test(text) || !URL.canParse(text)) return false;
  return schemes.some((scheme) => text.toLowerCase().startsWith(`${scheme}://`));
}
