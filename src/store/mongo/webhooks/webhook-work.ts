import type { WebhookStore } from '../../../ports/webhook-store.js';
import { CALLS, type CallDoc, callDocId, ENDPOINTS, type EndpointDoc } from '../documents/webhooks.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';
import { changeEach } from '../writing/change.js';
import type { Adding } from './webhook-adding.js';
import { type CallDraft, callDoc, toCall } from './webhook-docs.js';

/** What a call is besides what became of it; the rest may be large. */
export const WITHOUT_TRIES = { tries: 0 } as const;

/** Calls as the one sees them who makes them. */
export function createWebhookWork({ db, outbox }: Ground, adding: Adding): Pick<WebhookStore, 'addCalls' | 'due'> {
  const endpoints = db.of(ENDPOINTS);
  const calls = db.of(CALLS);

  /** Those that were made before, by a call of this port whose answer was lost. */
  async function known(endpoint: EndpointDoc, ids: readonly string[]) {
    await adding.catchUp(endpoint);
    const found = await db.run(() =>
      calls
        .find({ _id: op({ $in: ids.map((id) => callDocId(endpoint.key, id)) }) })
        .sort({ seq: 1 })
        .select(WITHOUT_TRIES)
        .lean(),
    );
    return (found as CallDoc[]).map((each) => toCall(each, endpoint));
  }

  return {
    async addCalls({ endpoint, fence, updatedAt }, these, cursor, now) {
      const call = outbox.begin();
      const lastCall = these.at(-1)?.id;
      let held: EndpointDoc | undefined;
      let drafts: readonly CallDraft[] = [];
      let isRepeated = false;
      await changeEach<EndpointDoc>(db, endpoints, [endpoint], call, () => (document) => {
        const isAsBefore = updatedAt === undefined || updatedAt === document.updatedAt;
        held = !document.isRemoved && document.fence === fence && isAsBefore ? document : undefined;
        isRepeated = lastCall !== undefined && document.lastCall === lastCall;
        if (held === undefined || isRepeated) return undefined;
        const added = adding.with(call, document, these, now);
        drafts = added.drafts;
        if (drafts.length === 0 && cursor <= document.cursor) return undefined;
        const set = { ...added.change.set, cursor: Math.max(document.cursor, cursor) };
        return { ...added.change, set: lastCall === undefined ? set : { ...set, lastCall } };
      });
      if (held === undefined) return undefined;
      const { _id, app, key } = held;
      if (isRepeated)
        return known(
          held,
          these.map(({ id }) => id),
        );
      // They are made by now: whatever keeps them from being written here is made up for (`Outbox.recover`, `Adding.catchUp`).
      await adding.carryOut(call, held, drafts, now).catch(() => undefined);
      return drafts.map((draft) => toCall(callDoc(key, draft, now), { _id, app }));
    },

    async due(endpoint, now, limit) {
      const of = await db.run(() => endpoints.findOne({ _id: endpoint, isRemoved: false }).lean());
      if (of === null) return { calls: [] };
      const waiting = (isTest: boolean) => ({ endpoint: of.key, state: 'waiting', isTest }) as const;
      const dueUpTo = { dueAt: op({ $lte: now }) };
      const read = (filter: object, max: number) =>
        db.run(() => calls.find(filter).sort({ seq: 1 }).limit(max).select(WITHOUT_TRIES).lean()) as Promise<CallDoc[]>;
      const [tests, others, [oldest]] = await Promise.all([
        read({ ...waiting(true), ...dueUpTo }, limit),
        of.state === 'active' ? read({ ...waiting(false), ...dueUpTo }, limit) : [],
        read(waiting(false), 1),
      ]);
      return {
        calls: [...tests, ...others].slice(0, limit).map((each) => toCall(each, of)),
        ...(oldest === undefined ? {} : { oldest: toCall(oldest, of) }),
      };
    },
  };
}
