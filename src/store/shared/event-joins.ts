import type { EventType } from '../../domain/event.js';
import type { EventBlock } from '../../domain/event-block.js';
import type { Json, JsonObject } from '../../domain/json.js';

/** What a store reads for events of one app; of what is gone nothing. */
export interface JoinReads {
  messages(ids: readonly string[]): Promise<ReadonlyMap<string, MessageWords>>;
  /** What upstream messages said, by their positions. */
  upstream(positions: readonly number[]): Promise<ReadonlyMap<number, Json>>;
  feedback(ids: readonly string[]): Promise<ReadonlyMap<string, Json>>;
}

export interface MessageWords {
  readonly metadata: JsonObject;
  readonly tags: readonly string[];
}

type Blocks = readonly EventBlock[];

/** Adds to blocks of one app what events do not hold themselves: it goes with the record that it belongs to. */
export async function joinRecords(reads: JoinReads, blocks: Blocks): Promise<Blocks> {
  return joinFeedback(reads, await joinUpstream(reads, await joinMessages(reads, blocks)));
}

/** `metadata` and `tags` of the message that an event names. */
async function joinMessages(reads: JoinReads, blocks: Blocks): Promise<Blocks> {
  const names = new Set(
    blocks.flatMap(({ common, entries }) => [common, ...entries].map(({ message }) => message).filter(isText)),
  );
  if (names.size === 0) return blocks;
  const said = await reads.messages([...names]);
  const join = (part: JsonObject): JsonObject => {
    const of = isText(part.message) ? said.get(part.message) : undefined;
    return of === undefined ? part : { ...part, ...of };
  };
  return blocks.map((block) => ({ ...block, common: join(block.common), entries: block.entries.map(join) }));
}

/** `data` of the upstream message that an event names by its id, `up_` and its position. */
async function joinUpstream(reads: JoinReads, blocks: Blocks): Promise<Blocks> {
  const positions = entriesOf(blocks, 'client.upstream').flatMap((entry) => positionOf(entry) ?? []);
  if (positions.length === 0) return blocks;
  const said = await reads.upstream(positions);
  return joinData(blocks, 'client.upstream', (entry) => said.get(positionOf(entry) ?? 0));
}

/** `data` of the feedback that an event names. */
async function joinFeedback(reads: JoinReads, blocks: Blocks): Promise<Blocks> {
  const ids = entriesOf(blocks, 'receipt.feedback')
    .map(({ id }) => id)
    .filter(isText);
  if (ids.length === 0) return blocks;
  const said = await reads.feedback(ids);
  return joinData(blocks, 'receipt.feedback', ({ id }) => (isText(id) ? said.get(id) : undefined));
}

function entriesOf(blocks: Blocks, type: EventType): JsonObject[] {
  return blocks.filter((block) => block.type === type).flatMap(({ entries }) => entries);
}

function joinData(blocks: Blocks, type: EventType, dataOf: (entry: JsonObject) => Json | undefined): Blocks {
  const join = (entry: JsonObject): JsonObject => {
    const data = dataOf(entry);
    return data === undefined ? entry : { ...entry, data };
  };
  return blocks.map((block) => (block.type === type ? { ...block, entries: block.entries.map(join) } : block));
}

function positionOf({ id }: JsonObject): number | undefined {
  const digits = isText(id) ? /^up_(\d{1,15})$/.exec(id)?.[1] : undefined;
  return digits === undefined ? undefined : Number(digits);
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string';
}
