import type { AcceptedMessage } from '../../../domain/accepted-message.js';
import { GatewayError } from '../../../domain/errors.js';
import type { EpochMs } from '../../../domain/time.js';
import { WRITERS_KEPT } from '../documents/aggregate.js';
import { MESSAGES, type MessageDoc } from '../documents/messages.js';
import type { Call } from '../engine/call.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';
import { insertNew } from '../writing/insert-new.js';
import { unclaimed } from './message-docs.js';

/** What became of a message that was to be inserted. */
export type Placed =
  | { readonly kind: 'created' }
  /** It is there: a repeated store call whose answer was lost. `owes`: what followed from it was not all done. */
  | { readonly kind: 'repeated'; readonly owes: boolean }
  /** Another one holds its claim. */
  | { readonly kind: 'replayed'; readonly fingerprint: string; readonly accepted: AcceptedMessage };

/** Each look is lost only to another call that took the ended claim over meanwhile, and that one's answer is then told. */
const LOOKS_MAX = 5;

/**
 * Inserts messages whose claims are free, or have ended; of twins among them the first. The unique index decides between
 * calls: a claim and its message are one document.
 *
 * @returns one for each, in order
 * @throws GatewayError `idempotency_in_progress`
 */
export async function placeMessages(
  db: Database,
  documents: readonly MessageDoc[],
  call: Call,
  now: EpochMs,
): Promise<readonly Placed[]> {
  const model = db.of(MESSAGES);
  const placed = new Map<MessageDoc, Placed>();
  for (let look = 0; look < LOOKS_MAX; look++) {
    const open = documents.filter((document) => !placed.has(document));
    const first = firstOfEach(open);
    const refused = new Set(await insertNew(db, model, first));
    for (const document of first) if (!refused.has(document._id)) placed.set(document, { kind: 'created' });
    const taken = open.filter((document) => !placed.has(document));
    if (taken.length === 0) return documents.flatMap((document) => placed.get(document) ?? []);
    await readTwins(db, taken, placed, call, now);
  }
  if (placed.size === documents.length) return documents.flatMap((document) => placed.get(document) ?? []);
  throw new GatewayError(
    'idempotency_in_progress',
    'requests with the same Idempotency-Key arrived at once; try again',
    { retryAfterSeconds: 1 },
  );
}

function firstOfEach(documents: readonly MessageDoc[]): MessageDoc[] {
  const first = new Map<string, MessageDoc>();
  for (const document of documents) if (!first.has(document.claim)) first.set(document.claim, document);
  return [...first.values()];
}

/** Finds who holds the claims; those whose time has ended are taken from them. */
async function readTwins(
  db: Database,
  taken: readonly MessageDoc[],
  placed: Map<MessageDoc, Placed>,
  { o }: Call,
  now: EpochMs,
): Promise<void> {
  const model = db.of(MESSAGES);
  const claims = op({ $in: [...new Set(taken.map(({ claim }) => claim))] });
  const ids = op({ $in: [...new Set(taken.map(({ _id }) => _id))] });
  const [holders, own] = await Promise.all([
    db.run(() => model.find({ claim: claims }).select({ claim: 1, claimUntil: 1, fingerprint: 1, accepted: 1 }).lean()),
    db.run(() => model.find({ _id: ids }).select({ out: 1 }).lean()),
  ]);
  const byClaim = new Map(holders.map((holder) => [holder.claim, holder]));
  const byId = new Map(own.map((document) => [document._id, document]));
  const ended = new Map<string, object>();
  for (const document of taken) {
    const repeated = byId.get(document._id);
    const holder = byClaim.get(document.claim);
    if (repeated !== undefined) placed.set(document, { kind: 'repeated', owes: (repeated.out ?? []).length > 0 });
    else if (holder !== undefined && holder.claimUntil > now) {
      const accepted = JSON.parse(holder.accepted) as AcceptedMessage; // written by `messageDoc`
      placed.set(document, { kind: 'replayed', fingerprint: holder.fingerprint, accepted });
    } else if (holder !== undefined) {
      const { _id, claim, claimUntil } = holder;
      const update = {
        $set: { claim: unclaimed(_id) },
        $inc: { rev: 1 },
        $push: { w: { $each: [o], $slice: -WRITERS_KEPT } },
      };
      ended.set(claim, { updateOne: { filter: { _id, claim, claimUntil }, update } });
    }
  }
  if (ended.size > 0) await db.run(() => model.bulkWrite([...ended.values()] as never, { ordered: false }));
}
