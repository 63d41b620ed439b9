import { ERASED_USER } from '../../../domain/chunk.js';
import { CHUNKS, type ChunkDoc } from '../documents/chunks.js';
import { MESSAGES } from '../documents/messages.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';
import { changeEach } from '../writing/change.js';
import { untilSettled } from '../writing/settled.js';
import { textIn } from '../writing/text-in.js';

/** Chunks rewritten by one step: at most 128,000 targets. */
const CHUNKS_PER_STEP = 256;

/** See `ErasureStore.scrubChunks`. */
export async function scrubChunks(
  ground: Ground,
  app: string,
  user: string,
  cursor: string | undefined,
): Promise<string | undefined> {
  const { db } = ground;
  // Chunks that a message owes are written with the names that they had.
  if (cursor === undefined) await untilSettled(db, MESSAGES, { app });
  const behind = { app, isDone: false, message: op({ $gt: cursor ?? '' }) };
  const open = await db.run(() =>
    db
      .of(CHUNKS)
      .find(behind as never, { message: 1 })
      .sort({ message: 1 })
      .limit(CHUNKS_PER_STEP)
      .lean(),
  );
  // Of the last message there may be more chunks than fit.
  const edge = open.length < CHUNKS_PER_STEP ? undefined : open.at(-1)?.message;
  await scrub(ground, { _id: op({ $in: open.map(({ _id }) => _id) }) }, user);
  if (edge !== undefined) await scrub(ground, { message: edge, isDone: false }, user);
  // What its holder has recorded may be on its way to the records.
  else await untilSettled(db, CHUNKS, { app });
  return edge;
}

async function scrub({ db, outbox }: Ground, of: object, user: string): Promise<void> {
  const model = db.of(CHUNKS);
  const named = nameIn(user);
  const naming = await db.run(() => model.find({ ...of, targets: textIn(named) } as never, { _id: 1 }).lean());
  const ids = naming.map(({ _id }) => _id);
  await changeEach<ChunkDoc>(db, model, ids, outbox.begin(), () => ({ isDone, targets }) => {
    if (isDone || !targets.includes(named)) return undefined;
    return { set: { targets: targets.replaceAll(named, () => nameIn(ERASED_USER)) } };
  });
}

/** A user of a chunk's target as it is stored, with what follows: nothing else in a chunk ends so. */
function nameIn(user: string): string {
  return `,${JSON.stringify(user)}]`;
}
