import type { EpochMs } from '../../../domain/time.js';
import { endOf } from '../../shared/completed-event.js';
import type { Pending } from '../documents/aggregate.js';
import { CHUNKS } from '../documents/chunks.js';
import { DELIVERIES } from '../documents/deliveries.js';
import { MESSAGES, type MessageDoc } from '../documents/messages.js';
import type { Call } from '../engine/call.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';
import type { ReadLastWords } from '../events/last-words.js';
import type { Telling } from '../events/telling.js';
import type { Ground } from '../ground.js';
import { readViews, type ViewedDoc } from './message-view.js';

/** A message that was completed, of which somebody wants to hear. */
export interface Ended {
  readonly document: ViewedDoc;
  /** Its own, so that one that has to wait keeps no other waiting. */
  readonly call: Call;
}

const KIND = 'completed';
/** How long it is waited for those who are telling of its deliveries. They are under way; else they have died. */
const WAIT_MAX_MS = 2_000;

/** What a message owes that is completed: its numbers are looked up when it is told. */
export function owedEnd({ outbox }: Ground, call: Call, now: EpochMs): Pending | undefined {
  return outbox.pending(call, { work: { kind: KIND, what: {} } }, now);
}

/** Tells it of each; of those that have to wait for too long it is left to `Outbox.recover`. */
export async function tellEnds(ground: Ground, ended: readonly Ended[], now: EpochMs): Promise<void> {
  const paid = await tellAll(ground, ended, now);
  await ground.outbox.paid(
    MESSAGES,
    paid.map(({ document }) => document._id),
    paid.map(({ call }) => call.o),
  );
}

export function carryEnds(ground: Ground): void {
  ground.outbox.carries(KIND, async (source, _, at, o) => {
    const document = { ...(source as MessageDoc) }; // only messages owe it
    const ended = { document, call: { o, since: -Infinity } };
    if ((await tellAll(ground, [ended], at, document._id)).length > 0) return;
    // More is told of it all the time: its end does not wait for ever.
    const last = { app: document.app, message: document._id, read: readSums(ground.db, [ended]) };
    await ground.events.writeLast(ended.call, last, at, document._id);
  });
}

/** @returns those whose end is told by this call, or was before */
async function tellAll(ground: Ground, ended: readonly Ended[], at: EpochMs, leftIn?: string): Promise<Ended[]> {
  const told: Ended[] = [];
  const until = performance.now() + WAIT_MAX_MS;
  let open = ended;
  for (let pauseMs = 4; open.length > 0; pauseMs = Math.min(pauseMs * 2, 100)) {
    const read = readExact(ground.db, open);
    const answers = await Promise.all(
      open.map(({ document: { app, _id: message }, call }) =>
        ground.events.writeLast(call, { app, message, read }, at, leftIn),
      ),
    );
    told.push(...open.filter((_, i) => answers[i] === 'told'));
    open = open.filter((_, i) => answers[i] === 'not yet');
    if (open.length === 0 || performance.now() > until) break;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return told;
}

function readSums(db: Database, ended: readonly Ended[]): ReadLastWords {
  const documents = new Map(ended.map(({ document }) => [document._id, document]));
  return async (messages) => {
    const views = await readViews(
      db,
      messages.flatMap((id) => documents.get(id) ?? []),
    );
    return new Map(views.map((view) => [view.id, tellingOf(view)]));
  };
}

function tellingOf(view: Awaited<ReturnType<typeof readViews>>[number]): Telling {
  const entry = { message: view.id, ...endOf(view) };
  return { app: view.app, type: 'message.completed', common: {}, entry };
}

/** Looks for debts afterwards: what is counted and not told yet is owed. */
function readExact(db: Database, ended: readonly Ended[]): ReadLastWords {
  const readAll = readSums(db, ended);
  return async (messages) => {
    const sums = await readAll(messages);
    const filter = { message: op({ $in: [...messages] }), 'out.o': op({ $gt: '' }) } as never;
    const [deliveries, chunks] = await Promise.all([
      db.run(() => db.of(DELIVERIES).distinct('message', filter)),
      db.run(() => db.of(CHUNKS).distinct('message', filter)),
    ]);
    const owing = new Set([...deliveries, ...chunks]);
    return new Map([...sums].filter(([message]) => !owing.has(message)));
  };
}
