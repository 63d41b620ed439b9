import type { EventType } from '../domain/event.js';
import type { EventBlock } from '../domain/event-block.js';
import type { WebhookSettings } from '../domain/webhook.js';
import type { EventLog, EventRange } from '../ports/event-log.js';
import { type Unit, unitsOf } from './units.js';

/** Events of one reading of the log, and of a call that counts them. */
const READ_MAX = 1_000;
const COUNTED_MAX = 10_000;

export interface Reader {
  readonly app: string;
  readonly endpoint: string;
  readonly types: readonly EventType[];
  readonly level: WebhookSettings['level'];
}

export interface ReadUnits {
  readonly units: readonly Unit[];
  /** Everything up to here was looked at. */
  readonly scanned: number;
  /** There may be more behind. */
  readonly isCutOff: boolean;
}

/**
 * What there is to tell after an event: enough for `wanted` units where there are so many, in the end `COUNTED_MAX` events.
 */
export async function readUnits(
  log: Pick<EventLog, 'readBlocks'>,
  reader: Reader,
  after: number,
  wanted: number,
): Promise<ReadUnits> {
  const { app, endpoint, types, level } = reader;
  const blocks: EventBlock[] = [];
  let scanned = after;
  let entries = 0;
  for (;;) {
    const limit = level === 'events' ? Math.min(wanted - entries, READ_MAX) : READ_MAX;
    const page = await log.readBlocks(app, { after: scanned }, types, limit);
    blocks.push(...page.blocks);
    const read = page.blocks.reduce((sum, block) => sum + block.entries.length, 0);
    entries += read;
    scanned = page.scanned;
    const isEnd = read < limit;
    const isEnough = level === 'events' ? entries >= wanted : blocks.length > wanted || entries >= COUNTED_MAX;
    if (isEnd || isEnough) return { units: unitsOf(blocks, level, endpoint), scanned, isCutOff: !isEnd };
  }
}

/** All that a call tells, again; with a range that has an end. */
export async function unitsOfRange(
  log: Pick<EventLog, 'readBlocks'>,
  reader: Reader,
  range: Required<EventRange>,
): Promise<readonly Unit[]> {
  const blocks: EventBlock[] = [];
  let after = range.after;
  while (after < range.through) {
    const page = await log.readBlocks(reader.app, { after, through: range.through }, reader.types, READ_MAX);
    blocks.push(...page.blocks);
    if (page.scanned <= after) break; // nothing there any more
    after = page.scanned;
  }
  return unitsOf(blocks, reader.level, reader.endpoint);
}
