import type { Json } from '../../../domain/json.js';
import type { EpochMs } from '../../../domain/time.js';
import type { ChunkAdvance } from '../../../ports/chunk-store.js';
import { unkeptPepper } from '../../shared/unkept-memory.js';
import { tellingsOf } from '../deliveries/moves.js';
import {
  countedReach,
  isNothing,
  type News,
  namedIn,
  recordedAs,
  recordNews,
} from '../deliveries/record-deliveries.js';
import { CHUNKS, type ChunkDoc } from '../documents/chunks.js';
import { type Ground, type Known, lookUp } from '../ground.js';
import { changeEach } from '../writing/change.js';
import type { Owed } from '../writing/outbox.js';
import { stillOwing } from '../writing/still-owed.js';
import { advancedFields, countedSteps, isAsItIs, isOpen } from './chunk-fields.js';

/** The kind of what a chunk owes to the records of its deliveries. */
export const RECORDS = 'records';

/**
 * See `ChunkStore.advance`. Each chunk is written with what its records are to be; then these are, whatever was told of them
 * before. Whoever reads deliveries finds what is between the two in the chunk.
 *
 * Who writes a record of its own looks into the chunk afterwards (`receipts`), and here the chunk is written first and records
 * are looked for afterwards: whoever comes second sees the other.
 */
export async function advanceChunks(
  ground: Ground,
  changes: readonly ChunkAdvance[],
  now: EpochMs,
): Promise<readonly string[]> {
  if (changes.length === 0) return [];
  const { db, outbox, atRest } = ground;
  const call = outbox.begin();
  const memoryPepper = unkeptPepper(atRest);
  const byId = new Map(changes.map((change) => [change.id, change]));
  const changeOf = (chunk: ChunkDoc) => {
    const change = byId.get(chunk._id);
    return change?.fence === chunk.fence ? change : undefined;
  };
  const asked = new Map<string, Asked>();
  let known: Known | undefined;

  const prepare = async (chunks: readonly ChunkDoc[]) => {
    // Once: a fence that was old stays so, and of others no more is asked the next time.
    known ??= await lookUpFor(ground, chunks, changeOf, now);
    const about = known;
    return (chunk: ChunkDoc) => {
      const change = changeOf(chunk);
      if (change === undefined) return undefined;
      const news = newsOf(change, chunk, about);
      const fields = advancedFields(change, chunk, memoryPepper);
      if (isAsItIs(chunk, fields)) {
        asked.set(chunk._id, { news, share: {}, isSame: true });
        return undefined;
      }
      const share = shareOf(change, chunk, about, news, now);
      asked.set(chunk._id, { news, share, isSame: false });
      return { ...fields, out: outbox.pending(call, share, now) };
    };
  };
  const written = await changeEach(db, db.of(CHUNKS), [...byId.keys()], call, prepare, { without: ['targets'] });

  // Also of what was said before: whoever said it may not have come to its records.
  const advanced = new Map([...asked].filter(([id, { isSame }]) => isSame || written.has(id)));
  const owing = [...advanced].filter(([, { share }]) => outbox.pending(call, share, now) !== undefined);
  const still = await stillOwing(
    db,
    CHUNKS,
    owing.map(([id]) => id),
    call,
  );
  const news = [...advanced].flatMap(([id, each]) => {
    return isNothing(each.news) || !(each.isSame || still.has(id)) ? [] : [each.news];
  });
  if (known !== undefined && owing.length + news.length > 0) {
    await recordNews(ground, call, news, known, now, {
      debtors: [{ spec: CHUNKS, ids: owing.map(([id]) => id) }],
      shares: owing.map(([, { share }]) => share),
    });
  }
  return changes.filter(({ id }) => !advanced.has(id)).map(({ id }) => id);
}

interface Asked {
  readonly news: News;
  readonly share: Owed;
  /** The chunk says so already. */
  readonly isSame: boolean;
}

/** Lets `recover` write the records that a chunk was left with. */
export function carryRecords(ground: Ground): void {
  ground.outbox.carries(RECORDS, async (_, what, at) => {
    const news = what as unknown as News; // written by `shareOf`
    const call = ground.outbox.begin();
    const known = await lookUp(ground, namedIn([news]), at);
    await recordNews(ground, call, [news], known, at);
  });
}

function lookUpFor(
  ground: Ground,
  chunks: readonly ChunkDoc[],
  changeOf: (chunk: ChunkDoc) => ChunkAdvance | undefined,
  now: EpochMs,
): Promise<Known> {
  const named = chunks.flatMap((chunk) => {
    const change = changeOf(chunk);
    if (change === undefined) return [];
    // The chunk itself, for what it counts.
    const own = { app: chunk.app, message: chunk.message, queuedAt: now };
    return [own, ...namedIn([{ app: chunk.app, kept: change.deliveries, unkept: change.unkept }])];
  });
  return lookUp(ground, named, now);
}

function newsOf(change: ChunkAdvance, chunk: ChunkDoc, { isErased, wanted }: Known): News {
  const { app, provider, platform } = chunk;
  const isTold = ({ user, queuedAt }: { user: string | null; queuedAt: EpochMs }) => !isErased({ app, user, queuedAt });
  const isBlocked = change.next.kind === 'release' && change.next.blocked && provider !== undefined;
  return {
    app,
    ...(platform === undefined ? {} : { platform }),
    kept: change.deliveries.filter(isTold),
    unkept: change.unkept.filter(isTold),
    ...(isBlocked && wanted(app, 'message.blocked') ? { blocked: { app, message: chunk.message, provider } } : {}),
  };
}

/** What it counts, what it tells of whom no record will tell, and the records. */
function shareOf(change: ChunkAdvance, chunk: ChunkDoc, known: Known, news: News, now: EpochMs): Owed {
  const facts = known.facts.get(chunk.message);
  const unkept = news.unkept.filter(({ index }) => isOpen(chunk, index));
  return {
    steps: facts === undefined ? [] : countedSteps(change, chunk, facts),
    events: unkept.flatMap((delivery) =>
      tellingsOf(
        {
          now: recordedAs(news, delivery),
          from: delivery.state,
          isNew: true,
          fromReached: countedReach(delivery.state),
        },
        known.wanted,
        now,
      ),
    ),
    ...(isNothing(news) ? {} : { work: { kind: RECORDS, what: news as unknown as Json } }),
  };
}
