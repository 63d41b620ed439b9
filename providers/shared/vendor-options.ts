/** Settings that vendors' providers have in common. */
import { z } from 'zod';
import type { DayQuota, Quotas } from '../contract.js';
import { parseDayStart } from './vendor-day.js';

/** In place of one of the vendor's hosts. */
export function endpointOption(description: string) {
  return z
    .url({ protocol: /^https$/, error: 'is an https URL, such as https://localhost:8443' })
    .refine((url) => isBare(url), 'names a host and a port only, no path')
    .optional()
    .meta({ description });
}

export const caOption = z
  .string()
  .includes('-----BEGIN CERTIFICATE-----', { error: 'is PEM text of a certificate' })
  .optional()
  .meta({ description: 'PEM of the authority to trust in place of the system’s, for a simulator.' });

/** A text that a vendor's console gives: printable, without blanks at its ends. */
export function vendorText(description: string, example: string, lengthMax = 256) {
  return z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'has printable characters only, and no blanks')
    .max(lengthMax)
    .meta({ description, examples: [example] });
}

/** The same for what opens a door: never shown again. */
export function vendorSecret(description: string, lengthMax = 256) {
  return z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'has printable characters only, and no blanks')
    .max(lengthMax)
    .meta({ description, secret: true });
}

export interface QuotaDefaults {
  /** Marketing messages to one device in a day; `null`: no bound is known. */
  readonly marketingPerDevice: number | null;
}

const QUOTA_MAX = 1_000_000_000;

/** What the vendor lets through in a day. Its own figures change without notice, so all of them are settings. */
export function quotaOption({ marketingPerDevice }: QuotaDefaults) {
  return z
    .strictObject({
      day_starts: z
        .string()
        .refine((text) => parseDayStart(text) !== undefined, 'is a time of day with its zone, such as 00:00+08:00')
        .default('00:00+08:00')
        .meta({ description: 'When the vendor’s day begins.' }),
      marketing_per_device: z
        .int()
        .min(0)
        .max(10_000)
        .nullable()
        .default(marketingPerDevice)
        .meta({ description: 'Marketing messages that it shows on one device in a day; null: as many as there are.' }),
      marketing_per_day: z.int().min(0).max(QUOTA_MAX).nullable().default(null).meta({
        description: 'Marketing messages that it takes of this app in a day; null: the vendor’s answer decides.',
      }),
      transactional_per_day: z
        .int()
        .min(0)
        .max(QUOTA_MAX)
        .nullable()
        .default(null)
        .meta({ description: 'The same for transactional messages.' }),
      tell_at: z
        .array(z.number().gt(0).max(1))
        .max(10)
        .default([0.8, 1])
        .meta({ description: 'Shares of a daily quota at which quota.threshold is told.' }),
    })
    .prefault({})
    .meta({ description: 'What the vendor lets through in a day.' });
}

export type QuotaOptions = z.output<ReturnType<typeof quotaOption>>;

export function quotasOf(options: QuotaOptions): Quotas {
  const quota = (of: Omit<DayQuota, 'max'>, max: number | null) => (max === null ? [] : [{ ...of, max }]);
  return {
    // The schema has looked at it.
    dayStartsMinutes: parseDayStart(options.day_starts) ?? 0,
    quotas: [
      ...quota({ class: 'marketing', per: 'device' }, options.marketing_per_device),
      ...quota({ class: 'marketing', per: 'account' }, options.marketing_per_day),
      ...quota({ class: 'transactional', per: 'account' }, options.transactional_per_day),
    ],
    tellAt: options.tell_at,
  };
}

function isBare(url: string): boolean {
  try {
    const { pathname, search, hash } = new URL(url);
    return ['/', ''].includes(pathname + search + hash);
  } catch {
    return false;
  }
}
