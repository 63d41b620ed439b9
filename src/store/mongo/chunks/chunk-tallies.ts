import type { SettledState } from '../../../domain/delivery.js';
import type { Reason } from '../../../domain/reason.js';
import { REALTIME } from '../../../domain/route.js';
import type { OnRoad } from '../../shared/message-roads.js';
import { CHUNK_ENDS, CHUNKS, type ChunkDoc } from '../documents/chunks.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';

const NUMBERS = [...CHUNK_ENDS, 'targetCount', 'moved', 'liveSent', 'liveDelivered'] as const;
type Numbers = Pick<ChunkDoc, (typeof NUMBERS)[number]>;

/** What chunks of one message have in sum that are alike in provider, and in whether they wait for a stopped account. */
export interface ChunkTally {
  readonly provider: string | null;
  readonly isBlocked: boolean;
  /** Targets that are still the concern of these chunks, or ended in them. */
  readonly stayed: number;
  readonly ends: Readonly<Record<SettledState, number>>;
  readonly reasons: Readonly<Partial<Record<Reason, number>>>;
  /** A part of them may have ended over the connection, whatever the provider. */
  readonly roads: readonly OnRoad[];
}

/** By message; those without chunks are left out. Chunks alike are summed where they lie. */
export async function readTallies(
  db: Database,
  messages: readonly string[],
): Promise<ReadonlyMap<string, readonly ChunkTally[]>> {
  if (messages.length === 0) return new Map();
  const model = db.of(CHUNKS);
  const fields = Object.fromEntries(
    ['message', 'provider', 'isBlocked', 'reasons', ...NUMBERS].map((name) => [name, 1]),
  );
  const filter = { message: op({ $in: [...messages] }) };
  const found = await db.run(() => model.find(filter).select(fields).lean());
  const tallies = new Map<string, ChunkTally[]>();
  for (const chunk of found) {
    const known = tallies.get(chunk.message) ?? [];
    tallies.set(chunk.message, known);
    known.push(toTally(chunk));
  }
  return tallies;
}

function toTally(chunk: Numbers & Pick<ChunkDoc, 'provider' | 'isBlocked' | 'reasons'>): ChunkTally {
  const { sent, delivered, failed, expired, suppressed, canceled } = chunk;
  const provider = chunk.provider ?? null;
  return {
    provider,
    isBlocked: chunk.isBlocked,
    stayed: chunk.targetCount - chunk.moved,
    ends: { sent, delivered, failed, expired, suppressed, canceled },
    reasons: JSON.parse(chunk.reasons) as Partial<Record<Reason, number>>, // written by `advance`
    roads: [
      { provider, name: 'sent', n: sent + delivered - chunk.liveSent - chunk.liveDelivered },
      { provider, name: 'delivered', n: delivered - chunk.liveDelivered },
      { provider: REALTIME, name: 'sent', n: chunk.liveSent + chunk.liveDelivered },
      { provider: REALTIME, name: 'delivered', n: chunk.liveDelivered },
      { provider, name: 'failed', n: failed },
      { provider, name: 'expired', n: expired },
      { provider, name: 'suppressed', n: suppressed },
      { provider, name: 'canceled', n: canceled },
    ],
  };
}
