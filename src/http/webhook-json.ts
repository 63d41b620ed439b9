import type { EpochMs } from '../domain/time.js';
import type { WebhookAttempt, WebhookCall, WebhookEndpoint } from '../ports/webhook-store.js';
import { toDuration, toTime } from './times.js';

/** An endpoint as callers see it; its secrets are nowhere in it. */
export function webhookToJson(endpoint: WebhookEndpoint) {
  const { id, app, url, description, events, level, order, source, name, state, stateReason, lost } = endpoint;
  return {
    ...{ id, object: 'webhook_endpoint', app, url, description: description ?? null, events, level, order },
    max_events: endpoint.maxEvents,
    max_wait: toDuration(endpoint.maxWaitMs / 1_000),
    ...{ source, name: name ?? null, state, state_reason: stateReason ?? null },
    failing_since: timeOrNull(endpoint.failingSince),
    held_until: timeOrNull(endpoint.holdUntil),
    last_success_at: timeOrNull(endpoint.lastSuccessAt),
    endpoint_seq: endpoint.callSeq,
    lost: lost === undefined ? null : { events: lost.events, at: toTime(lost.at) },
    created_at: toTime(endpoint.createdAt),
    updated_at: toTime(endpoint.updatedAt),
  };
}

export function callToJson(call: WebhookCall) {
  return {
    ...{ id: call.id, object: 'webhook_delivery', endpoint: call.endpoint, endpoint_seq: call.seq, state: call.state },
    test: call.firstEvent === 0,
    event_count: call.events,
    attempt_count: call.attempts,
    created_at: toTime(call.createdAt),
    next_attempt_at: call.state === 'waiting' ? toTime(call.dueAt) : null,
    settled_at: timeOrNull(call.settledAt),
    replay_of: call.replayOf ?? null,
  };
}

/** @param body the bytes that were sent, where they are known still */
export function callDetailToJson(
  call: WebhookCall,
  attempts: readonly WebhookAttempt[],
  url: string,
  body: string | undefined,
) {
  return { ...callToJson(call), url, request_body: body ?? null, attempts: attempts.map(attemptToJson) };
}

function attemptToJson({ n, at, ms, status, error, answer, requestHeaders, answerHeaders }: WebhookAttempt) {
  return {
    ...{ n, at: toTime(at), ms: Math.round(ms), request_headers: requestHeaders, status: status ?? null },
    ...{ response_headers: answerHeaders, response_body: answer ?? null, error: error ?? null },
  };
}

function timeOrNull(ms: EpochMs | undefined): string | null {
  return ms === undefined ? null : toTime(ms);
}
