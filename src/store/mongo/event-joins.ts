import type { EventType } from '../../domain/event.js';
import type { EventBlock } from '../../domain/event-block.js';
import type { Json, JsonObject } from '../../domain/json.js';
import { MESSAGES } from './documents/messages.js';
import { op } from './engine/collection.js';
import { readFeedback } from './feedback.js';
import type { Ground } from './ground.js';
import { readUpstreamData } from './upstream-read.js';

/** Adds to blocks of one app what events do not hold themselves: it goes with the record that it belongs to. */
export async function joinRecords(
  ground: Ground,
  app: string,
  blocks: readonly EventBlock[],
): Promise<readonly EventBlock[]> {
  return joinFeedback(ground, app, await joinUpstream(ground, app, await joinMessages(ground, app, blocks)));
}

/** `metadata` and `tags` of the message that an event names. */
async function joinMessages(
  { db }: Ground,
  app: string,
  blocks: readonly EventBlock[],
): Promise<readonly EventBlock[]> {
  const names = new Set(
    blocks.flatMap(({ common, entries }) => [common, ...entries].map(({ message }) => message).filter(isText)),
  );
  if (names.size === 0) return blocks;
  const found = await db.run(() =>
    db
      .of(MESSAGES)
      .find({ _id: op({ $in: [...names] }), app })
      .select({ metadata: 1, tags: 1 })
      .lean(),
  );
  const said = new Map(
    found.map(({ _id, metadata, tags }) => [
      _id,
      { metadata: metadata === undefined ? {} : (JSON.parse(metadata) as JsonObject), tags: tags ?? [] },
    ]),
  );
  const join = (part: JsonObject): JsonObject => {
    const of = isText(part.message) ? said.get(part.message) : undefined;
    return of === undefined ? part : { ...part, ...of };
  };
  return blocks.map((block) => ({ ...block, common: join(block.common), entries: block.entries.map(join) }));
}

/** `data` of the upstream message that an event names by its id, `up_` and its position. */
async function joinUpstream(
  ground: Ground,
  app: string,
  blocks: readonly EventBlock[],
): Promise<readonly EventBlock[]> {
  const positions = blocks
    .filter(({ type }) => type === 'client.upstream')
    .flatMap(({ entries }) => entries.map(positionOf).filter((position) => position !== undefined));
  if (positions.length === 0) return blocks;
  const said = await readUpstreamData(ground, app, positions);
  return joinData(blocks, 'client.upstream', (entry) => said.get(positionOf(entry) ?? 0));
}

/** `data` of the feedback that an event names. */
async function joinFeedback(
  ground: Ground,
  app: string,
  blocks: readonly EventBlock[],
): Promise<readonly EventBlock[]> {
  const ids = blocks
    .filter(({ type }) => type === 'receipt.feedback')
    .flatMap(({ entries }) => entries.map(({ id }) => id).filter(isText));
  if (ids.length === 0) return blocks;
  const said = await readFeedback(ground, app, ids);
  return joinData(blocks, 'receipt.feedback', ({ id }) => (isText(id) ? said.get(id) : undefined));
}

function joinData(
  blocks: readonly EventBlock[],
  type: EventType,
  dataOf: (entry: JsonObject) => Json | undefined,
): readonly EventBlock[] {
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
