import type { RandomFraction } from '../domain/retry.js';
import type { Clock, EpochMs } from '../domain/time.js';
import type { Poster } from '../egress/post.js';
import type { EventLog } from '../ports/event-log.js';
import type { Log } from '../ports/log.js';
import type { WebhookCall, WebhookSlot, WebhookStore } from '../ports/webhook-store.js';
import { type Tried, tryCall } from './attempt.js';
import type { CallBodies } from './call-bodies.js';
import { callBody } from './call-body.js';
import { chooseCalls } from './choose-calls.js';
import { HOLD_MAX_MS, HOLD_MIN_MS, healthOf, isHeld } from './health.js';
import { CALLS_MAX, type Pace, paceAfter } from './pace.js';
import type { Candidate, Places } from './places.js';
import { createCallReader } from './read-calls.js';
import { settleAttempts, slotRecord } from './settle-attempts.js';
import { tellAttempts, tellHealth } from './tell-attempts.js';

export interface SlotHouse {
  readonly store: Pick<WebhookStore, 'due' | 'addCalls' | 'record' | 'hasten'>;
  /** A slot as it now is, its lease extended; undefined where another has it. */
  readonly renewed: (slot: { readonly endpoint: string; readonly fence: number }) => Promise<WebhookSlot | undefined>;
  readonly events: Pick<EventLog, 'readBlocks'>;
  readonly bodies: CallBodies;
  readonly poster: Poster;
  readonly places: Places;
  readonly paces: { get(endpoint: string): Pace; set(endpoint: string, pace: Pace): void };
  readonly clock: Clock;
  readonly random: RandomFraction;
  readonly newCallId: (now: EpochMs) => string;
  /** `user-agent` of calls. */
  readonly agent: string;
  readonly log: Log;
  readonly observe: (outcome: string, ms: number) => void;
}

/** One endpoint, as long as this process works for it. */
export interface SlotWork {
  readonly endpoint: string;
  readonly fence: number;
  /**
   * Looks at everything once: records what ended, and begins what may begin. Where a look is under way already, another follows,
   * one for all who ask meanwhile, and this waits for that: not for those that follow on it. Never rejects.
   */
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
  const stop = new AbortController();
  const underWay = new Map<string, Promise<void>>();
  const readCalls = createCallReader(house);
  let finished: Tried[] = [];
  let slot = first;
  let health = healthOf(first.endpoint);
  let { cursor } = first.endpoint;
  /** Until when nothing more is looked for, where that is all there was to do. */
  let lookAgainAt: EpochMs = 0;
  let looking: Promise<void> | undefined;
  let following: Promise<void> | undefined;
  /** What was found calls for another look within the same step. */
  let lookAgain = false;
  let isIdle = false;
  let isEnding = false;

  function step(): Promise<void> {
    if (looking === undefined) {
      looking = look();
      return looking;
    }
    following ??= looking.then(() => {
      following = undefined;
      looking = look();
      return looking;
    });
    return following;
  }

  async function look(): Promise<void> {
    isIdle = false;
    try {
      do {
        lookAgain = false;
        if (!(await recordFinished())) return;
        isIdle = isEnding ? underWay.size === 0 : await begin();
      } while (lookAgain);
    } catch (error) {
      // The store may be away for a while: what ended is kept, and recorded at a later step.
      house.log.warn(
        { endpoint: id, error: error instanceof Error ? error.message : String(error) },
        'webhook.failed_once',
      );
    } finally {
      if (following === undefined) looking = undefined;
    }
  }

  /** @returns false where the endpoint is somebody else's by now */
  async function recordFinished(): Promise<boolean> {
    while (finished.length > 0 && !stop.signal.aborted) {
      const tried = [...finished]; // more may end meanwhile
      const now = clock.now();
      const settled = settleAttempts(slot.endpoint, health, tried, now, house.random);
      if (!(await store.record(slotRecord(id, slot.fence, settled), now))) {
        lose();
        break;
      }
      finished = finished.slice(tried.length);
      for (const { call } of tried) underWay.delete(call.id);
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
    return !stop.signal.aborted;
  }

  /** @returns whether there is nothing to do and nothing to wait for */
  async function begin(): Promise<boolean> {
    const now = clock.now();
    const { endpoint } = slot;
    const isActive = endpoint.state === 'active';
    const isFailing = health.failingSince !== undefined;
    const mayGo = isActive && !isHeld(health, now) && !(isFailing && underWay.size > 0);
    const limit = !mayGo || isFailing || endpoint.order === 'strict' ? 1 : Math.min(paces.get(id).limit, CALLS_MAX);
    const room = limit - underWay.size;
    if (room <= 0 || (underWay.size === 0 && now < lookAgainAt)) return false;
    if (!places.has(candidate())) {
      // Many are in the same case, and looking costs: those come again in a while, and leave the rest to others.
      if (candidate().isSuspect && mayGo && underWay.size === 0) return hold(now + HOLD_MIN_MS * (1 + house.random()));
      return false;
    }

    const { calls, oldest } = await store.due(id, now, LOOK_MAX + underWay.size);
    const due = calls.filter((call) => !underWay.has(call.id));
    const chosen = chooseCalls(due, oldest, { mayGo, isFailing, order: endpoint.order, room });
    let hasPlace = true;
    for (const call of chosen) hasPlace = hasPlace && (await startKnown(call));
    if (!hasPlace) return false;

    const left = limit - underWay.size;
    const isHeldUp = endpoint.order === 'strict' ? oldest !== undefined : isFailing && chosen.length > 0;
    if (mayGo && left > 0 && !isHeldUp && chosen.length < room) {
      const cut = await cutNew(left, now);
      if (cut === 'wait') lookAgainAt = now + Math.min(endpoint.maxWaitMs, LOOK_AGAIN_MS);
      if (cut !== 'none') return false;
    }
    if (underWay.size > 0) return false;
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
    return { isSuspect: health.failingSince !== undefined || paces.get(id).isSlow, isFurther: underWay.size > 0 };
  }

  /** @returns `wait`: more is to come into a call; `none`: nothing was there to tell */
  async function cutNew(callsMax: number, now: EpochMs): Promise<'cut' | 'wait' | 'none'> {
    const { endpoint } = slot;
    const { made, told, until, isWaiting } = await readCalls(endpoint, cursor, callsMax, now);
    if (until === cursor) return isWaiting ? 'wait' : 'none';
    const { fence } = slot;
    const calls = await store.addCalls({ endpoint: id, fence, updatedAt: endpoint.updatedAt }, made, until, now);
    if (calls === undefined) {
      const changed = await house.renewed({ endpoint: id, fence });
      if (changed === undefined) lose();
      else refresh(changed);
      lookAgain = changed !== undefined; // what was read was read by what it was before
      return 'cut';
    }
    cursor = until;
    for (const [index, call] of calls.entries()) start(call, callBody(call, told[index] ?? []));
    if (calls.length === 0) lookAgain = true; // there was nothing in what was passed over; perhaps there is behind it
    return 'cut';
  }

  /** @returns false where there is no place for it now */
  async function startKnown(call: WebhookCall): Promise<boolean> {
    const body = await house.bodies(call);
    if (body === undefined) {
      giveUp(call, 'its events are kept no longer');
      return true;
    }
    return start(call, body);
  }

  /** @returns false where there is no place for it now; it waits in the store */
  function start(call: WebhookCall, body: string): boolean {
    const giveBack = places.take(candidate());
    if (giveBack === undefined) return false;
    const work = tryCall({ call, body, slot, signal: stop.signal }, house).then((tried) => {
      giveBack();
      if (tried === undefined) {
        underWay.delete(call.id);
        return;
      }
      paces.set(id, paceAfter(paces.get(id), tried.judgement.kind !== 'failed', tried.attempt.ms));
      finished.push(tried);
      void step();
    });
    underWay.set(call.id, work);
    return true;
  }

  /** Nothing can be sent: told as an attempt that sent nothing. */
  function giveUp(call: WebhookCall, why: string): void {
    const attempt = { n: call.attempts + 1, at: clock.now(), ms: 0, error: why, requestHeaders: {}, answerHeaders: {} };
    finished.push({ call, attempt, judgement: { kind: 'lost', why }, body: '', outcome: 'lost' });
    underWay.set(call.id, Promise.resolve());
    lookAgain = true;
  }

  function lose(): void {
    isEnding = true;
    isIdle = true;
    finished = [];
    stop.abort();
  }

  function refresh(next: WebhookSlot): void {
    // What was recorded meanwhile is newer than what was read.
    if (looking === undefined && underWay.size === 0) health = healthOf(next.endpoint);
    slot = { ...next, fence: first.fence };
    cursor = Math.max(cursor, next.endpoint.cursor);
  }

  return {
    endpoint: id,
    fence: first.fence,
    step,
    refresh,
    lose,
    drain: () => {
      isEnding = true;
    },
    abort: () => stop.abort(),
    isIdle: () => isIdle && looking === undefined && underWay.size === 0 && finished.length === 0,
    isBusy: () => looking !== undefined || underWay.size > 0 || finished.length > 0,
  };
}
