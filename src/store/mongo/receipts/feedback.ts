import type { Json } from '../../../domain/json.js';
import type { EpochMs } from '../../../domain/time.js';
import { feedbackPlace } from '../../shared/seal-places.js';
import { FEEDBACK, type FeedbackDoc, feedbackId } from '../documents/reactions.js';
import { bytesOf } from '../engine/bytes.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';
import { readErased } from '../people/erased-users.js';
import { readEach } from '../writing/change.js';
import { insertNew } from '../writing/insert-new.js';
import type { Owed } from '../writing/outbox.js';

const WORK = 'feedback';

/** What somebody said, to be kept under a name of its own. */
export interface Said {
  readonly app: string;
  readonly id: string;
  readonly user: string | null;
  /** Base64. */
  readonly sealed: string;
}

/** What keeping it owes. */
export function owedFeedback(said: Said): NonNullable<Owed['work']> {
  return { kind: WORK, what: { ...said } };
}

/** Keeps it; what is kept stays as it is. */
export async function keepFeedback({ db }: Ground, all: readonly Said[], now: EpochMs): Promise<void> {
  const documents = all.map(
    ({ app, id, user, sealed }): FeedbackDoc => ({
      ...{ _id: feedbackId(app, id), app, at: now, data: Buffer.from(sealed, 'base64') },
      ...(user === null ? {} : { user }),
    }),
  );
  await insertNew(db, db.of(FEEDBACK), documents);
}

/** Whoever died before keeping it is stood in for; of users who were erased since it is left. */
export function carryFeedback(ground: Ground): void {
  ground.outbox.carries(WORK, async (_, what, at) => {
    const said = what as unknown as Said; // written by `owedFeedback`
    const named = { ...said, queuedAt: at };
    const isErased = await readErased(ground.db, ground.erasurePepper, [named]);
    if (!isErased(named)) await keepFeedback(ground, [said], at);
  });
}

/** What feedback with these ids says; that which is gone is left out. */
export async function readFeedback(
  { db, atRest }: Ground,
  app: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Json>> {
  const names = new Map(ids.map((id) => [feedbackId(app, id), id]));
  const found = await readEach(db, db.of(FEEDBACK), [...names.keys()]);
  return new Map(
    found.map(({ _id, data }) => {
      const id = names.get(_id) ?? '';
      return [id, JSON.parse(atRest.open(bytesOf(data), feedbackPlace(app, id))) as Json];
    }),
  );
}

/** Forgets what a user said. @returns how many, at most `limit` */
export async function eraseFeedback({ db }: Ground, app: string, user: string, limit: number): Promise<number> {
  const model = db.of(FEEDBACK);
  const found = await db.run(() => model.find({ app, user }).limit(limit).select({ _id: 1 }).lean());
  if (found.length === 0) return 0;
  const { deletedCount } = await db.run(() => model.deleteMany({ _id: op({ $in: found.map(({ _id }) => _id) }) }));
  return deletedCount;
}
