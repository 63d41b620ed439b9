import type { Address, Platform } from './device.js';
import type { Filter } from './filter.js';
import { type FilterSubject, matchesFilter } from './filter-match.js';

/** A bare push token: reaches an address without making a device. */
export interface BareTarget extends Address {
  readonly tokenHash: string;
  readonly platform?: Platform;
}

/** Whom a message is for: the union of its parts, narrowed by what begins with `only`, less what begins with `except`. */
export interface Audience {
  readonly users: readonly string[];
  readonly devices: readonly string[];
  readonly pushTokens: readonly BareTarget[];
  readonly everyone: boolean;
  /** Devices subscribed to one of these. */
  readonly topics?: readonly string[];
  readonly filter?: Filter;
  /** Absent: every platform. A bare push token without a platform is left out when it is given. */
  readonly onlyPlatforms?: readonly Platform[];
  /** Only devices with a live registration for alerts at one of these, and only over these. */
  readonly onlyProviders?: readonly string[];
  /** Only devices it means; bare push tokens, of which nothing is known, are left out. */
  readonly onlyFilter?: Filter;
  readonly exceptUsers: readonly string[];
  readonly exceptDevices: readonly string[];
  readonly exceptTopics?: readonly string[];
}

/** One device as the planner sees it: enough to choose a road, no address. */
export interface AudienceMember {
  readonly device: string;
  readonly user: string | null;
  readonly platform: Platform;
  readonly manufacturer?: string;
  /** Providers at which the device has a live registration for alerts, newest first; those of `onlyProviders` alone. */
  readonly providers: readonly string[];
}

/** At most this many named targets are resolved while the caller waits. */
export const SMALL_AUDIENCE_MAX = 500;
/** At most this many topics may be named to send to, and as many to leave out. */
export const NAMED_TOPICS_MAX = 100;
/** At most this many names (users, devices, push tokens together) fit in one call. */
export const NAMED_TARGETS_MAX = 1_000;

/** A device with all that an audience can ask of it. */
export interface AudienceCandidate extends FilterSubject {
  readonly id: string;
  /** Providers at which it has a live registration for alerts. */
  readonly providers: readonly string[];
}

/** Whether it is more than names: devices that a topic, a filter or everyone means may be any number. */
export function isBroad(audience: Pick<Audience, 'everyone' | 'topics' | 'filter'>): boolean {
  return audience.everyone || audience.filter !== undefined || (audience.topics ?? []).length > 0;
}

/** Whether the audience reaches this device, push tokens aside. */
export function reaches(audience: Audience, candidate: AudienceCandidate): boolean {
  return isMeant(audience, candidate) && !isExcepted(audience, candidate) && isWanted(audience, candidate);
}

function isMeant(audience: Audience, candidate: AudienceCandidate): boolean {
  const { user, topics } = candidate.device;
  return (
    audience.everyone ||
    audience.devices.includes(candidate.id) ||
    (user !== null && audience.users.includes(user)) ||
    shareOne(audience.topics, topics) ||
    (audience.filter !== undefined && matchesFilter(audience.filter, candidate))
  );
}

function isExcepted(audience: Audience, { id, device }: AudienceCandidate): boolean {
  return (
    audience.exceptDevices.includes(id) ||
    (device.user !== null && audience.exceptUsers.includes(device.user)) ||
    shareOne(audience.exceptTopics, device.topics)
  );
}

function isWanted(audience: Audience, candidate: AudienceCandidate): boolean {
  const { onlyPlatforms, onlyProviders, onlyFilter } = audience;
  return (
    (onlyPlatforms === undefined || onlyPlatforms.includes(candidate.device.platform)) &&
    (onlyProviders === undefined || shareOne(onlyProviders, candidate.providers)) &&
    (onlyFilter === undefined || matchesFilter(onlyFilter, candidate))
  );
}

function shareOne(some: readonly string[] | undefined, others: readonly string[]): boolean {
  return some?.some((name) => others.includes(name)) ?? false;
}

export function bareTargetsIn(audience: Audience): readonly BareTarget[] {
  const { onlyPlatforms, onlyProviders, onlyFilter } = audience;
  if (onlyFilter !== undefined) return [];
  return audience.pushTokens.filter(
    ({ platform, provider }) =>
      (onlyPlatforms === undefined || (platform !== undefined && onlyPlatforms.includes(platform))) &&
      (onlyProviders === undefined || onlyProviders.includes(provider)),
  );
}
