import type { EpochMs } from '../../../domain/time.js';
import type { EndpointState, WebhookEndpoint, WebhookStore } from '../../../ports/webhook-store.js';
import { decodeCursor, pageOf } from '../../shared/cursor.js';
import { ENDPOINTS, type EndpointDoc, NEVER } from '../documents/webhooks.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';
import { type Change, changeEach } from '../writing/change.js';
import { changedAt, settingFields, toEndpoint } from './webhook-docs.js';
import type { Hasten } from './webhook-hasten.js';
import type { Interest } from './webhook-interest.js';
import { makeEndpoint } from './webhook-making.js';
import type { Removal } from './webhook-removal.js';

type Endpoints = Pick<WebhookStore, 'create' | 'find' | 'list' | 'update' | 'remove' | 'setState'>;

export interface EndpointHouse {
  readonly interest: Interest;
  readonly removal: Removal;
  readonly hasten: Hasten;
}

/** Endpoints as people see them. */
export function createWebhookEndpoints(ground: Ground, { interest, removal, hasten }: EndpointHouse): Endpoints {
  const { db, outbox } = ground;
  const model = db.of(ENDPOINTS);

  async function find(app: string, id: string): Promise<EndpointDoc | undefined> {
    const found = await db.run(() => model.findOne({ _id: id, app, isRemoved: false }).lean());
    return found ?? undefined;
  }

  return {
    async create({ id, app, settings }, secret, now) {
      for (;;) {
        const known = await find(app, id);
        if (known !== undefined) return toEndpoint(known);
        await removal.finish({ ids: [id] });
        const made = await makeEndpoint(ground, interest, { id, app, settings, secret }, now);
        if (made === 'full') return made;
        if (made !== 'taken') return toEndpoint(made);
        const foreign = await db.run(() => model.findById(id).lean());
        if (foreign !== null && foreign.app !== app) throw new Error(`the id '${id}' is another app's`);
      }
    },

    async find(app, id) {
      const found = await find(app, id);
      return found === undefined ? undefined : toEndpoint(found);
    },

    async list(app, page) {
      const after = decodeCursor('webhook-endpoints', page.cursor) ?? '';
      const found = await db.run(() =>
        model
          .find({ app, _id: op({ $gt: after }), isRemoved: false })
          .sort({ _id: 1 })
          .limit(page.limit + 1)
          .lean(),
      );
      return pageOf('webhook-endpoints', found.map(toEndpoint), page.limit, ({ id }) => id);
    },

    async update(app, id, change, now) {
      if (change.types !== undefined) {
        if ((await find(app, id)) === undefined) return undefined;
        await interest.announce(app, id, change.types, false);
      }
      let changed: WebhookEndpoint | undefined;
      await changeEach<EndpointDoc>(db, model, [id], outbox.begin(), () => (document) => {
        changed = undefined;
        if (document.app !== app || document.isRemoved) return undefined;
        const fields = settingFields({ ...toEndpoint(document), ...change });
        const set = { ...fields.set, updatedAt: changedAt(document, now) };
        changed = toEndpoint(applied(document, { ...fields, set }));
        return { ...fields, set };
      });
      if (change.types !== undefined) await interest.settle(app, id);
      return changed;
    },

    remove: async (app, id) => (await removal.remove(app, [id])) > 0,

    async setState(app, id, state, reason, now) {
      let changed: WebhookEndpoint | undefined;
      const call = outbox.begin();
      const before = await changeEach<EndpointDoc>(db, model, [id], call, () => (document) => {
        changed = undefined;
        if (document.app !== app || document.isRemoved) return undefined;
        const change = stateChange(document, state, reason, now);
        changed = toEndpoint(applied(document, change));
        return state === 'active' ? hasten.with(call, document, change, now) : change;
      });
      if (state === 'active') await hasten.carryOut(call, [...before.values()], now);
      return changed;
    },
  };
}

/** See `WebhookStore.setState`; without its calls. */
export function stateChange(
  document: EndpointDoc,
  state: EndpointState,
  reason: string | undefined,
  now: EpochMs,
): Change<EndpointDoc> {
  const updatedAt = document.state === state ? document.updatedAt : changedAt(document, now);
  return {
    set: { state, updatedAt, ...(reason === undefined ? {} : { stateReason: reason }) },
    unset: [
      ...(reason === undefined ? (['stateReason'] as const) : []),
      ...(state === 'active' ? (['failingSince', 'failingToldAt', 'holdUntil'] as const) : []),
    ],
  };
}

/** A document as it is after a change. */
export function applied(document: EndpointDoc, { set = {}, unset = [] }: Change<EndpointDoc>): EndpointDoc {
  const all: EndpointDoc = { ...document, ...set };
  const gone = new Set<string>(unset);
  // What is taken away may be absent.
  return Object.fromEntries(Object.entries(all).filter(([name]) => !gone.has(name))) as unknown as EndpointDoc;
}

/** Whether calls of it may wait. */
export function mayWait({ wakeAt, testAt }: EndpointDoc): boolean {
  return wakeAt < NEVER || testAt < NEVER;
}
