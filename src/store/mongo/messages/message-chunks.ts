import type { Json } from '../../../domain/json.js';
import type { EpochMs } from '../../../domain/time.js';
import { chunkDoc, type PlannedChunk } from '../chunks/chunk-docs.js';
import { CHUNKS } from '../documents/chunks.js';
import type { MessageDoc } from '../documents/messages.js';
import type { Ground } from '../ground.js';
import { insertNew } from '../writing/insert-new.js';
import type { Owed } from '../writing/outbox.js';

const KIND = 'chunks';

/** What a message owes that has chunks which are still to be written. */
export function owedChunks(chunks: readonly PlannedChunk[]): NonNullable<Owed['work']> {
  return { kind: KIND, what: chunks as readonly object[] as Json };
}

/** Chunks of one message. */
export interface ChunksOf {
  readonly message: Pick<MessageDoc, '_id' | 'app' | 'class'>;
  readonly chunks: readonly PlannedChunk[];
}

/** Writes chunks; one that is there stays as it is, however far it has come. */
export async function writeChunks({ db }: Ground, these: readonly ChunksOf[], now: EpochMs, o: string): Promise<void> {
  const documents = these.flatMap(({ message, chunks }) => chunks.map((chunk) => chunkDoc(message, chunk, now, o)));
  await insertNew(db, db.of(CHUNKS), documents);
}

/** Lets `recover` write the chunks that a message was left with. */
export function carryChunks(ground: Ground): void {
  ground.outbox.carries(KIND, async (source, what, at) => {
    const message = source as MessageDoc; // only messages owe chunks
    const chunks = what as readonly object[] as readonly PlannedChunk[]; // written by `owedChunks`
    await writeChunks(ground, [{ message, chunks }], at, 'recovered');
  });
}
