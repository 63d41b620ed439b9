import { isOver, MARK, type Progress } from '../../../domain/chunk.js';
import { REALTIME } from '../../../domain/route.js';
import type { ChunkAdvance } from '../../../ports/chunk-store.js';
import { remember } from '../../shared/unkept-memory.js';
import { CHUNK_ENDS, type ChunkDoc, type ChunkStage, DUE_CANCELED } from '../documents/chunks.js';
import { bytesOf } from '../engine/bytes.js';
import type { CountStep } from '../messages/count-writes.js';
import type { MessageFacts } from '../messages/message-facts.js';
import type { Change } from '../writing/change.js';

/**
 * What its holder's word makes of a chunk. One that is done forgets whom it was for, and a late word of the same holder, said
 * before that, opens it no more.
 */
export function advancedFields(change: ChunkAdvance, chunk: ChunkDoc, memoryPepper: string): Change<ChunkDoc> {
  const { progress, effects, next } = change;
  if (chunk.isDone && next.kind !== 'done') return {};
  const isStillDue = next.kind !== 'release' || chunk.isCanceled;
  const memory = remember(
    memoryPepper,
    change.unkept.filter(({ index }) => isOpen(chunk, index)),
  );
  return {
    set: {
      progress: JSON.stringify(progress),
      ...countsOf(progress),
      stage: stageAfter(next, chunk),
      isDone: next.kind === 'done',
      isBlocked: next.kind === 'release' && next.blocked,
      isMoving: effects.some(({ kind }) => kind === 'step'),
      hasEffects: effects.length > 0,
      ...(effects.length === 0 ? {} : { effects: JSON.stringify(effects) }),
      ...(isStillDue ? {} : { dueAt: next.dueAt }),
      ...(chunk.isCanceled ? { dueAt: DUE_CANCELED } : {}),
      ...(next.kind === 'hold' ? { leaseUntil: next.leaseUntil } : {}),
      ...(next.kind === 'done' ? { targets: '[]' } : {}),
      ...(memory.length === 0 ? {} : { unkept: Buffer.concat([bytesOf(chunk.unkept), memory]) }),
    },
    unset: [
      ...(effects.length === 0 ? (['effects'] as const) : []),
      ...(next.kind === 'hold' ? [] : (['leaseUntil', 'holder', 'takenBy'] as const)),
      ...(next.kind === 'release' ? [] : (['handedUntil'] as const)),
    ],
  };
}

/** Whether these fields would change nothing. */
export function isAsItIs(chunk: ChunkDoc, { set = {}, unset = [] }: Change<ChunkDoc>): boolean {
  // What was read of a chunk is without its targets, which only go when it is done.
  const fields = Object.entries(set).filter(([field]) => field !== 'targets') as [keyof ChunkDoc, unknown][];
  return fields.every(([field, value]) => chunk[field] === value) && unset.every((field) => chunk[field] === undefined);
}

/** Whether the chunk has not recorded an end of this target: whoever was told it, was told it then. */
export function isOpen(chunk: Pick<ChunkDoc, 'progress'>, index: number): boolean {
  return !isOver((JSON.parse(chunk.progress) as Progress).marks[index]); // written by the chunk store from the same type
}

/** A word that comes again, after the chunk was handed to the queue, leaves it there. */
function stageAfter(next: ChunkAdvance['next'], chunk: ChunkDoc): ChunkStage {
  if (next.kind === 'done') return 'over';
  if (next.kind === 'hold') return 'held';
  return chunk.stage === 'handed' ? 'handed' : 'free';
}

function countsOf({ marks, counts, reasons, live }: Progress) {
  return {
    ...Object.fromEntries(CHUNK_ENDS.map((end) => [end, counts[end] ?? 0])),
    liveSent: live?.sent ?? 0,
    liveDelivered: live?.delivered ?? 0,
    moved: marks.split(MARK.moved).length - 1,
    reasons: JSON.stringify(reasons),
  };
}

/** What the chunk counts beyond what it had counted; a part of it may have ended over the connection. */
export function countedSteps({ progress }: ChunkAdvance, chunk: ChunkDoc, facts: MessageFacts): readonly CountStep[] {
  const now = { ...chunk, ...countsOf(progress) } as ChunkDoc;
  const more = (count: (of: ChunkDoc) => number) => count(now) - count(chunk);
  const step = (provider: string | null, name: string, n: number): CountStep => ({
    app: facts.app,
    message: chunk.message,
    class: facts.class,
    acceptedAt: facts.acceptedAt,
    provider,
    platform: chunk.platform ?? null,
    kind: 'hour',
    name,
    n,
  });
  const own = chunk.provider ?? null;
  return [
    step(
      own,
      'sent',
      more((of) => of.sent + of.delivered - of.liveSent - of.liveDelivered),
    ),
    step(
      own,
      'delivered',
      more((of) => of.delivered - of.liveDelivered),
    ),
    step(
      REALTIME,
      'sent',
      more((of) => of.liveSent + of.liveDelivered),
    ),
    step(
      REALTIME,
      'delivered',
      more((of) => of.liveDelivered),
    ),
    ...(['failed', 'expired', 'suppressed', 'canceled'] as const).map((end) =>
      step(
        own,
        end,
        more((of) => of[end]),
      ),
    ),
  ].filter(({ n }) => n !== 0);
}
