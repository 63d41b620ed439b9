import { WEBHOOK_BODY_BYTES_MAX } from '../domain/webhook.js';
import type { Unit } from './units.js';

/** Bytes of a body besides its events. */
const FRAME_BYTES = 256;

export interface CutRules {
  /** Events in one call. */
  readonly maxEvents: number;
  readonly callsMax: number;
  /** Whether a call that begins with this one waits no longer for more. */
  isRipe(first: Unit): boolean;
}

export interface Cut {
  /** What each call tells; never empty. One event alone may be larger than a body should be. */
  readonly calls: readonly (readonly Unit[])[];
  /** First of what waits for more to come into its call; absent where nothing waits. */
  readonly waiting?: Unit;
  /** Nothing is left. */
  readonly isAll: boolean;
}

/** Cuts events into calls, in order, by number and bytes. */
export function cutCalls(units: readonly Unit[], { maxEvents, callsMax, isRipe }: CutRules): Cut {
  const calls: Unit[][] = [];
  let call: Unit[] = [];
  let bytes = FRAME_BYTES;
  const close = () => {
    calls.push(call);
    call = [];
    bytes = FRAME_BYTES;
  };
  for (const unit of units) {
    const size = Buffer.byteLength(unit.json) + 1;
    if (call.length > 0 && bytes + size > WEBHOOK_BODY_BYTES_MAX) close();
    if (calls.length === callsMax) return { calls, isAll: false };
    call.push(unit);
    bytes += size;
    if (call.length === maxEvents) close();
  }
  const [first] = call;
  if (first === undefined) return { calls, isAll: true };
  if (calls.length === callsMax) return { calls, isAll: false };
  if (!isRipe(first)) return { calls, waiting: first, isAll: false };
  close();
  return { calls, isAll: true };
}
