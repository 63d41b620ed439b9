import type { RandomFraction } from '../domain/retry.js';
import type { EpochMs } from '../domain/time.js';
import type { Log } from '../ports/log.js';
import type { WebhookCall, WebhookSlot, WebhookStore } from '../ports/webhook-store.js';
import { type AttemptsHouse, createAttempts } from './attempts-under-way.js';
import type { CallBodies } from './call-bodies.js';
import { chooseCalls } from './choose-calls.js';
import { HOLD_MAX_MS, HOLD_MIN_MS, healthOf, isHeld } from './health.js';
import { oneAtATime } from './looks.js';
import { type CallMakerHouse, createCallMaker } from './make-calls.js';
import { CALLS_MAX } from './pace.js';
import type { Candidate } from './places.js';
import { settleAttempts, slotRecord } from './settle-attempts.js';
import { tellAttempts, tellHealth } from './tell-attempts.js';

export interface SlotHouse extends AttemptsHouse, CallMakerHouse {
  readonly store: Pick<WebhookStore, 'due' | 'addCalls' | 'record' | 'hasten'>;
  readonly bodies: CallBodies;
  readonly random: RandomFraction;
  readonly log: Log;
  readonly observe: (outcome: string, ms: number) => void;
}

/** One endpoint, as long as this process works for it. */
export interface SlotWork {
  readonly endpoint: string;
  readonly fence: number;
  /** Looks at everything once, as `Looks.step`: records what ended, and begins what may begin. Never rejects. */
  step(): Promise<void>;
  /** The endpoint as the store has it by now. */
  refresh(slot: WebhookSlot): void;
  /** Somebody else has it: nothing is recorded any more. */
  lose(): void;
  /** Begins nothing more. */
  drain(): void;
  /** Breaks off what is under way; it is tried again by whoever has the endpoint next. */
  abort(): void;
  /** Nothing is under way, and there is nothing to wait for. */
  isIdle(): boolean;
  isBusy(): boolean;
}

/** Waiting calls that are looked at where the one to probe with has to be found. */
const LOOK_MAX = 50;
/** While events wait for more, the log is looked at again after this, or when they have waited long enough. */
const LOOK_AGAIN_MS = 1_000;

export function createSlotWork(house: SlotHouse, first: WebhookSlot): SlotWork {
  const { store, clock, paces, places } = house;
  const { id } = first.endpoint;
  const looks = oneAtATime(look);
  const attempts = createAttempts(house, id, () => void looks.step());
  const makeCalls = createCallMaker(house);
  let slot = first;
  let health = healthOf(first.endpoint);
  let { cursor } = first.endpoint;
  /** Until when nothing more is looked for, where that is all there was to do. */
  let lookAgainAt: EpochMs = 0;
  /** What was found calls for another look within the same step. */
  let lookAgain = false;
  let isIdle = false;
  let isEnding = false;

  async function look(): Promise<void> {
    isIdle = false;
    try {
      do {
        lookAgain = false;
        if (!(await recordEnded())) return;
        isIdle = isEnding ? attempts.size === 0 : await begin();
      } while (lookAgain);
    } catch (error) {
      // The store may be away for a while: what ended is kept, and recorded at a later step.
      house.log.warn(
        { endpoint: id, error: error instanceof Error ? error.message : String(error) },
        'webhook.failed_once',
      );
    }
  }

  /** @returns false where the endpoint is somebody else's by now */
  async function recordEnded(): Promise<boolean> {
    while (attempts.ended.length > 0 && !attempts.isAborted) {
      const tried = attempts.ended; // more may end meanwhile
      const now = clock.now();
      const settled = settleAttempts(slot.endpoint, health, tried, now, house.random);
      if (!(await store.record(slotRecord(id, slot.fence, settled), now))) {
        lose();
        break;
      }
      attempts.recorded(tried);
      const wasFailing = health.failingSince !== undefined;
      health = settled.health;
      if (settled.disable !== undefined) slot = { ...slot, endpoint: { ...slot.endpoint, state: 'disabled' } };
      if (settled.isBack) await store.hasten(id, now);
      tellAttempts(house, slot.endpoint, tried);
      tellHealth(house.log, slot.endpoint, {
        wasFailing,
        isFailing: health.failingSince !== undefined,
        error: tried.at(-1)?.attempt.error,
        disable: settled.disable,
      });
    }
    return !attempts.isAborted;
  }

  /** @returns whether there is nothing to do and nothing to wait for */
  async function begin(): Promise<boolean> {
    const now = clock.now();
    const { endpoint } = slot;
    const isActive = endpoint.state === 'active';
    const isFailing = health.failingSince !== undefined;
    const mayGo = isActive && !isHeld(health, now) && !(isFailing && attempts.size > 0);
    const limit = !mayGo || isFailing || endpoint.order === 'strict' ? 1 : Math.min(paces.get(id).limit, CALLS_MAX);
    const room = limit - attempts.size;
    if (room <= 0 || (attempts.size === 0 && now < lookAgainAt)) return false;
    if (!places.has(candidate())) {
      // Many are in the same case, and looking costs: those come again in a while, and leave the rest to others.
      if (candidate().isSuspect && mayGo && attempts.size === 0) return hold(now + HOLD_MIN_MS * (1 + house.random()));
      return false;
    }

    const { calls, oldest } = await store.due(id, now, LOOK_MAX + attempts.size);
    const due = calls.filter((call) => !attempts.has(call.id));
    const chosen = chooseCalls(due, oldest, { mayGo, isFailing, order: endpoint.order, room });
    let hasPlace = true;
    for (const call of chosen) hasPlace = hasPlace && (await startKnown(call));
    if (!hasPlace) return false;

    const left = limit - attempts.size;
    const isHeldUp = endpoint.order === 'strict' ? oldest !== undefined : isFailing && chosen.length > 0;
    if (mayGo && left > 0 && !isHeldUp && chosen.length < room) {
      const found = await startNew(left, now);
      if (found === 'wait') lookAgainAt = now + Math.min(endpoint.maxWaitMs, LOOK_AGAIN_MS);
      if (found !== 'none') return false;
    }
    if (attempts.size > 0) return false;
    if (mayGo && isFailing && oldest !== undefined && oldest.dueAt > now && chosen.length === 0) {
      return hold(endpoint.order === 'strict' ? oldest.dueAt : Math.min(oldest.dueAt, now + HOLD_MAX_MS));
    }
    return true;
  }

  /** Nothing can be tried for now: nobody needs to look before. */
  async function hold(until: EpochMs): Promise<true> {
    health = { ...health, holdUntil: Math.round(until) };
    const settled = { health, attempts: [], events: [] };
    if (!(await store.record(slotRecord(id, slot.fence, settled), clock.now()))) lose();
    return true;
  }

  function candidate(): Candidate {
    return { isSuspect: health.failingSince !== undefined || paces.get(id).isSlow, isFurther: attempts.size > 0 };
  }

  /** @returns `some`: there is more to look at; the others as `CallsMade` */
  async function startNew(callsMax: number, now: EpochMs): Promise<'some' | 'wait' | 'none'> {
    const found = await makeCalls(slot, cursor, callsMax, now);
    if (found.kind === 'none' || found.kind === 'wait') return found.kind;
    if (found.kind === 'changed') {
      if (found.slot === undefined) lose();
      else refresh(found.slot);
      lookAgain = found.slot !== undefined; // what was read was read by what it was before
      return 'some';
    }
    cursor = found.until;
    for (const { call, body } of found.calls) start(call, body);
    if (found.calls.length === 0) lookAgain = true; // there was nothing in what was passed over; perhaps there is behind it
    return 'some';
  }

  /** @returns false where there is no place for it now */
  async function startKnown(call: WebhookCall): Promise<boolean> {
    const body = await house.bodies(call);
    if (body !== undefined) return start(call, body);
    attempts.giveUp(call, 'its events are kept no longer');
    lookAgain = true;
    return true;
  }

  function start(call: WebhookCall, body: string): boolean {
    return attempts.start(call, body, slot, candidate());
  }

  function lose(): void {
    isEnding = true;
    isIdle = true;
    attempts.forgetEnded();
    attempts.abort();
  }

  function refresh(next: WebhookSlot): void {
    // What was recorded meanwhile is newer than what was read.
    if (!looks.isLooking && attempts.size === 0) health = healthOf(next.endpoint);
    slot = { ...next, fence: first.fence };
    cursor = Math.max(cursor, next.endpoint.cursor);
  }

  const isAtWork = () => looks.isLooking || attempts.size > 0 || attempts.ended.length > 0;
  return {
    endpoint: id,
    fence: first.fence,
    step: () => looks.step(),
    refresh,
    lose,
    drain: () => {
      isEnding = true;
    },
    abort: () => attempts.abort(),
    isIdle: () => isIdle && !isAtWork(),
    isBusy: isAtWork,
  };
}
