import type { Device, RegistrationSummary, RetiredRegistration } from '../domain/device.js';
import type { Explain } from '../usecases/explain.js';
import { attributesToJson } from './attributes-json.js';
import { given } from './given.js';
import type { DeviceAnswer } from './schemas/device-answer.js';
import { toTime } from './times.js';

/** A device as callers see it. A push token goes in, but never comes out: only its keyed hash does. */
export function deviceToJson(explain: Explain, device: Device, online: ReadonlySet<string>): DeviceAnswer {
  const { manufacturer, locale, timezone, appVersion, osVersion, model, notifications } = device;
  return {
    id: device.id,
    object: 'device',
    app: device.app,
    user: device.user,
    platform: device.platform,
    ...given({ manufacturer, locale, timezone, app_version: appVersion, os_version: osVersion, model, notifications }),
    tags: [...device.tags],
    topics: [...device.topics],
    attributes: attributesToJson(device.attributes),
    registrations: device.registrations.map(registrationToJson),
    retired: device.retired.map((retired) => retiredToJson(retired, explain.retired(device.app, retired))),
    online: online.has(device.id),
    last_seen_at: device.lastSeenAt === undefined ? null : toTime(device.lastSeenAt),
    created_at: toTime(device.createdAt),
    updated_at: toTime(device.updatedAt),
  };
}

function registrationToJson(registration: RegistrationSummary): DeviceAnswer['registrations'][number] {
  return {
    provider: registration.provider,
    environment: registration.environment,
    purpose: registration.purpose,
    token_hash: registration.tokenHash,
    ...given({ bundle_id: registration.bundleId, region: registration.region }),
    registered_at: toTime(registration.registeredAt),
    confirmed_at: toTime(registration.confirmedAt),
  };
}

function retiredToJson(
  retired: RetiredRegistration,
  { sentence, cure }: ReturnType<Explain['retired']>,
): DeviceAnswer['retired'][number] {
  return {
    provider: retired.provider,
    environment: retired.environment,
    purpose: retired.purpose,
    token_hash: retired.tokenHash,
    reason: retired.reason,
    explanation: sentence,
    cure,
    retired_at: toTime(retired.retiredAt),
  };
}
