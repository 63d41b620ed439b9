import type { Clock } from '../domain/time.js';
import type { WebhookCall, WebhookSlot } from '../ports/webhook-store.js';
import { type AttemptHouse, type Tried, tryCall } from './attempt.js';
import { type Pace, paceAfter } from './pace.js';
import type { Candidate, Places } from './places.js';

/** Attempts at calls of one endpoint, from their beginning until they are recorded. */
export interface AttemptsUnderWay {
  /** Begun and not recorded. */
  readonly size: number;
  /** Ended and not recorded, in the order in which they ended. */
  readonly ended: readonly Tried[];
  has(call: string): boolean;
  /** @returns false where there is no place for it now; it waits in the store */
  start(call: WebhookCall, body: string, slot: WebhookSlot, candidate: Candidate): boolean;
  /** Nothing can be sent: it ends as an attempt that sent nothing. */
  giveUp(call: WebhookCall, why: string): void;
  /** The first of those that ended are recorded. */
  recorded(tried: readonly Tried[]): void;
  /** Breaks off what is under way. */
  abort(): void;
  readonly isAborted: boolean;
  /** What has ended is not to be recorded. */
  forgetEnded(): void;
}

export interface AttemptsHouse extends AttemptHouse {
  readonly places: Places;
  readonly paces: { get(endpoint: string): Pace; set(endpoint: string, pace: Pace): void };
  readonly clock: Clock;
}

/** @param onEnd called when one that was sent has ended */
export function createAttempts(house: AttemptsHouse, endpoint: string, onEnd: () => void): AttemptsUnderWay {
  const { paces, places, clock } = house;
  const stop = new AbortController();
  const calls = new Set<string>();
  let ended: readonly Tried[] = [];

  return {
    get size() {
      return calls.size;
    },
    get ended() {
      return ended;
    },
    get isAborted() {
      return stop.signal.aborted;
    },
    has: (call) => calls.has(call),

    start(call, body, slot, candidate) {
      const giveBack = places.take(candidate);
      if (giveBack === undefined) return false;
      calls.add(call.id);
      void tryCall({ call, body, slot, signal: stop.signal }, house).then((tried) => {
        giveBack();
        if (tried === undefined) {
          calls.delete(call.id);
          return;
        }
        paces.set(endpoint, paceAfter(paces.get(endpoint), tried.judgement.kind !== 'failed', tried.attempt.ms));
        ended = [...ended, tried];
        onEnd();
      });
      return true;
    },

    giveUp(call, why) {
      const empty = { ms: 0, requestHeaders: {}, answerHeaders: {} };
      const attempt = { n: call.attempts + 1, at: clock.now(), error: why, ...empty };
      calls.add(call.id);
      ended = [...ended, { call, attempt, judgement: { kind: 'lost', why }, body: '', outcome: 'lost' }];
    },

    recorded(tried) {
      ended = ended.slice(tried.length);
      for (const { call } of tried) calls.delete(call.id);
    },

    abort: () => stop.abort(),
    forgetEnded() {
      ended = [];
    },
  };
}
