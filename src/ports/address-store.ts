import type { PushToken } from '../domain/outcome.js';
import type { EpochMs } from '../domain/time.js';

/** A push token in place of another one, by its vendor's word. */
export interface Replacement {
  readonly app: string;
  readonly provider: string;
  readonly tokenHash: string;
  readonly to: { readonly token: PushToken; readonly tokenHash: string };
  /** A registration that its device confirmed after this time is kept as it is. */
  readonly asOf: EpochMs;
}

/**
 * `replaced`: the device has the new address. `taken`: it was somebody's already, and nothing was done: the old one is dead like
 * others. `kept`: there is no such live registration, or its device has confirmed it since.
 */
export type Replaced = 'replaced' | 'taken' | 'kept';

/** Whether an app may show anything on the device that a push token belongs to. */
export interface NotificationsWord {
  readonly app: string;
  readonly provider: string;
  readonly tokenHash: string;
  readonly state: 'on' | 'off';
  readonly at: EpochMs;
}

/** What vendors say of addresses, beside that they are dead. */
export interface AddressStore {
  /**
   * The device keeps environment, purpose, bundle and region of the address, and has the new push token from now on; the old
   * one becomes a tombstone of reason `replaced`. `device.updated` tells of it. At most 1,000, one answer each, in order. Repeating is harmless.
   */
  replace(these: readonly Replacement[], now: EpochMs): Promise<readonly Replaced[]>;
  /**
   * Notes the newest word on devices whose live registrations these are; one that is older than what was last said of the
   * device's notifications, by whomever, changes nothing. `device.updated` tells of each that is not as before.
   *
   * @returns how many devices are not as before
   */
  notifications(these: readonly NotificationsWord[], now: EpochMs): Promise<number>;
}
