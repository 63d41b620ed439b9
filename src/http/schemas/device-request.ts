import { z } from 'zod';
import { DEVICE_FIELDS } from '../../domain/filter-attr.js';
import { attributes, tags, topics } from './attributes-request.js';
import { closed } from './closed.js';
import { timezone } from './time-zone.js';
import * as words from './words.js';

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
  locale: words.locale.nullable().optional(),
  timezone: timezone.nullable().optional(),
  app_version: z.string().min(1).max(64).nullable().optional(),
  os_version: z.string().min(1).max(64).nullable().optional(),
  model: z.string().min(1).max(128).nullable().optional(),
  notifications: z.enum(['on', 'off']).nullable().optional(),
  tags: tags.optional(),
  topics: topics.optional(),
  attributes: attributes(DEVICE_FIELDS).optional(),
};

const { user: _user, tags: _tags, topics: _topics, attributes: _attributes, ...ownFields } = fields;

/** What a device says of itself. */
export const ownDeviceRequest = closed(ownFields);
/** Fields of a device that only the app's server may say. */
export const SERVERS_FIELDS: readonly string[] = ['user', 'tags', 'topics', 'attributes'];

/** What a call changes of a device: what is absent stays, `null` clears. */
export const deviceRequest = closed(fields);

/** One line of an import. */
export const deviceLine = closed({ id: words.newDeviceId, ...fields });

export type DeviceRequest = z.infer<typeof deviceRequest>;
