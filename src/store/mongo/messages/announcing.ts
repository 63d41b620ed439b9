import { WRITERS_KEPT } from '../documents/aggregate.js';
import { MESSAGES, type MessageDoc } from '../documents/messages.js';
import { type Ground, together } from '../ground.js';
import { changeEach } from '../writing/change.js';
import type { Owed } from '../writing/outbox.js';
import type { CountStep } from './count-writes.js';
import { countSilent, secondLook, silentSteps } from './silent-ends.js';

/** See `MessageStore.announcing`. */
export async function noteAnnouncing({ db, outbox }: Ground, id: string): Promise<boolean> {
  const update = {
    $set: { isAnnouncing: true },
    $inc: { rev: 1 },
    $push: { w: { $each: [outbox.begin().o], $slice: -WRITERS_KEPT } },
  };
  const noted = await db.run(() => db.of(MESSAGES).updateOne({ _id: id, planned: false }, update));
  return noted.matchedCount > 0;
}

/** See `MessageStore.announced`. */
export async function endAnnouncing(
  ground: Ground,
  id: string,
  { reached, unreached }: { readonly reached: number; readonly unreached: number },
): Promise<boolean> {
  const { db, outbox } = ground;
  const call = outbox.begin();
  let at = 0;
  let owed: Owed = {};
  const ended = await changeEach<MessageDoc>(
    db,
    db.of(MESSAGES),
    [id],
    call,
    async (documents) => {
      const canceled = documents.filter(({ canceledAt }) => canceledAt !== undefined);
      const silent = await countSilent(
        ground,
        canceled.map((document) => ({ ...document, announcedTo: reached })),
      );
      return (document) => {
        if (document.planned) return undefined;
        const said = silent.get(id);
        const ends = said === undefined ? [] : silentSteps(document, 'canceled', said);
        at = document.createdAt;
        owed = { steps: [...unreachedSteps(document, unreached), ...ends] };
        return {
          set: { planned: true, isOpen: true, isAnnouncing: true, announcedTo: reached + unreached },
          out: outbox.pending(call, owed, at),
          later: said === undefined ? [] : [secondLook(ground, 'canceled', said, at)],
        };
      };
    },
    { without: ['content', 'accepted'] },
  );
  if (ended.size === 0) return false;
  await outbox.settle(call, [{ spec: MESSAGES, ids: [id] }], together([owed]), at);
  return true;
}

/** Devices that nothing of it reaches have failed. */
function unreachedSteps({ _id, app, class: lane, createdAt }: MessageDoc, n: number): CountStep[] {
  if (n === 0) return [];
  const step = (kind: CountStep['kind'], name: string, count: number): CountStep => ({
    ...{ app, message: _id, class: lane, acceptedAt: createdAt, provider: null, platform: null, kind, name, n: count },
  });
  return [step('reason', 'no_registration', n), step('state', 'failed', n), step('state', 'queued', -n)];
}
