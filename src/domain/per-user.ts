import type { EpochMs } from './time.js';

/** To which of a person's devices a message goes: all, or those that the person is likely to look at. */
export const PER_USER_RULES = ['all', 'last_active', 'online_or_last_active'] as const;
export type PerUserRule = (typeof PER_USER_RULES)[number];

/** A device of the audience, as far as this choice asks about it. */
export interface Rival {
  readonly device: string;
  readonly user: string | null;
  /** When it was last heard of; absent where it never was. */
  readonly lastSeenAt?: EpochMs;
}

/**
 * Chooses among the audience's devices of each user: with `last_active` the one that was heard of last, the first by id
 * of several; with `online_or_last_active` all that are connected, and where none is that same one. Devices without user
 * are each for themselves.
 *
 * @returns the ids of those that are chosen
 */
export function choosePerUser(
  rule: PerUserRule,
  rivals: readonly Rival[],
  online: ReadonlySet<string>,
): ReadonlySet<string> {
  const chosen = new Set<string>();
  const newest = new Map<string, Rival>();
  const connected = new Set<string>();
  for (const rival of rivals) {
    const { device, user } = rival;
    const isChosen = rule === 'all' || user === null || (rule === 'online_or_last_active' && online.has(device));
    if (isChosen) chosen.add(device);
    if (user === null) continue;
    if (isChosen) connected.add(user);
    const best = newest.get(user);
    if (best === undefined || isBefore(rival, best)) newest.set(user, rival);
  }
  for (const [user, { device }] of newest) if (!connected.has(user)) chosen.add(device);
  return chosen;
}

function isBefore(one: Rival, other: Rival): boolean {
  const [seen, otherSeen] = [one.lastSeenAt ?? -1, other.lastSeenAt ?? -1];
  return seen > otherSeen || (seen === otherSeen && one.device < other.device);
}
