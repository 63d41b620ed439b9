import { randomBytes } from 'node:crypto';
import { type EventType, eventTypesOf, type LoggedEvent, type NewEvent } from '../../../src/domain/event.js';
import { newId } from '../../../src/domain/ids.js';
import type { EpochMs } from '../../../src/domain/time.js';
import type { WebhookSecret, WebhookSettings } from '../../../src/domain/webhook.js';
import type {
  AttemptRecord,
  NewCall,
  SlotRecord,
  WebhookCall,
  WebhookEndpoint,
  WebhookSlot,
  WebhookStore,
} from '../../../src/ports/webhook-store.js';
import type { Store } from '../../../src/store/store.js';
import { type OpenedStore, Scene } from './scene.js';

export const LEASE_MS = 30_000;

/** An app with endpoints, and short ways to what happens to them. */
export class WebhookScene extends Scene {
  constructor(readonly opened: OpenedStore | Store) {
    super();
  }

  get webhooks(): WebhookStore {
    return this.opened.webhooks;
  }

  /** An endpoint that was made just now. */
  async endpoint(patterns: readonly string[] = ['*'], change: Partial<WebhookSettings> = {}): Promise<WebhookEndpoint> {
    const id = newId('whe', this.now, randomBytes);
    const made = await this.webhooks.create(
      { id, app: this.app, settings: settingsFor(patterns, change) },
      secretAt(this.now),
      this.now,
    );
    if (made === 'full') throw new Error('the app has too many endpoints');
    return made;
  }

  /** So many events of a type, each about another device. */
  async happen(type: EventType, count = 1, data: NewEvent['data'] = {}): Promise<void> {
    const events = Array.from({ length: count }, (_, n) => ({
      app: this.app,
      type,
      data: { device: `d${n}`, ...data },
    }));
    await this.opened.events.append(events, this.now);
  }

  async events(types: readonly EventType[], after = 0, limit = 1_000): Promise<readonly LoggedEvent[]> {
    return (await this.opened.events.read(this.app, { after }, types, limit)).events;
  }

  async head(): Promise<number> {
    return (await this.opened.events.heads()).find(({ app }) => app === this.app)?.seq ?? 0;
  }

  /** What is taken of this app; what other tests left behind is taken with it. */
  async claim(at: EpochMs = this.now, holder = 'one'): Promise<readonly WebhookSlot[]> {
    const slots = await this.webhooks.claim(holder, at, at + LEASE_MS, 1_000);
    return slots.filter(({ endpoint }) => endpoint.app === this.app);
  }

  async claimed(at: EpochMs = this.now): Promise<readonly string[]> {
    return (await this.claim(at)).map(({ endpoint }) => endpoint.id);
  }

  /** Takes an endpoint that has something to do. */
  async slot(endpoint: string, at: EpochMs = this.now): Promise<WebhookSlot> {
    const slot = (await this.claim(at)).find((taken) => taken.endpoint.id === endpoint);
    if (slot === undefined) throw new Error('the endpoint has nothing to do');
    return slot;
  }

  /** So many calls of one event each, made by whoever holds the slot. */
  async calls(slot: WebhookSlot, count: number, at: EpochMs = this.now): Promise<readonly WebhookCall[]> {
    const { cursor } = slot.endpoint;
    const drafts = Array.from({ length: count }, (_, n) => callOf(cursor + n + 1, at));
    const added = await this.webhooks.addCalls(heldBy(slot), drafts, cursor + count, at);
    if (added === undefined) throw new Error('the slot is lost');
    return added;
  }

  /** Lets go of what is left of endpoints that other tests removed. */
  async tidied(): Promise<void> {
    while ((await this.webhooks.sweep(0, 1_000, this.now)).removed > 0);
  }

  async call(endpoint: string, id: string) {
    const found = await this.webhooks.call(this.app, endpoint, id);
    if (found === undefined) throw new Error('no such call');
    return found;
  }
}

export function settingsFor(patterns: readonly string[], change: Partial<WebhookSettings> = {}): WebhookSettings {
  return {
    url: 'https://hooks.example/in',
    events: patterns,
    types: eventTypesOf(patterns).types,
    level: 'events',
    order: 'loose',
    maxEvents: 100,
    maxWaitMs: 1_000,
    ...change,
  };
}

export function secretAt(createdAt: EpochMs): WebhookSecret {
  return { value: `whsec_${randomBytes(32).toString('base64')}`, createdAt };
}

export function heldBy({ endpoint, fence }: WebhookSlot) {
  return { endpoint: endpoint.id, fence };
}

/** A call of one event. */
export function callOf(event: number, at: EpochMs): NewCall {
  const id = `whc_${newId('evt', at, randomBytes).slice(4)}`;
  return { id, firstEvent: event, lastEvent: event, types: ['delivery.failed'], level: 'events', events: 1 };
}

export function attemptOf(call: WebhookCall, at: EpochMs, next: AttemptRecord['next'], body?: string): AttemptRecord {
  const isDelivered = next.kind === 'delivered';
  return {
    call: call.id,
    attempt: {
      n: call.attempts + 1,
      at,
      ms: 12,
      status: isDelivered ? 204 : 500,
      ...(isDelivered ? {} : { error: 'it answered 500', answer: 'oh no' }),
      requestHeaders: { 'webhook-id': call.id },
      answerHeaders: { 'content-type': 'text/plain' },
    },
    next,
    ...(body === undefined ? {} : { body }),
  };
}

export function recordOf(
  slot: WebhookSlot,
  attempts: readonly AttemptRecord[],
  rest: Partial<SlotRecord> = {},
): SlotRecord {
  return { ...heldBy(slot), attempts, ...rest };
}
