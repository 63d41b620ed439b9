import type { AttributeChanges, Excess, NamesChange } from '../domain/attributes.js';
import type { Audience, AudienceCandidate, AudienceMember } from '../domain/audience.js';
import type { Device, DeviceFields, Environment, Platform, Registration } from '../domain/device.js';
import type { PushToken } from '../domain/outcome.js';
import type { EpochMs } from '../domain/time.js';
import type { Page, PageRequest } from './page.js';

/** A registration to set, or with `token: null` to remove. */
export interface RegistrationChange {
  readonly provider: string;
  readonly environment: Environment;
  readonly purpose: string;
  readonly token: PushToken | null;
  /** Keyed hash of `token`; absent when it is null. */
  readonly tokenHash?: string;
  readonly bundleId?: string;
  readonly region?: string;
}

/** What changes of a device: absent is left as it is, `null` is cleared. */
export interface DeviceChange {
  readonly app: string;
  readonly id: string;
  readonly fields: { readonly [K in keyof DeviceFields]?: DeviceFields[K] | null };
  readonly registrations: readonly RegistrationChange[];
  readonly attributes?: AttributeChanges;
  readonly tags?: NamesChange;
  /**
   * The device says this of itself, as the device of this user: it is made for them. One that is there keeps its user and
   * its platform, and if it is somebody else's nothing changes (`not_theirs`). `fields` has no `user` then.
   */
  readonly own?: { readonly user: string | null };
  /** A topic it is subscribed to already keeps its time. */
  readonly topics?: NamesChange;
  /** `upsert` makes a missing device; `update` does not. */
  readonly mode: 'upsert' | 'update';
}

export type DeviceChangeResult =
  | { readonly kind: 'created' | 'updated'; readonly device: Device }
  | { readonly kind: 'missing' }
  /** A device cannot be made without its platform. */
  | { readonly kind: 'platform_required' }
  /** It is another user's. */
  | { readonly kind: 'not_theirs' }
  /** It would have more than a device may; nothing of the change was applied. */
  | { readonly kind: 'too_many'; readonly excess: Excess };

/** A device right before an attempt: whose it is now, and where it can be reached. */
export interface DeviceAddresses {
  readonly user: string | null;
  readonly platform: Platform;
  readonly manufacturer?: string;
  readonly notifications?: 'on' | 'off';
  /** Live registrations, newest first. */
  readonly registrations: readonly Registration[];
}

export interface Retirement {
  readonly app: string;
  readonly provider: string;
  readonly tokenHash: string;
  readonly reason: string;
  /** A registration confirmed after this time is kept. */
  readonly asOf?: EpochMs;
}

/** Devices and their registrations. A (app, provider, push token) belongs to one device: the last to register it. */
export interface DeviceStore {
  /**
   * Applies changes, one result per change, in order; two changes of one device in a call are applied in order.
   * Atomic per registration; a call that fails half-way can be repeated.
   *
   * `device.registered` tells of each that was made, `device.updated` of each that is not as before: what was said of it
   * was something new, or it lost a push token to another device. That it was heard of is no change.
   */
  change(changes: readonly DeviceChange[], now: EpochMs): Promise<readonly DeviceChangeResult[]>;
  get(app: string, id: string): Promise<Device | undefined>;
  /**
   * Notes that devices were heard of: they connected, or their connection ended. A change of a device says so too. To
   * within 10 s; unknown ones are passed over, and none is ever put back.
   */
  seen(devices: readonly { readonly app: string; readonly device: string }[], at: EpochMs): Promise<void>;
  /** When devices were last heard of, by id; those that never were are left out. */
  lastSeen(app: string, ids: readonly string[]): Promise<ReadonlyMap<string, EpochMs>>;
  /**
   * Devices of these users, at most 1,000 of each in the order of their ids, with all that an audience can ask of them.
   * Devices made at `createdBefore` or later are left out, and subscriptions of then are not counted.
   */
  ofUsers(
    app: string,
    users: readonly string[],
    createdBefore: EpochMs,
  ): Promise<readonly (AudienceCandidate & { readonly lastSeenAt?: EpochMs })[]>;
  /**
   * With its registrations, its subscriptions, and its mailbox; see MailboxStore. `device.removed` tells of it.
   * @returns false when there was none.
   */
  remove(app: string, id: string, now: EpochMs): Promise<boolean>;
  /** In id order; of one user when `user` is given. */
  list(app: string, page: PageRequest, user?: string): Promise<Page<Device>>;
  /**
   * Members of the audience (its push tokens aside), exactly those that `reaches` names, without doubles, in device
   * order, after `after`; fewer than `limit` are the last. `createdBefore` leaves out devices made at that time or
   * later, and does not count subscriptions of that time or later towards the audience's topics and filters.
   */
  members(
    app: string,
    audience: Audience,
    page: { readonly limit: number; readonly after: string; readonly createdBefore?: EpochMs },
  ): Promise<readonly AudienceMember[]>;
  /** `members` for several small audiences in one call: at most `limit + 1` members each. */
  membersOf(
    queries: readonly { readonly app: string; readonly audience: Audience }[],
    limit: number,
  ): Promise<readonly (readonly AudienceMember[])[]>;
  /** The devices whose live registrations these push tokens are, with all that is known of them, keyed `<app>|<provider>|<tokenHash>`; unknown ones are left out. */
  holders(
    tokens: readonly { readonly app: string; readonly provider: string; readonly tokenHash: string }[],
  ): Promise<ReadonlyMap<string, AudienceCandidate>>;
  /** Counts members, but never past `cap + 1`. */
  count(app: string, audience: Audience, cap: number): Promise<number>;
  /** Addresses of devices, keyed by `<app>|<device>`; a missing device is left out. */
  addresses(
    devices: readonly { readonly app: string; readonly device: string }[],
  ): Promise<ReadonlyMap<string, DeviceAddresses>>;
  /** Whose devices are, keyed by `<app>|<device>`; a missing device is left out. */
  owners(
    devices: readonly { readonly app: string; readonly device: string }[],
  ): Promise<ReadonlyMap<string, string | null>>;
  /**
   * What is known of the languages of devices: their own locale and that of their user's record. Keyed
   * `<app>|<device>`; a device of which neither is known is left out.
   */
  locales(
    devices: readonly { readonly app: string; readonly device: string }[],
  ): Promise<ReadonlyMap<string, { readonly device?: string; readonly user?: string }>>;
  /**
   * Retires registrations; `device.token_invalid` tells of each, once. Repeating is harmless.
   * @returns how many were live and are now retired.
   */
  retire(retirements: readonly Retirement[], now: EpochMs): Promise<number>;
  /**
   * Counts an answer that says "not this app's token", once per registration and UTC day, and retires the
   * registration at the third, as `retire` does.
   * @returns how many were retired.
   */
  strike(strikes: readonly Omit<Retirement, 'asOf'>[], now: EpochMs): Promise<number>;
  /** Live registrations of an app, and those retired since `since`; the brake's two numbers. */
  retirementPressure(app: string, since: EpochMs): Promise<{ readonly live: number; readonly retired: number }>;
  /** Removes tombstones older than `before`, at most `limit`. @returns how many. */
  sweep(before: EpochMs, limit: number): Promise<number>;
}
