import type { WebhookStore } from '../../../ports/webhook-store.js';
import { badCursor, decodeCursor, pageOf } from '../../shared/cursor.js';
import { CALL_BODIES, CALLS, type CallDoc, callDocId, ENDPOINTS, type EndpointDoc } from '../documents/webhooks.js';
import { bytesOf } from '../engine/bytes.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';
import { changeEach } from '../writing/change.js';
import type { Adding } from './webhook-adding.js';
import { type CallDraft, toCall } from './webhook-docs.js';
import { bodyPlace, toAttempt } from './webhook-record.js';
import { WITHOUT_TRIES } from './webhook-work.js';

type Calls = Pick<WebhookStore, 'bodies' | 'calls' | 'call' | 'addTest'>;

/** Calls as people see them. */
export function createWebhookCalls({ db, atRest, outbox }: Ground, adding: Adding): Calls {
  const endpoints = db.of(ENDPOINTS);
  const calls = db.of(CALLS);

  async function find(id: string, app?: string): Promise<EndpointDoc | undefined> {
    const of = app === undefined ? {} : { app };
    return (await db.run(() => endpoints.findOne({ _id: id, ...of, isRemoved: false }).lean())) ?? undefined;
  }

  async function findCall({ key }: EndpointDoc, id: string): Promise<CallDoc | undefined> {
    const found = await db.run(() => calls.findById(callDocId(key, id)).lean());
    return found === null || found.state === 'gone' ? undefined : found;
  }

  return {
    async bodies(endpoint, these) {
      const of = await find(endpoint);
      if (of === undefined || these.length === 0) return new Map();
      const ids = new Map(these.map((id) => [callDocId(of.key, id), id]));
      const found = await db.run(() =>
        db
          .of(CALL_BODIES)
          .find({ _id: op({ $in: [...ids.keys()] }) })
          .lean(),
      );
      return new Map(
        found.map(({ _id, body }) => {
          const id = ids.get(_id) ?? '';
          return [id, atRest.open(bytesOf(body), bodyPlace(id))];
        }),
      );
    },

    async calls(app, endpoint, { state }, page) {
      const before = decodeCursor('webhook-calls', page.cursor);
      if (before !== undefined && !/^\d{1,15}$/.test(before)) throw badCursor();
      const of = await find(endpoint, app);
      if (of === undefined) return { items: [] };
      const found = await db.run(() =>
        calls
          .find({
            endpoint: of.key,
            state: state ?? op({ $ne: 'gone' as const }),
            seq: op({ $lt: before === undefined ? Number.MAX_SAFE_INTEGER : Number(before) }),
          })
          .sort({ seq: -1 })
          .limit(page.limit + 1)
          .select(WITHOUT_TRIES)
          .lean(),
      );
      const items = (found as CallDoc[]).map((each) => toCall(each, of));
      return pageOf('webhook-calls', items, page.limit, ({ seq }) => String(seq));
    },

    async call(app, endpoint, id) {
      const of = await find(endpoint, app);
      const found = of === undefined ? undefined : await findCall(of, id);
      if (of === undefined || found === undefined) return undefined;
      return { call: toCall(found, of), attempts: found.tries.map((json) => toAttempt(atRest, id, json)) };
    },

    async addTest(app, endpoint, id, now) {
      const call = outbox.begin();
      const test = { id, firstEvent: 0, lastEvent: 0, types: ['webhook.test'], level: 'events', events: 1 } as const;
      let of: EndpointDoc | undefined;
      let drafts: readonly CallDraft[] = [];
      await changeEach<EndpointDoc>(db, endpoints, [endpoint], call, async (documents) => {
        const known = new Set<string>();
        for (const document of documents) {
          if (adding.owed(document).has(id) || (await findCall(document, id)) !== undefined) known.add(document._id);
        }
        return (document) => {
          of = document.app === app && !document.isRemoved ? document : undefined;
          drafts = [];
          if (of === undefined || known.has(document._id)) return undefined;
          const added = adding.with(call, document, [test], now);
          drafts = added.drafts;
          return added.change;
        };
      });
      if (of === undefined) return undefined;
      await adding.catchUp(of);
      await adding.carryOut(call, of, drafts, now);
      const found = await findCall(of, id);
      return found === undefined ? undefined : toCall(found, of);
    },
  };
}
