import type { EpochMs } from '../domain/time.js';
import type { EventLog } from '../ports/event-log.js';
import type { NewCall, WebhookSlot } from '../ports/webhook-store.js';
import { cutCalls } from './cut.js';
import { readUnits } from './read-units.js';
import type { Unit } from './units.js';

/** What stands in the log after a cursor, cut into calls. */
export interface CallsRead {
  readonly made: readonly NewCall[];
  /** What each of them tells, in their order: JSON texts. */
  readonly told: readonly (readonly string[])[];
  /** The cursor that belongs to them. */
  readonly until: number;
  /** Events are there that wait for more. */
  readonly isWaiting: boolean;
}

export interface CallReaderHouse {
  readonly events: Pick<EventLog, 'readBlocks'>;
  readonly newCallId: (now: EpochMs) => string;
}

/** Reads calls of one endpoint. It remembers since when it saw what waits for more, so that no clock holds it back for ever. */
export function createCallReader(
  house: CallReaderHouse,
): (endpoint: WebhookSlot['endpoint'], cursor: number, callsMax: number, now: EpochMs) => Promise<CallsRead> {
  let waiting: { readonly seq: number; readonly seenAt: EpochMs } | undefined;

  return async (endpoint, cursor, callsMax, now) => {
    const { id, app, types, level, maxEvents, maxWaitMs } = endpoint;
    const reader = { app, endpoint: id, types, level };
    const { units, scanned, isCutOff } = await readUnits(house.events, reader, cursor, callsMax * maxEvents);
    const [head] = units;
    if (head !== undefined && waiting?.seq !== head.seq) waiting = { seq: head.seq, seenAt: now };
    const seenAt = waiting?.seenAt ?? now;
    // By whichever clock came first: another process, whose clock is ahead, may have written it.
    const isRipe = ({ at, seq }: Unit) =>
      isCutOff || now >= Math.min(at, seq === waiting?.seq ? seenAt : now) + maxWaitMs;
    const { calls, isAll, waiting: rest } = cutCalls(units, { maxEvents, callsMax, isRipe });
    const until = isAll ? scanned : (calls.at(-1)?.at(-1)?.through ?? cursor);
    return {
      made: calls.map((call, index) => ({
        id: house.newCallId(now),
        firstEvent: index === 0 ? cursor + 1 : (calls[index - 1]?.at(-1)?.through ?? cursor) + 1,
        lastEvent: call.at(-1)?.through ?? until,
        events: call.length,
        ...{ types, level },
      })),
      told: calls.map((call) => call.map(({ json }) => json)),
      until,
      isWaiting: rest !== undefined,
    };
  };
}
