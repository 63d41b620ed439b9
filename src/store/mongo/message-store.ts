import type { MessageStore } from '../../ports/message-store.js';
import { readEach } from './change.js';
import { MESSAGES } from './documents/messages.js';
import { op } from './engine/collection.js';
import type { Ground } from './ground.js';
import { acceptMessages } from './message-accept.js';
import { carryChunks } from './message-chunks.js';
import { toSendable } from './message-docs.js';

export function createMessageStore(ground: Ground): MessageStore {
  const { db, atRest } = ground;
  const model = db.of(MESSAGES);
  carryChunks(ground);

  const notYet = (name: string) => () => Promise.reject(new Error(`store/mongo has no messages.${name} yet`));

  /** Ids of those that have a field. */
  async function having(field: 'canceledAt' | 'completedAt', ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (ids.length === 0) return new Set();
    const filter = { _id: op({ $in: [...ids] }), [field]: op({ $exists: true }) };
    const found = await db.run(() => model.find(filter).select({ _id: 1 }).lean());
    return new Set(found.map(({ _id }) => _id));
  }

  return {
    accept: (messages, now) => acceptMessages(ground, messages, now),

    async sendable(ids) {
      const found = await readEach(db, model, ids);
      return new Map(found.map((document) => [document._id, toSendable(document, atRest)]));
    },

    canceled: (ids) => having('canceledAt', ids),
    completed: (ids) => having('completedAt', ids),

    view: notYet('view'),
    list: notYet('list'),
    acceptedIn: notYet('acceptedIn'),
    deliveries: notYet('deliveries'),
    cancel: notYet('cancel'),
    plan: notYet('plan'),
    extendPlan: notYet('extendPlan'),
    announced: notYet('announced'),
    unplanned: notYet('unplanned'),
    complete: notYet('complete'),
    sweep: notYet('sweep'),
  };
}
