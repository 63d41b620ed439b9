import type { JsonObject } from '../../../domain/json.js';
import type { Reason } from '../../../domain/reason.js';
import type { MessageView } from '../../../ports/message-store.js';
import { sumRoads } from '../../shared/message-roads.js';
import { NO_SHIFTS, type Tally, toView, type ViewedMessage } from '../../shared/message-view.js';
import { type ChunkTally, readTallies } from '../chunks/chunk-tallies.js';
import { ACCOUNTS, type AccountDoc } from '../documents/accounts.js';
import type { MessageDoc } from '../documents/messages.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';
import { type Moved, readMoved } from './count-reads.js';
import { termsOf } from './message-docs.js';

/** Fields of a message that views are made of. */
export const VIEW_FIELDS = { content: 0, out: 0, accepted: 0 } as const;
export type ViewedDoc = Omit<MessageDoc, 'content' | 'out' | 'accepted'>;

/** Messages as callers see them, with the sums over their chunks; three queries at most, whatever the number of messages. */
export async function readViews(db: Database, documents: readonly ViewedDoc[]): Promise<MessageView[]> {
  const ids = documents.map(({ _id }) => _id);
  const [tallies, moved] = await Promise.all([readTallies(db, ids), readMoved(db, ids)]);
  const pauses = await readPauses(db, documents, tallies);
  return documents.map((document) => {
    const { _id, app } = document;
    const these = tallies.get(_id) ?? [];
    const { shifts, roads }: Moved = moved.get(_id) ?? { shifts: NO_SHIFTS, roads: [] };
    return toView(viewed(document), {
      planned: document.devices,
      tallies: waiting(these, (provider) => pauses.get(accountOf(app, provider))),
      reasons: sumReasons(these),
      shifts,
      roads: sumRoads([...these.flatMap((tally) => tally.roads), ...roads]),
    });
  });
}

function viewed(document: ViewedDoc): ViewedMessage {
  const { metadata } = document;
  return {
    ...{ id: document._id, app: document.app, class: document.class, terms: termsOf(document) },
    metadata: metadata === undefined ? null : (JSON.parse(metadata) as JsonObject), // written by `messageDoc`
    tags: document.tags ?? null,
    ...{ createdAt: document.createdAt, expiresAt: document.expiresAt, planned: document.planned },
    canceledAt: document.canceledAt ?? null,
    completedAt: document.completedAt ?? null,
    recalledAt: document.recalledAt ?? null,
    announcedTo: document.announcedTo ?? null,
  };
}

/** One tally for each account that is waited for, and one of all the others. */
function waiting(tallies: readonly ChunkTally[], pauseOf: (provider: string) => AccountDoc | undefined): Tally[] {
  const sums = new Map<string, Tally>();
  for (const { provider, isBlocked, stayed, ends } of tallies) {
    const key = `${isBlocked} ${provider ?? ''}`;
    const sum = sums.get(key);
    const pause = isBlocked && provider !== null ? pauseOf(provider) : undefined;
    sums.set(key, {
      ...{ provider, isBlocked, blockedReason: pause?.reason ?? null, blockedSince: pause?.since ?? null },
      stayed: stayed + (sum?.stayed ?? 0),
      ends: sum === undefined ? ends : addEnds(sum.ends, ends),
    });
  }
  return [...sums.values()];
}

function addEnds(one: Tally['ends'], other: Tally['ends']): Tally['ends'] {
  return {
    sent: one.sent + other.sent,
    delivered: one.delivered + other.delivered,
    failed: one.failed + other.failed,
    expired: one.expired + other.expired,
    suppressed: one.suppressed + other.suppressed,
    canceled: one.canceled + other.canceled,
  };
}

function sumReasons(tallies: readonly ChunkTally[]): Partial<Record<Reason, number>> {
  const sum: Partial<Record<Reason, number>> = {};
  for (const { reasons } of tallies) {
    for (const [name, n] of Object.entries(reasons)) {
      const reason = name as Reason; // a key of that record
      sum[reason] = (sum[reason] ?? 0) + n;
    }
  }
  return sum;
}

function accountOf(app: string, provider: string): string {
  return `${app}|${provider}|`;
}

/** Why accounts are stopped that chunks wait for. */
async function readPauses(
  db: Database,
  documents: readonly ViewedDoc[],
  tallies: ReadonlyMap<string, readonly ChunkTally[]>,
): Promise<ReadonlyMap<string, AccountDoc>> {
  const ids = documents.flatMap(({ _id, app }) =>
    (tallies.get(_id) ?? []).flatMap(({ provider, isBlocked }) =>
      isBlocked && provider !== null ? [accountOf(app, provider)] : [],
    ),
  );
  if (ids.length === 0) return new Map();
  const model = db.of(ACCOUNTS);
  const filter = { _id: op({ $in: [...new Set(ids)] }), isPaused: true };
  const found = await db.run(() => model.find(filter).lean());
  return new Map(found.map((account) => [account._id, account]));
}
