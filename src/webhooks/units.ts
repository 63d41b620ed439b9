import { isDeepStrictEqual } from 'node:util';
import type { LoggedEvent } from '../domain/event.js';
import { type EventBlock, eventsOf, summaryOf } from '../domain/event-block.js';
import type { WebhookSettings } from '../domain/webhook.js';
import { eventJson } from './wire-event.js';

/** What a call tells as one event. */
export interface Unit {
  /** Sequence number of the last logged event that is in it. */
  readonly through: number;
  readonly seq: number;
  readonly at: number;
  readonly json: string;
}

/**
 * Blocks of the log as an endpoint is told of them. At the level `summary` deliveries are counted, however the reading cut
 * their blocks: the same range always gives the same. An endpoint hears nothing of itself: it would have to work for that.
 */
export function unitsOf(
  blocks: readonly EventBlock[],
  level: WebhookSettings['level'],
  endpoint: string,
): readonly Unit[] {
  if (level === 'events') return blocks.flatMap((block) => eachOf(block, endpoint));
  return joined(blocks).flatMap((block) => (isCounted(block) ? [countOf(block)] : eachOf(block, endpoint)));
}

function eachOf(block: EventBlock, endpoint: string): readonly Unit[] {
  const isAboutEndpoints = block.type.startsWith('webhook.');
  return eventsOf(block)
    .filter(({ data }) => !isAboutEndpoints || data.endpoint !== endpoint)
    .map((event) => unitOf(event, event.seq));
}

function countOf(block: EventBlock): Unit {
  return unitOf(summaryOf(block), block.seq + block.entries.length - 1);
}

function unitOf(event: LoggedEvent, through: number): Unit {
  return { through, seq: event.seq, at: event.at, json: eventJson(event) };
}

function isCounted({ type }: EventBlock): boolean {
  return type.startsWith('delivery.');
}

/** Blocks that follow each other without a hole and say the same are one. */
function joined(blocks: readonly EventBlock[]): readonly EventBlock[] {
  const result: EventBlock[] = [];
  for (const block of blocks) {
    const last = result.at(-1);
    const follows = last !== undefined && isCounted(block) && last.seq + last.entries.length === block.seq;
    if (follows && last.type === block.type && isDeepStrictEqual(last.common, block.common)) {
      result[result.length - 1] = { ...last, entries: [...last.entries, ...block.entries] };
    } else {
      result.push(block);
    }
  }
  return result;
}
