import { firstId } from '../../../domain/ids.js';
import type { MessageStore } from '../../../ports/message-store.js';
import { decodeCursor, pageOf } from '../../shared/cursor.js';
import { listDeliveries } from '../deliveries/delivery-list.js';
import { MESSAGES } from '../documents/messages.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';
import { readEach } from '../writing/change.js';
import { acceptMessages } from './message-accept.js';
import { cancelMessage, carryCancels } from './message-cancel.js';
import { carryChunks } from './message-chunks.js';
import { createCompletion } from './message-complete.js';
import { toSendable } from './message-docs.js';
import { createPlans } from './message-plan.js';
import { sweepMessages } from './message-sweep.js';
import { readViews, VIEW_FIELDS } from './message-view.js';
import { carrySecondLooks } from './silent-ends.js';

export function createMessageStore(ground: Ground): MessageStore {
  const { db, atRest } = ground;
  const model = db.of(MESSAGES);
  const complete = createCompletion(ground);
  carryChunks(ground);
  carryCancels(ground);
  carrySecondLooks(ground);

  /** Ids of those that have a field. */
  async function having(field: 'canceledAt' | 'completedAt', ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (ids.length === 0) return new Set();
    const filter = { _id: op({ $in: [...ids] }), [field]: op({ $exists: true }) };
    const found = await db.run(() => model.find(filter).select({ _id: 1 }).lean());
    return new Set(found.map(({ _id }) => _id));
  }

  return {
    accept: (messages, now) => acceptMessages(ground, messages, now),

    async view(app, id) {
      const found = await db.run(() => model.find({ _id: id, app }).select(VIEW_FIELDS).lean());
      return (await readViews(db, found))[0];
    },

    async list(app, { limit, cursor }) {
      const before = decodeCursor('messages', cursor);
      const filter = before === undefined ? { app } : { app, _id: op({ $lt: before }) };
      const found = await db.run(() =>
        model
          .find(filter)
          .sort({ _id: -1 })
          .limit(limit + 1)
          .select(VIEW_FIELDS)
          .lean(),
      );
      const shown = pageOf('messages', found, limit, ({ _id }) => _id);
      return { ...shown, items: await readViews(db, shown.items) };
    },

    async acceptedIn(app, { from, to }, { limit, cursor }) {
      const after = decodeCursor('accepted', cursor);
      const first = firstId('msg', from);
      const since = after === undefined || after < first ? { $gte: first } : { $gt: after };
      const filter = { app, _id: op({ ...since, $lt: firstId('msg', to) }) };
      const found = await db.run(() =>
        model
          .find(filter)
          .sort({ _id: 1 })
          .limit(limit + 1)
          .select({ _id: 1 })
          .lean(),
      );
      const shown = pageOf('accepted', found, limit, ({ _id }) => _id);
      return { ...shown, items: shown.items.map(({ _id }) => _id) };
    },

    async sendable(ids) {
      const found = await readEach(db, model, ids);
      return new Map(found.map((document) => [document._id, toSendable(document, atRest)]));
    },

    canceled: (ids) => having('canceledAt', ids),
    completed: (ids) => having('completedAt', ids),

    deliveries: (app, id, page) => listDeliveries(ground, app, id, page),
    cancel: (app, id, now) => cancelMessage(ground, app, id, now),
    ...createPlans(ground),
    complete: (ids, now) => complete(ids, now),
    sweep: (before, limit) => sweepMessages(db, before, limit),
  };
}
