import type { EpochMs } from '../../../domain/time.js';
import type { Aggregate } from '../documents/aggregate.js';
import { CHUNKS } from '../documents/chunks.js';
import { DELIVERIES, type DeliveryDoc } from '../documents/deliveries.js';
import type { Call } from '../engine/call.js';
import { type CollectionSpec, op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';
import { type Ground, together } from '../ground.js';
import type { Owed } from '../writing/outbox.js';

/** A delivery that somebody changed, and what it owes by that. */
export interface Turn {
  readonly document: Pick<DeliveryDoc, '_id' | 'message' | 'key'> & Pick<Aggregate, 'out'>;
  readonly share: Owed;
}

/** Documents that owe by calls that came before. */
interface Earlier {
  readonly spec: CollectionSpec<Aggregate>;
  readonly ids: readonly string[];
  readonly calls: readonly string[];
}

/** How long it is waited for whoever has to tell first. They are under way; else they have died, and it takes longer. */
const WAIT_MAX_MS = 2_000;

/**
 * As `Outbox.settle`, for deliveries: what was owed of them before is told first, so that nobody hears that one was displayed
 * before it was sent. Where that does not happen soon everything is left to `Outbox.recover`, which goes in turn.
 *
 * @param turns as they were before they were changed, or as they were made
 */
export async function settleInTurn(ground: Ground, call: Call, turns: readonly Turn[], at: EpochMs): Promise<void> {
  const owing = turns.filter(({ share }) => ground.outbox.pending(call, share, at) !== undefined);
  if (owing.length === 0) return;
  const telling = owing.filter(({ share }) => share.events !== undefined && share.events.length > 0);
  if (!(await haveTold(ground.db, await findEarlier(ground.db, telling, call)))) return;
  const ids = owing.map(({ document }) => document._id);
  await ground.outbox.settle(call, [{ spec: DELIVERIES, ids }], together(owing.map(({ share }) => share)), at);
}

/** What these deliveries owe themselves, and what chunks owe that they lie in. */
async function findEarlier(db: Database, telling: readonly Turn[], { o }: Call): Promise<readonly Earlier[]> {
  if (telling.length === 0) return [];
  const messages = [...new Set(telling.map(({ document }) => document.message))];
  const filter = { message: op({ $in: messages }), 'out.o': op({ $gt: '' }) };
  const chunks = await db.run(() =>
    db
      .of(CHUNKS)
      .find(filter as never)
      .select({ message: 1, firstKey: 1, lastKey: 1, out: 1 })
      .lean(),
  );
  const covering = chunks.filter(({ message, firstKey, lastKey }) =>
    telling.some(({ document: { message: of, key } }) => of === message && firstKey <= key && key <= lastKey),
  );
  const own = telling.map(({ document }) => document).filter(({ out = [] }) => out.some((each) => each.o !== o));
  return [earlier(CHUNKS, covering, o), earlier(DELIVERIES, own, o)].filter(({ ids }) => ids.length > 0);
}

function earlier(
  spec: CollectionSpec<Aggregate>,
  documents: readonly Pick<Aggregate, '_id' | 'out'>[],
  own: string,
): Earlier {
  const calls = documents.flatMap(({ out = [] }) => out.map(({ o }) => o)).filter((o) => o !== own);
  return { spec, ids: documents.map(({ _id }) => _id), calls: [...new Set(calls)] };
}

async function haveTold(db: Database, earlier: readonly Earlier[]): Promise<boolean> {
  const until = performance.now() + WAIT_MAX_MS;
  let open = earlier;
  for (let pauseMs = 4; open.length > 0; pauseMs = Math.min(pauseMs * 2, 100)) {
    if (performance.now() > until) return false;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    const left: Earlier[] = [];
    for (const each of open) {
      const filter = { _id: op({ $in: [...each.ids] }), 'out.o': op({ $in: [...each.calls] }) };
      const found = await db.run(() =>
        db
          .of(each.spec)
          .find(filter as never)
          .select({ _id: 1 })
          .lean(),
      );
      if (found.length > 0) left.push({ ...each, ids: found.map(({ _id }) => _id) });
    }
    open = left;
  }
  return true;
}
