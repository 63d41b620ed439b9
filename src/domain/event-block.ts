import type { EventType, LoggedEvent } from './event.js';
import type { Json, JsonObject } from './json.js';
import type { EpochMs } from './time.js';

/** Events of one type that were written together; what they share stands once. */
export interface EventBlock {
  readonly app: string;
  /** Of the first event; the others follow without a hole. */
  readonly seq: number;
  /** A part of the ids of all events of this log. */
  readonly mark: string;
  readonly type: EventType;
  readonly at: EpochMs;
  readonly common: JsonObject;
  /** What each event has besides. */
  readonly entries: readonly JsonObject[];
}

/** The same for the same event, however often it is read. */
export function eventId(mark: string, seq: number): string {
  return `evt_${mark}_${seq}`;
}

/** Each event of a block. */
export function eventsOf(block: EventBlock): readonly LoggedEvent[] {
  return block.entries.map((entry, index) => eventOf(block, block.seq + index, { ...block.common, ...entry }));
}

/**
 * A block as one event, with the number of its first: what its events share, `count`, and `reasons` with how many ended for
 * each.
 */
export function summaryOf(block: EventBlock): LoggedEvent {
  const { reason: shared, at: _, ...common } = block.common;
  const reasons = new Map<string, number>();
  for (const entry of block.entries) {
    const reason: Json | undefined = entry.reason ?? shared;
    if (typeof reason === 'string') reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  return eventOf(block, block.seq, {
    ...common,
    count: block.entries.length,
    ...(reasons.size === 0 ? {} : { reasons: Object.fromEntries([...reasons].sort(([a], [b]) => (a < b ? -1 : 1))) }),
  });
}

function eventOf(block: EventBlock, seq: number, data: JsonObject): LoggedEvent {
  return { app: block.app, seq, id: eventId(block.mark, seq), type: block.type, at: block.at, data };
}
