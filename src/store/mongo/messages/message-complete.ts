import type { EpochMs } from '../../../domain/time.js';
import { MESSAGES, type MessageDoc } from '../documents/messages.js';
import { op } from '../engine/collection.js';
import { type Ground, together } from '../ground.js';
import { changeEach } from '../writing/change.js';
import type { Owed } from '../writing/outbox.js';
import { carryEnds, type Ended, owedEnd, tellEnds } from './completed-telling.js';
import { findOver } from './over-messages.js';
import { countSilent, isSecondLook, secondLook, silentSteps } from './silent-ends.js';

/** Messages that are completed by one call that names none. */
const COMPLETE_MAX = 1_000;
/** Messages that are looked at together. */
const PAGE = 500;
/** Open messages that one call looks at which names none; the next one goes on behind them. */
const LOOKED_AT_MAX = 10_000;

/** {@link MessageStore.complete}. */
export function createCompletion(ground: Ground) {
  const { db } = ground;
  carryEnds(ground);
  const model = db.of(MESSAGES);
  /** Behind which message the next look begins that names none. */
  let place = '';

  async function openAfter(after: string): Promise<string[]> {
    const filter = { isOpen: true, _id: op({ $gt: after }) };
    const found = await db.run(() => model.find(filter).sort({ _id: 1 }).limit(PAGE).select({ _id: 1 }).lean());
    return found.map(({ _id }) => _id);
  }

  async function completeAny(now: EpochMs): Promise<string[]> {
    const completed: string[] = [];
    const start = place;
    let hasTurned = start === '';
    for (let looked = 0; looked < LOOKED_AT_MAX && completed.length + PAGE <= COMPLETE_MAX; ) {
      const ids = await openAfter(place);
      place = ids.length < PAGE ? '' : (ids.at(-1) ?? '');
      looked += ids.length;
      completed.push(...(await completeThese(ground, ids, now)));
      // All round, up to where it began.
      if (place === '' ? hasTurned : hasTurned && place >= start && start !== '') break;
      if (place === '') hasTurned = true;
    }
    return completed;
  }

  return async (ids: readonly string[] | undefined, now: EpochMs): Promise<string[]> => {
    if (ids === undefined) return completeAny(now);
    const completed: string[] = [];
    for (let from = 0; from < ids.length; from += PAGE) {
      completed.push(...(await completeThese(ground, ids.slice(from, from + PAGE), now)));
    }
    return completed;
  };
}

async function completeThese(ground: Ground, ids: readonly string[], now: EpochMs): Promise<string[]> {
  if (ids.length === 0) return [];
  const { db, outbox } = ground;
  const call = outbox.begin();
  const shares = new Map<string, Owed>();
  const ends = new Map<string, Ended | undefined>();
  const completed = await changeEach<MessageDoc>(db, db.of(MESSAGES), ids, call, async (documents) => {
    const over = await findEnding(ground, documents, now);
    const silent = await countSilent(
      ground,
      over.filter(({ canceledAt }) => canceledAt === undefined),
    );
    const wanted = await ground.events.wanted(over.map(({ app }) => app));
    const ending = new Set(over.map(({ _id }) => _id));
    return (document) => {
      const { _id, app } = document;
      if (!ending.has(_id)) return undefined;
      const said = silent.get(_id);
      const share = { steps: said === undefined ? [] : silentSteps(document, 'expired', said) };
      shares.set(_id, share);
      const end = wanted(app, 'message.completed')
        ? { document: { ...document, completedAt: now }, call: outbox.begin() }
        : undefined;
      ends.set(_id, end);
      return {
        set: { completedAt: now, isOpen: false },
        out: outbox.pending(call, share, now),
        later: [
          said === undefined ? undefined : secondLook(ground, 'expired', said, now),
          end === undefined ? undefined : owedEnd(ground, end.call, now),
        ],
      };
    };
  });
  const owing = [...completed.keys()].filter((id) => outbox.pending(call, shares.get(id) ?? {}, now) !== undefined);
  const owed = together(owing.map((id) => shares.get(id) ?? {}));
  await outbox.settle(call, [{ spec: MESSAGES, ids: owing }], owed, now);
  await tellEnds(
    ground,
    [...completed.keys()].flatMap((id) => ends.get(id) ?? []),
    now,
  );
  return [...completed.keys()];
}

/** Those that can be completed. What a message itself owes comes first: its chunks may be among that. */
async function findEnding(ground: Ground, documents: readonly MessageDoc[], now: EpochMs): Promise<MessageDoc[]> {
  const ready = documents.filter(({ isOpen, out = [] }) => isOpen && out.every(isSecondLook));
  const announced = ready.filter(({ announcedTo }) => announcedTo !== undefined);
  const ended = announced.filter(({ expiresAt, canceledAt }) => expiresAt <= now || canceledAt !== undefined);
  const planned = ready.filter(({ announcedTo }) => announcedTo === undefined);
  const over = planned.length === 0 ? new Set() : await findOver(ground.db, planned);
  return [...planned.filter(({ _id }) => over.has(_id)), ...ended];
}
