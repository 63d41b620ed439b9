import { z } from 'zod';
import { closed } from './closed.js';
import * as words from './words.js';

// Aliases such as Asia/Calcutta are not in the list, but are zones: they are asked for one by one.
const TIME_ZONES = new Set(Intl.supportedValuesOf('timeZone'));
const LATER = ['tags', 'topics', 'attributes'];

const registration = closed({
  provider: words.providerName,
  token: words.pushToken.nullable().meta({ description: 'null removes the registration' }),
  environment: words.environment.meta({ default: 'production' }).optional(),
  purpose: words.purpose.meta({ default: 'alert' }).optional(),
  bundle_id: words.bundleId.optional(),
  region: words.region.optional(),
});

const fields = {
  user: words.userId.nullable().meta({ description: 'null: nobody is logged in' }).optional(),
  platform: words.platform.meta({ description: 'Required to make a device' }).optional(),
  manufacturer: z.string().min(1).max(64).nullable().optional(),
  registrations: z.array(registration).max(20).optional(),
  locale: z
    .string()
    .max(35)
    .regex(/^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$/, 'must be a language tag such as zh-CN (BCP 47)')
    .nullable()
    .optional(),
  timezone: z
    .string()
    .max(64)
    .refine(isTimeZone, 'must be a zone of the IANA time zone database, such as Asia/Shanghai')
    .nullable()
    .optional(),
  app_version: z.string().min(1).max(64).nullable().optional(),
  os_version: z.string().min(1).max(64).nullable().optional(),
  model: z.string().min(1).max(128).nullable().optional(),
  notifications: z.enum(['on', 'off']).nullable().optional(),
};

/** What a call changes of a device: what is absent stays, `null` clears. */
export const deviceRequest = closed(fields, LATER);

/** One line of an import. */
export const deviceLine = closed({ id: words.newDeviceId, ...fields }, LATER);

export type DeviceRequest = z.infer<typeof deviceRequest>;

function isTimeZone(name: string): boolean {
  if (TIME_ZONES.has(name)) return true;
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
