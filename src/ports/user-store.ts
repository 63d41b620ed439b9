import type { AttributeChanges, Excess, NamesChange } from '../domain/attributes.js';
import type { EpochMs } from '../domain/time.js';
import type { User, UserFields } from '../domain/user.js';

/** What changes of a user's record: absent is left as it is, `null` is cleared. */
export interface UserChange {
  readonly app: string;
  readonly id: string;
  readonly fields: { readonly [K in keyof UserFields]?: UserFields[K] | null };
  readonly attributes?: AttributeChanges;
  readonly tags?: NamesChange;
}

export type UserChangeResult =
  | { readonly kind: 'created' | 'updated'; readonly user: User }
  /** The user would have more than a user may; nothing of the change was applied. */
  | { readonly kind: 'too_many'; readonly excess: Excess };

/** What apps say of their users. Devices stay what they are: a user needs no record to have some. */
export interface UserStore {
  /**
   * Makes or changes records, one result per change, in order; two changes of one user in a call are applied in order,
   * changes of one user in several calls at once lose nothing. A call that fails half-way can be repeated.
   */
  change(changes: readonly UserChange[], now: EpochMs): Promise<readonly UserChangeResult[]>;
  /** A user with a record or a device; undefined for one with neither. */
  get(app: string, id: string): Promise<User | undefined>;
}
