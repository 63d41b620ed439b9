import type { Attributes } from './attributes.js';
import type { EpochMs } from './time.js';

/** What a user agreed to, as the app tells it. */
export interface Consent {
  readonly marketing: boolean;
  /** When it was given or withdrawn. */
  readonly at: EpochMs;
  /** Where it came from, in the app's own words. */
  readonly source?: string;
}

/** What an app tells of a user, apart from attributes and tags. */
export interface UserFields {
  readonly locale?: string;
  readonly timezone?: string;
  readonly consent?: Consent;
}

/** A user: what the app has said of them, and how many devices are theirs. Known by either. */
export interface User extends UserFields {
  readonly id: string;
  readonly app: string;
  readonly attributes: Attributes;
  /** Sorted. */
  readonly tags: readonly string[];
  readonly devices: number;
  /** `null` where nothing was said of a user who is known by devices only. */
  readonly createdAt: EpochMs | null;
  readonly updatedAt: EpochMs | null;
}
