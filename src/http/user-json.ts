import type { User } from '../domain/user.js';
import { attributesToJson } from './attributes-json.js';
import { given } from './given.js';
import type { UserAnswer } from './schemas/user-answer.js';
import { toTime } from './times.js';

/** A user as callers see it. */
export function userToJson(user: User): UserAnswer {
  const { consent } = user;
  return {
    id: user.id,
    object: 'user',
    app: user.app,
    attributes: attributesToJson(user.attributes),
    tags: [...user.tags],
    locale: user.locale ?? null,
    timezone: user.timezone ?? null,
    consent:
      consent === undefined
        ? null
        : { marketing: consent.marketing, at: toTime(consent.at), ...given({ source: consent.source }) },
    devices: user.devices,
    created_at: user.createdAt === null ? null : toTime(user.createdAt),
    updated_at: user.updatedAt === null ? null : toTime(user.updatedAt),
  };
}
