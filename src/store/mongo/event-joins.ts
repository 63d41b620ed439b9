import type { EventBlock } from '../../domain/event-block.js';
import type { Json, JsonObject } from '../../domain/json.js';
import { MESSAGES } from './documents/messages.js';
import { op } from './engine/collection.js';
import type { Ground } from './ground.js';

/** Adds to blocks of one app what events do not hold themselves: it goes with the record that it belongs to. */
export async function joinRecords(
  ground: Ground,
  app: string,
  blocks: readonly EventBlock[],
): Promise<readonly EventBlock[]> {
  return joinMessages(ground, app, blocks);
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

function isText(value: Json | undefined): value is string {
  return typeof value === 'string';
}
