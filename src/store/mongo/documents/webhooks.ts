import type { EventType } from '../../../domain/event.js';
import type { EpochMs } from '../../../domain/time.js';
import type { WebhookSettings } from '../../../domain/webhook.js';
import type { CallState, EndpointState } from '../../../ports/webhook-store.js';
import { collection } from '../engine/collection.js';
import { AGGREGATE, type Aggregate, OUT_INDEX } from './aggregate.js';

/** Stands for "never" among times that are compared. */
export const NEVER: EpochMs = Number.MAX_SAFE_INTEGER;

/** An endpoint; its `_id` is its id. */
export interface EndpointDoc extends Aggregate {
  /** Its calls go by this, which is never used again. */
  readonly key: string;
  /** `file|app|name`, or `api|` and the id. */
  readonly claim: string;
  readonly app: string;
  readonly source: 'api' | 'file';
  readonly name?: string;
  /** It is gone for everybody; the document stays until what follows from that is done. */
  readonly isRemoved: boolean;
  readonly url: string;
  readonly description?: string;
  readonly events: readonly string[];
  readonly types: readonly EventType[];
  readonly level: WebhookSettings['level'];
  readonly order: WebhookSettings['order'];
  readonly maxEvents: number;
  readonly maxWaitMs: number;
  /** Sealed JSON. */
  readonly secrets: Uint8Array;
  readonly state: EndpointState;
  readonly stateReason?: string;
  readonly createdAt: EpochMs;
  readonly updatedAt: EpochMs;
  readonly failingSince?: EpochMs;
  readonly failingToldAt?: EpochMs;
  readonly holdUntil?: EpochMs;
  readonly lastSuccessAt?: EpochMs;
  readonly lostEvents: number;
  readonly lostAt?: EpochMs;
  /** Up to which event losses were counted. */
  readonly lostTo: number;
  readonly callSeq: number;
  /** Id of the call that was made last of events. */
  readonly lastCall?: string;
  readonly cursor: number;
  readonly fence: number;
  readonly claimedAt: EpochMs;
  readonly holder?: string;
  /** 0: nobody has it. */
  readonly leaseUntil: EpochMs;
  /** No call that waits is due before; it may be later. {@link NEVER}: none waits. */
  readonly wakeAt: EpochMs;
  /** The same of tests alone. */
  readonly testAt: EpochMs;
}

export const ENDPOINTS = collection<EndpointDoc>(
  'webhook_endpoints',
  {
    ...AGGREGATE,
    key: String,
    claim: String,
    app: String,
    source: String,
    name: String,
    isRemoved: Boolean,
    url: String,
    description: String,
    events: [String],
    types: [String],
    level: String,
    order: String,
    maxEvents: Number,
    maxWaitMs: Number,
    secrets: Buffer,
    state: String,
    stateReason: String,
    createdAt: Number,
    updatedAt: Number,
    failingSince: Number,
    failingToldAt: Number,
    holdUntil: Number,
    lastSuccessAt: Number,
    lostEvents: Number,
    lostAt: Number,
    lostTo: Number,
    callSeq: Number,
    lastCall: String,
    cursor: Number,
    fence: Number,
    claimedAt: Number,
    holder: String,
    leaseUntil: Number,
    wakeAt: Number,
    testAt: Number,
  },
  [
    { name: 'claims', keys: { claim: 1 }, isUnique: true },
    { name: 'by_app', keys: { app: 1, _id: 1 } },
    { name: 'by_source', keys: { source: 1 } },
    { name: 'by_key', keys: { key: 1 } },
    { name: 'free', keys: { isRemoved: 1, leaseUntil: 1 } },
    OUT_INDEX,
  ],
);

/** `gone`: it waited too long, and its endpoint is told so; nobody sees it any more. */
export type CallDocState = CallState | 'gone';

/** A call; its `_id` is `key|id`, by the key of its endpoint. */
export interface CallDoc {
  readonly _id: string;
  readonly id: string;
  /** Key of the endpoint. */
  readonly endpoint: string;
  readonly seq: number;
  readonly firstEvent: number;
  readonly lastEvent: number;
  readonly isTest: boolean;
  readonly types: readonly EventType[];
  readonly level: WebhookSettings['level'];
  readonly events: number;
  readonly createdAt: EpochMs;
  readonly state: CallDocState;
  readonly attempts: number;
  readonly dueAt: EpochMs;
  readonly settledAt?: EpochMs;
  /** When it was settled, or made where it waits. */
  readonly agedAt: EpochMs;
  readonly replayOf?: string;
  /** JSON of attempts, the oldest first; the answers in it are sealed. */
  readonly tries: readonly string[];
}

export const CALLS = collection<CallDoc>(
  'webhook_calls',
  {
    id: String,
    endpoint: String,
    seq: Number,
    firstEvent: Number,
    lastEvent: Number,
    isTest: Boolean,
    types: [String],
    level: String,
    events: Number,
    createdAt: Number,
    state: String,
    attempts: Number,
    dueAt: Number,
    settledAt: Number,
    agedAt: Number,
    replayOf: String,
    tries: [String],
  },
  [
    { name: 'by_seq', keys: { endpoint: 1, seq: 1 } },
    { name: 'in_state', keys: { endpoint: 1, state: 1, seq: 1, dueAt: 1 } },
    { name: 'due', keys: { endpoint: 1, state: 1, isTest: 1, dueAt: 1 } },
    { name: 'by_age', keys: { agedAt: 1 } },
  ],
);

export function callDocId(key: string, id: string): string {
  return `${key}|${id}`;
}

/** The bytes that were sent first, sealed; its `_id` is the call's. */
export interface CallBodyDoc {
  readonly _id: string;
  readonly body: Uint8Array;
}

export const CALL_BODIES = collection<CallBodyDoc>('webhook_bodies', { body: Buffer });

/** Keys of endpoints that were removed: their calls go step by step. */
export interface RemovedEndpointDoc {
  readonly _id: string;
}

export const REMOVED_ENDPOINTS = collection<RemovedEndpointDoc>('webhook_removed', {});
