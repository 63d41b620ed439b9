import type { Attributes } from '../../../domain/attributes.js';
import type { FilterSubject } from '../../../domain/filter-match.js';
import type { Consent, User } from '../../../domain/user.js';
import type { UserDoc } from '../documents/users.js';

/** What a filter can ask of a user. */
export function toSaid({ attributes, tags, locale, timezone }: UserDoc): NonNullable<FilterSubject['user']> {
  return {
    attributes: JSON.parse(attributes) as Attributes, // written by the user store
    tags: [...tags],
    ...(locale === undefined ? {} : { locale }),
    ...(timezone === undefined ? {} : { timezone }),
  };
}

/** @param devices how many are theirs */
export function toUser(body: Omit<UserDoc, '_id' | 'rev' | 'w' | 'out'>, devices: number): User {
  const { app, user, attributes, tags, locale, timezone, consent, createdAt, updatedAt } = body;
  return {
    app,
    id: user,
    attributes: JSON.parse(attributes) as Attributes, // written by the user store
    tags: [...tags],
    ...(locale === undefined ? {} : { locale }),
    ...(timezone === undefined ? {} : { timezone }),
    ...(consent === undefined ? {} : { consent: JSON.parse(consent) as Consent }),
    devices,
    createdAt,
    updatedAt,
  };
}
