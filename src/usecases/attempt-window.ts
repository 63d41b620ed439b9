import { CAREFUL_AFTER_CRASHES, TARGET_CRASHES_MAX } from '../domain/chunk.js';
import type { Attempt, SettledState } from '../domain/delivery.js';
import { type Address, ALERT_PURPOSE } from '../domain/device.js';
import type { Reason } from '../domain/reason.js';
import type { EpochMs } from '../domain/time.js';
import type { DeviceAddresses } from '../ports/device-store.js';
import type { AccountGate } from './account-gate.js';
import type { AddressBook } from './address-book.js';
import type { ChunkWork } from './chunk-work.js';
import type { NextRoad } from './next-road.js';
import { endOfRoute } from './settle.js';

/** One target about to be attempted. */
export interface Candidate {
  readonly work: ChunkWork;
  readonly index: number;
}

/** A candidate with the address it goes to. */
export interface Addressed extends Candidate {
  readonly key: string;
  readonly address: Address & { readonly tokenHash: string };
  /** Absent for a bare push token. */
  readonly device?: DeviceAddresses;
}

/**
 * Cuts what is due into windows of so many targets as their work has width; small chunks of one width share one. A chunk that crashed its holders again
 * and again is walked one target at a time, so that the next crash names the one that did it.
 */
export function cutWindows(
  works: readonly ChunkWork[],
  widthOf: (work: ChunkWork) => number,
  now: EpochMs,
): { together: Candidate[][]; careful: Candidate[][] } {
  const careful = works.filter(isCareful);
  const others = works.filter((work) => !isCareful(work));
  const byWidth = new Map<number, Candidate[]>();
  for (const work of others) {
    const width = widthOf(work);
    const candidates = byWidth.get(width) ?? [];
    byWidth.set(width, candidates);
    for (const index of work.due(now)) candidates.push({ work, index });
  }
  return {
    together: [...byWidth].flatMap(([width, candidates]) => inPieces(candidates, width)),
    careful: careful.flatMap((work) => work.due(now).map((index) => [{ work, index }])),
  };
}

/** Whether it is walked one target at a time. */
export function isCareful(work: ChunkWork): boolean {
  return work.chunk.crashes >= CAREFUL_AFTER_CRASHES;
}

function inPieces<T>(items: readonly T[], size: number): T[][] {
  const pieces: T[][] = [];
  for (let from = 0; from < items.length; from += size) pieces.push(items.slice(from, from + size));
  return pieces;
}

/**
 * Targets that were under way when an earlier holder died: they may have arrived, so the message's `on_uncertain`
 * decides. One under way in several crashes of a careful walk is taken for their cause and ends.
 */
export function resumeStarted(work: ChunkWork, attemptsMax: number, now: EpochMs): void {
  const { terms } = work.message;
  for (const index of work.started()) {
    const before = work.trouble(index);
    const crashes = before.crashes + (work.chunk.crashes > CAREFUL_AFTER_CRASHES ? 1 : 0);
    const tries = before.tries + 1;
    const attempt = {
      provider: work.chunk.provider ?? '',
      at: now,
      outcome: 'uncertain',
      reason: 'uncertain',
      detail: 'the worker stopped before the answer was recorded',
    } as const;
    const giveUp =
      terms.onUncertain === 'drop' || terms.ttlSeconds === 0 || tries >= attemptsMax || crashes >= TARGET_CRASHES_MAX;
    if (giveUp) work.settle(index, { state: 'failed', reason: 'uncertain' }, now, attempt);
    else work.postpone(index, { tries, dueAt: now, crashes }, attempt);
  }
}

/** Ends what the house itself ends before any attempt. @returns whether it did. */
export function endedByHouse({ work, index }: Candidate, now: EpochMs): boolean {
  const { message, chunk } = work;
  const end = (state: SettledState, reason: Reason) => {
    work.settle(index, { state, reason }, now);
    return true;
  };
  if (work.canceled) return end('canceled', 'canceled');
  // A TTL of 0 means exactly one attempt, whenever it comes; later ones do not exist.
  if (message.content === undefined || (message.terms.ttlSeconds > 0 && message.expiresAt <= now))
    return end('expired', 'expired');
  if (chunk.provider === null) return end('failed', 'no_registration');
  return false;
}

/**
 * Looks up where each candidate can be reached now. Who must not be reached ends; who cannot be, on this road, goes on
 * along the route or ends.
 */
export async function address(
  book: AddressBook,
  nextRoad: NextRoad,
  candidates: readonly Candidate[],
  now: () => EpochMs,
): Promise<Addressed[]> {
  const names = candidates.flatMap(({ work, index }) => {
    const target = work.target(index);
    return target.bare === undefined ? [{ app: work.message.app, device: target.key }] : [];
  });
  const found = await book.lookup(names);
  return candidates.flatMap((candidate) => {
    const { work, index } = candidate;
    const target = work.target(index);
    if (target.bare !== undefined) return { ...candidate, key: target.key, address: target.bare };
    const device = found.get(`${work.message.app}|${target.key}`);
    const obstacle = obstacleOf(work, target.user, device);
    if (device === undefined || obstacle !== undefined) {
      work.settle(index, { state: 'suppressed', reason: obstacle ?? 'no_device' }, now());
      return [];
    }
    const registration = device.registrations.find(
      (r) => r.provider === work.chunk.provider && r.purpose === ALERT_PURPOSE,
    );
    if (registration === undefined) {
      const to = nextRoad({ work, index, device }, 'no_registration');
      if (to === undefined) endOfRoute(candidate, 'no_registration', now());
      else work.moveOn(index, to);
      return [];
    }
    return { ...candidate, key: target.key, address: registration, device };
  });
}

/** What was meant for one person is never shown to the next on the same device. */
function obstacleOf(
  work: ChunkWork,
  plannedUser: string | null,
  device: DeviceAddresses | undefined,
): Reason | undefined {
  if (device === undefined) return 'no_device';
  if (device.user !== plannedUser) return 'user_changed';
  if (device.notifications === 'off' && work.message.content?.notification !== undefined) return 'opted_out';
  return undefined;
}

/**
 * Lets pass what the accounts let pass. The others go over to their route's next road if it is named for this, wait
 * until they may be tried again, or end if they cannot wait.
 */
export function admit(gate: AccountGate, nextRoad: NextRoad, entries: readonly Addressed[], now: EpochMs): Addressed[] {
  const admitted: Addressed[] = [];
  for (const group of groupByWork(entries).values()) {
    const { work } = group[0] as Addressed; // groups are never empty
    const { app, class: of, terms, expiresAt } = work.message;
    const provider = work.chunk.provider ?? '';
    const answer = gate.admit(app, provider, of, group.length);
    admitted.push(...group.slice(0, answer.admitted));
    if (answer.until === undefined) continue;
    const { reason, until, isOfClass } = answer;
    // A quota that begins anew is worth the moment until it is known: another road may be dearer, or none.
    const staysForNow = isOfClass && answer.isTried && terms.ttlSeconds > 0;
    const attempt = notAsked(provider, reason, now, `${isOfClass ? `${of} messages are` : 'the account is'} paused`);
    // A day's wait is worth a line that says why, for each that waits; seconds are not.
    const told = isOfClass && !answer.isTried ? attempt : undefined;
    for (const { index, device } of group.slice(answer.admitted)) {
      const to = device === undefined || staysForNow ? undefined : nextRoad({ work, index, device }, reason);
      if (to !== undefined) work.moveOn(index, to, attempt);
      else if (terms.ttlSeconds === 0) endOfRoute({ work, index }, reason, now, told);
      else if (until >= expiresAt) work.settle(index, { state: 'expired', reason: 'expired' }, now, told);
      else if (told === undefined) work.unstart(index, until);
      else work.postpone(index, { tries: work.trouble(index).tries, dueAt: until }, told);
    }
  }
  return admitted;
}

/** Stands among the attempts, or nobody could tell why this road was passed over. */
export function notAsked(provider: string, reason: Reason, at: EpochMs, why: string): Attempt {
  return { provider, at, outcome: 'deferred', reason, detail: `not asked: ${why}` };
}

export function groupByWork<T extends Candidate>(entries: readonly T[]): Map<ChunkWork, T[]> {
  const groups = new Map<ChunkWork, T[]>();
  for (const entry of entries) {
    const group = groups.get(entry.work);
    if (group === undefined) groups.set(entry.work, [entry]);
    else group.push(entry);
  }
  return groups;
}
