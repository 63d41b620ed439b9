/** A dispatcher over a real store, that of the run, with a clock that the test moves. */
import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { type EventType, eventTypesOf } from '../../src/domain/event.js';
import { newId } from '../../src/domain/ids.js';
import { WEBHOOK_DEFAULTS, type WebhookSettings } from '../../src/domain/webhook.js';
import { makeWebhookSecret } from '../../src/domain/webhook-secret.js';
import { createEgress } from '../../src/egress/egress.js';
import { createPoster } from '../../src/egress/post.js';
import type { Log } from '../../src/ports/log.js';
import type { WebhookEndpoint, WebhookStore } from '../../src/ports/webhook-store.js';
import { createCallBodies } from '../../src/webhooks/call-bodies.js';
import { createDispatcher, type Dispatcher } from '../../src/webhooks/dispatcher.js';
import { openTestStore, type TestStore } from './open-store.js';
import type { ReceivedCall } from './receiver-farm.js';
import { silentLog } from './world.js';

export interface WebhookScene {
  readonly store: TestStore;
  now: number;
  readonly app: string;
  /** Outcomes of attempts, as they are counted. */
  readonly outcomes: string[];
  /** @param options.webhooks what it knows the store by; absent: the scene's own */
  open(options?: {
    readonly timeoutMs?: number;
    readonly ca?: string;
    readonly log?: Log;
    readonly webhooks?: WebhookStore;
  }): Dispatcher;
  endpoint(url: string, change?: Partial<WebhookSettings> & { readonly secret?: string }): Promise<WebhookEndpoint>;
  find(id: string): Promise<WebhookEndpoint>;
  /** So many events, each about another device. */
  happen(type: EventType, count?: number): Promise<void>;
  close(): Promise<void>;
}

export async function openWebhookScene(): Promise<WebhookScene> {
  const store = await openTestStore();
  const closing: (() => Promise<void>)[] = [() => store.close()];
  let told = 0;
  const scene: WebhookScene = {
    store,
    now: Date.now(),
    app: 'shop',
    outcomes: [],
    open({ timeoutMs = 10_000, ca, log = silentLog, webhooks = store.webhooks } = {}) {
      const egress = createEgress({ allow: ['127.0.0.0/8', '::1'] });
      const poster = createPoster({ egress, timeoutMs, ...(ca === undefined ? {} : { ca }) });
      const dispatcher = createDispatcher({
        store: webhooks,
        events: store.events,
        bodies: createCallBodies({ store: webhooks, log: store.events }),
        poster,
        clock: { now: () => scene.now },
        random: () => 0,
        newCallId: (now) => newId('whc', now, randomBytes),
        agent: 'pealbell/test',
        log,
        observe: (outcome) => scene.outcomes.push(outcome),
        holder: newId('req', scene.now, randomBytes),
      });
      closing.push(async () => {
        await dispatcher.drain(0);
        poster.close();
      });
      return dispatcher;
    },
    async endpoint(url, { secret = makeWebhookSecret(randomBytes), ...change } = {}) {
      const events = change.events ?? ['*'];
      const settings = { url, events, types: eventTypesOf(events).types, ...WEBHOOK_DEFAULTS, maxWaitMs: 0, ...change };
      const id = newId('whe', scene.now, randomBytes);
      const made = await store.webhooks.create(
        { id, app: scene.app, settings },
        { value: secret, createdAt: scene.now },
        scene.now,
      );
      if (made === 'full') throw new Error('the app has too many endpoints');
      return made;
    },
    async find(id) {
      const found = await store.webhooks.find(scene.app, id);
      if (found === undefined) throw new Error(`no endpoint ${id}`);
      return found;
    },
    async happen(type, count = 1) {
      const events = Array.from({ length: count }, () => {
        told += 1;
        return { app: scene.app, type, data: { device: `d${told}` } };
      });
      await store.events.append(events, scene.now);
    },
    async close() {
      for (let close = closing.pop(); close !== undefined; close = closing.pop()) await close();
    },
  };
  return scene;
}

const SETTLE_MS = 30_000;

/** Lets the dispatcher work until it holds nothing, and finds nothing more: what it did last may be news for another endpoint. */
export async function settle(dispatcher: Dispatcher, withinMs = SETTLE_MS): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (let idle = 0; idle < 2; idle = dispatcher.isIdle() ? idle + 1 : 0) {
    await turn(dispatcher, deadline - performance.now());
  }
}

/** Lets it begin what may begin at this time, and waits until that is over. */
export async function turn(dispatcher: Dispatcher, withinMs = SETTLE_MS): Promise<void> {
  const deadline = performance.now() + withinMs;
  await dispatcher.tick();
  while (dispatcher.underWay() > 0) {
    if (performance.now() > deadline) throw new Error(`not settled within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  if (performance.now() > deadline) throw new Error(`not settled within ${withinMs} ms`);
}

export interface ToldEvent {
  readonly id: string;
  readonly seq: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface ToldBody {
  readonly type: string;
  readonly timestamp: string;
  readonly data: { readonly endpoint_seq: number; readonly events: readonly ToldEvent[] };
}

export function bodyOf(call: ReceivedCall): ToldBody {
  return JSON.parse(call.body) as ToldBody; // of our own making
}

/** Distinct calls by id, in the order of their first arrival; each repeat has the same bytes. @throws where one has not */
export function distinct(calls: readonly ReceivedCall[]): readonly ReceivedCall[] {
  const first = new Map<string, ReceivedCall>();
  for (const call of calls) {
    const id = String(call.headers['webhook-id']);
    const known = first.get(id);
    if (known === undefined) first.set(id, call);
    else if (known.body !== call.body) throw new Error(`${id} came with other bytes:\n${known.body}\n${call.body}`);
  }
  return [...first.values()];
}

/** As a receiver would, by the specification's own library. @throws for a call that is not signed as it should be */
export function verify(secret: string, call: ReceivedCall): void {
  new Webhook(secret).verify(call.body, call.headers as Record<string, string>);
}
