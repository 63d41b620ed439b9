import type { Address, Platform } from './device.js';

/** A bare push token: reaches an address without making a device. */
export interface BareTarget extends Address {
  readonly tokenHash: string;
  readonly platform?: Platform;
}

/** Whom a message is for: the union of its parts, narrowed by `only`, less `except`. */
export interface Audience {
  readonly users: readonly string[];
  readonly devices: readonly string[];
  readonly pushTokens: readonly BareTarget[];
  readonly everyone: boolean;
  /** Absent: every platform. A bare push token without a platform is left out when it is given. */
  readonly onlyPlatforms?: readonly Platform[];
  readonly exceptUsers: readonly string[];
  readonly exceptDevices: readonly string[];
}

/** One device as the planner sees it: enough to choose a road, no address. */
export interface AudienceMember {
  readonly device: string;
  readonly user: string | null;
  readonly platform: Platform;
  /** Providers at which the device has a live registration for alerts, newest first. */
  readonly providers: readonly string[];
}

/** At most this many named targets are resolved while the caller waits. */
export const SMALL_AUDIENCE_MAX = 500;
/** At most this many names (users, devices, push tokens together) fit in one call. */
export const NAMED_TARGETS_MAX = 1_000;

/** Whether the audience reaches this device by its user, its id or everyone, push tokens aside. */
export function reaches(audience: Audience, device: Omit<AudienceMember, 'providers'>): boolean {
  const { user } = device;
  const named =
    audience.everyone || audience.devices.includes(device.device) || (user !== null && audience.users.includes(user));
  if (!named || audience.exceptDevices.includes(device.device)) return false;
  if (user !== null && audience.exceptUsers.includes(user)) return false;
  return audience.onlyPlatforms === undefined || audience.onlyPlatforms.includes(device.platform);
}

export function bareTargetsIn(audience: Audience): readonly BareTarget[] {
  const platforms = audience.onlyPlatforms;
  if (platforms === undefined) return audience.pushTokens;
  return audience.pushTokens.filter((target) => target.platform !== undefined && platforms.includes(target.platform));
}
