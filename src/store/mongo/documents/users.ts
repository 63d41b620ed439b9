import type { EpochMs } from '../../../domain/time.js';
import { collection } from '../engine/collection.js';
import { AGGREGATE, type Aggregate } from './aggregate.js';

/** What an app says of a user. It owes nothing to others. */
export interface UserDoc extends Aggregate {
  readonly app: string;
  readonly user: string;
  /** JSON. */
  readonly attributes: string;
  /** Sorted. */
  readonly tags: readonly string[];
  readonly locale?: string;
  readonly timezone?: string;
  /** JSON of the consent. */
  readonly consent?: string;
  readonly createdAt: EpochMs;
  readonly updatedAt: EpochMs;
}

export const USERS = collection<UserDoc>('users', {
  ...AGGREGATE,
  app: String,
  user: String,
  attributes: String,
  tags: [String],
  locale: String,
  timezone: String,
  consent: String,
  createdAt: Number,
  updatedAt: Number,
});

export function userKey(app: string, user: string): string {
  return `${app}|${user}`;
}
