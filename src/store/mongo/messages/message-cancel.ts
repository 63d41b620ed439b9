import type { EpochMs } from '../../../domain/time.js';
import { WRITERS_KEPT } from '../documents/aggregate.js';
import { CHUNKS, DUE_CANCELED } from '../documents/chunks.js';
import { MESSAGES, type MessageDoc } from '../documents/messages.js';
import type { Ground } from '../ground.js';
import { changeEach } from '../writing/change.js';
import type { Owed } from '../writing/outbox.js';
import { countSilent, secondLook, silentSteps } from './silent-ends.js';

const KIND = 'cancel';

/** {@link MessageStore.cancel}. */
export async function cancelMessage(ground: Ground, app: string, id: string, now: EpochMs): Promise<boolean> {
  const { db, events, outbox } = ground;
  const wanted = await events.wanted([app]);
  const call = outbox.begin();
  let isKnown = false;
  let owed: Owed = {};
  const canceled = await changeEach<MessageDoc>(db, db.of(MESSAGES), [id], call, async (documents) => {
    isKnown = documents.some((document) => document.app === app);
    const silent = await countSilent(ground, documents);
    return (document) => {
      const isOver = document.canceledAt !== undefined || document.completedAt !== undefined;
      if (!isKnown || isOver) return undefined;
      const said = silent.get(id);
      owed = {
        steps: said === undefined ? [] : silentSteps(document, 'canceled', said),
        events: wanted(app, 'message.canceled')
          ? [{ app, type: 'message.canceled', common: {}, entry: { message: id } }]
          : [],
        ...(document.nextChunk === 0 ? {} : { work: { kind: KIND, what: null } }),
      };
      // What goes to everyone at once is planned when it has gone: whoever does that says how many it went to.
      const isPlanned = document.planned || document.isAnnouncing !== true;
      return {
        set: { canceledAt: now, planned: isPlanned, isOpen: isPlanned },
        out: outbox.pending(call, owed, now),
        later: said === undefined ? [] : [secondLook(ground, 'canceled', said, now)],
      };
    };
  });
  if (canceled.size > 0 && outbox.pending(call, owed, now) !== undefined) {
    if (owed.work !== undefined) await cancelChunks(ground, app, id, call.o);
    await outbox.settle(call, [{ spec: MESSAGES, ids: [id] }], owed, now);
  }
  return isKnown;
}

/**
 * A chunk that is written afterwards is due at once, too, and whoever takes it reads the message after it was canceled.
 */
async function cancelChunks({ db }: Ground, app: string, message: string, o: string): Promise<void> {
  const model = db.of(CHUNKS);
  await db.run(() =>
    model.updateMany(
      { app, isDone: false, message, isCanceled: false },
      {
        $set: { isCanceled: true, isBlocked: false, dueAt: DUE_CANCELED },
        $inc: { rev: 1 },
        $push: { w: { $each: [o], $slice: -WRITERS_KEPT } },
      },
    ),
  );
}

/** Lets `recover` tell chunks that somebody canceled their message. */
export function carryCancels(ground: Ground): void {
  ground.outbox.carries(KIND, async (source) => {
    const { app, _id } = source as MessageDoc; // only messages owe it
    await cancelChunks(ground, app, _id, KIND);
  });
}
