import { timeText } from '../domain/event-wire.js';
import type { WebhookCall } from '../ports/webhook-store.js';
import { eventJson } from './wire-event.js';

/** The body of a call: the same bytes whenever it is built. */
export function callBody(call: Pick<WebhookCall, 'seq' | 'createdAt'>, events: readonly string[]): string {
  const timestamp = timeText(call.createdAt);
  return `{"type":"events","timestamp":"${timestamp}","data":{"endpoint_seq":${call.seq},"events":[${events.join(',')}]}}`;
}

export function isTest({ firstEvent, lastEvent }: Pick<WebhookCall, 'firstEvent' | 'lastEvent'>): boolean {
  return firstEvent === 0 && lastEvent === 0;
}

/** The one event of a test, which stands in no log. */
export function testEventJson({ id, app, endpoint, createdAt }: WebhookCall): string {
  const event = `evt_${id.slice(id.indexOf('_') + 1)}`;
  return eventJson({ app, seq: 0, id: event, type: 'webhook.test', at: createdAt, data: { endpoint } });
}
