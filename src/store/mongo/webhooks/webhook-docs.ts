import type { EpochMs } from '../../../domain/time.js';
import type { WebhookSettings } from '../../../domain/webhook.js';
import type { WebhookCall, WebhookEndpoint } from '../../../ports/webhook-store.js';
import { type CallDoc, callDocId, type EndpointDoc } from '../documents/webhooks.js';

export function toEndpoint(document: EndpointDoc): WebhookEndpoint {
  const { _id, app, source, name, state, stateReason, createdAt, updatedAt, callSeq, cursor } = document;
  const { failingSince, failingToldAt, lastSuccessAt, holdUntil, lostEvents, lostAt } = document;
  return {
    ...{ id: _id, app, source, ...(name === undefined ? {} : { name }) },
    ...settingsOf(document),
    state,
    ...(stateReason === undefined ? {} : { stateReason }),
    ...{ createdAt, updatedAt },
    ...(failingSince === undefined ? {} : { failingSince }),
    ...(failingToldAt === undefined ? {} : { failingToldAt }),
    ...(lastSuccessAt === undefined ? {} : { lastSuccessAt }),
    ...(holdUntil === undefined ? {} : { holdUntil }),
    ...(lostAt === undefined ? {} : { lost: { events: lostEvents, at: lostAt } }),
    ...{ callSeq, cursor },
  };
}

function settingsOf({
  url,
  description,
  events,
  types,
  level,
  order,
  maxEvents,
  maxWaitMs,
}: EndpointDoc): WebhookSettings {
  return {
    ...{ url, events, types, level, order, maxEvents, maxWaitMs },
    ...(description === undefined ? {} : { description }),
  };
}

/** Settings as a change of a document writes them; one that is not given is taken away. */
export function settingFields({ description, ...settings }: WebhookSettings) {
  const { url, events, types, level, order, maxEvents, maxWaitMs } = settings;
  const fields = { url, events, types, level, order, maxEvents, maxWaitMs };
  return description ? { set: { ...fields, description } } : { set: fields, unset: ['description' as const] };
}

/** Of a change of its settings, its state or its secret in the file. */
export function changedAt({ updatedAt }: EndpointDoc, now: EpochMs): EpochMs {
  return Math.max(now, updatedAt + 1);
}

export function toCall(document: CallDoc, endpoint: Pick<EndpointDoc, '_id' | 'app'>): WebhookCall {
  const { id, seq, firstEvent, lastEvent, types, level, events, createdAt, state, attempts, dueAt } = document;
  const { settledAt, replayOf } = document;
  return {
    ...{ id, endpoint: endpoint._id, app: endpoint.app, seq, firstEvent, lastEvent, types, level, events, createdAt },
    // `gone` is never read.
    state: state === 'gone' ? 'waiting' : state,
    ...{ attempts, dueAt },
    ...(settledAt === undefined ? {} : { settledAt }),
    ...(replayOf === undefined ? {} : { replayOf }),
  };
}

/** A call that is to be made, as its endpoint owes it. */
export type CallDraft = Pick<CallDoc, 'id' | 'seq' | 'firstEvent' | 'lastEvent' | 'types' | 'level' | 'events'> & {
  readonly replayOf?: string;
};

/** A call that waits from `now` on. */
export function callDoc(key: string, draft: CallDraft, now: EpochMs): CallDoc {
  return {
    _id: callDocId(key, draft.id),
    ...draft,
    ...{ endpoint: key, isTest: draft.lastEvent === 0, createdAt: now, state: 'waiting', attempts: 0 },
    ...{ dueAt: now, agedAt: now, tries: [] },
  };
}
