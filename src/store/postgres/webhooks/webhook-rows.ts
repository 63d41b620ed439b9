import type { EventType } from '../../../domain/event.js';
import type { EpochMs } from '../../../domain/time.js';
import type { WebhookSettings } from '../../../domain/webhook.js';
import type { CallState, EndpointState, WebhookCall, WebhookEndpoint } from '../../../ports/webhook-store.js';

export interface EndpointRow {
  readonly id: string;
  readonly app: string;
  readonly name: string | null;
  readonly url: string;
  readonly description: string | null;
  readonly events: readonly string[];
  readonly types: readonly EventType[];
  readonly level: WebhookSettings['level'];
  readonly ordering: WebhookSettings['order'];
  readonly max_events: number;
  readonly max_wait_ms: number;
  readonly state: EndpointState;
  readonly state_reason: string | null;
  readonly created_at: EpochMs;
  readonly updated_at: EpochMs;
  readonly failing_since: EpochMs | null;
  readonly failing_told_at: EpochMs | null;
  readonly last_success_at: EpochMs | null;
  readonly hold_until: EpochMs | null;
  readonly lost_events: number;
  readonly lost_at: EpochMs | null;
  readonly call_seq: number;
  readonly cursor: number;
}

/** Columns of an {@link EndpointRow}, of the table or a CTE `e`. */
export const ENDPOINT_COLUMNS = `e.id, e.app, e.name, e.url, e.description, e.events, e.types, e.level, e.ordering, e.max_events,
  e.max_wait_ms, e.state, e.state_reason, e.created_at, e.updated_at, e.failing_since, e.failing_told_at, e.last_success_at, e.hold_until,
  e.lost_events, e.lost_at, e.call_seq, e.cursor`;

export function toEndpoint(row: EndpointRow): WebhookEndpoint {
  return {
    id: row.id,
    app: row.app,
    source: row.name === null ? 'api' : 'file',
    ...(row.name === null ? {} : { name: row.name }),
    url: row.url,
    ...(row.description === null ? {} : { description: row.description }),
    events: row.events,
    types: row.types,
    level: row.level,
    order: row.ordering,
    maxEvents: row.max_events,
    maxWaitMs: row.max_wait_ms,
    state: row.state,
    ...(row.state_reason === null ? {} : { stateReason: row.state_reason }),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    ...(row.failing_since === null ? {} : { failingSince: row.failing_since }),
    ...(row.failing_told_at === null ? {} : { failingToldAt: row.failing_told_at }),
    ...(row.last_success_at === null ? {} : { lastSuccessAt: row.last_success_at }),
    ...(row.hold_until === null ? {} : { holdUntil: row.hold_until }),
    ...(row.lost_at === null ? {} : { lost: { events: row.lost_events, at: row.lost_at } }),
    callSeq: row.call_seq,
    cursor: row.cursor,
  };
}

export interface CallRow {
  readonly id: string;
  readonly endpoint_id: string;
  readonly app: string;
  readonly seq: number;
  readonly first_event: number;
  readonly last_event: number;
  readonly types: readonly EventType[];
  readonly level: WebhookSettings['level'];
  readonly events: number;
  readonly created_at: EpochMs;
  readonly state: CallState;
  readonly attempts: number;
  readonly due_at: EpochMs;
  readonly settled_at: EpochMs | null;
  readonly replay_of: string | null;
}

/** Columns of a {@link CallRow}: of the table or a CTE `c`, and its endpoint `e`. */
export const CALL_COLUMNS = `c.id, e.id AS endpoint_id, e.app, c.seq, c.first_event, c.last_event, c.types, c.level, c.events,
  c.created_at, c.state, c.attempts, c.due_at, c.settled_at, c.replay_of`;

export function toCall(row: CallRow): WebhookCall {
  return {
    id: row.id,
    endpoint: row.endpoint_id,
    app: row.app,
    seq: row.seq,
    firstEvent: row.first_event,
    lastEvent: row.last_event,
    types: row.types,
    level: row.level,
    events: row.events,
    createdAt: row.created_at,
    state: row.state,
    attempts: row.attempts,
    dueAt: row.due_at,
    ...(row.settled_at === null ? {} : { settledAt: row.settled_at }),
    ...(row.replay_of === null ? {} : { replayOf: row.replay_of }),
  };
}
