import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { EventType } from '../../../src/domain/event.js';
import type { WebhookSlot, WebhookStore } from '../../../src/ports/webhook-store.js';
import type { Store } from '../../../src/store/store.js';
import { runs } from '../../support/full.js';
import type { OpenedStore } from './scene.js';
import { type ModelEndpoint, WebhookModel } from './webhook-model.js';
import { attemptOf, heldBy, recordOf, secretAt, settingsFor, WebhookScene } from './webhook-scene.js';

/** `WebhookStore` and `EventLog`: whatever comes in whatever order. */
export function webhookModelSuite(get: () => OpenedStore): void {
  describe('webhook endpoints: any order', () => {
    it('do as endpoints in plain memory do', () => compare(get()));

    for (const [fault, plant] of Object.entries(PLANTED)) {
      it(`are found out when ${fault}`, async () => {
        const opened = get();
        const faulty = { ...opened, webhooks: { ...opened.webhooks, ...plant(opened.webhooks) } };
        await assert.rejects(compare(faulty, 60), ({ cause }: Error) => /^step \d+/.test((cause as Error).message));
      });
    }
  });
}

/** Faults that the comparison must find, or it would be worth nothing. */
const PLANTED: Readonly<Record<string, (right: WebhookStore) => Partial<WebhookStore>>> = {
  'the cursor stays behind its calls': (right) => ({
    addCalls: (slot, calls, cursor, now) => right.addCalls(slot, calls, cursor - 1, now),
  }),
  'nothing holds an endpoint up': (right) => ({
    record: ({ holdUntil: _, ...record }, now) => right.record(record, now),
  }),
  'bytes that were sent are forgotten': (right) => ({
    record: (record, now) =>
      right.record({ ...record, attempts: record.attempts.map(({ body: _, ...attempt }) => attempt) }, now),
  }),
};

const TYPES: readonly EventType[] = ['delivery.failed', 'device.updated', 'message.completed'];
const LEASE_MS = 20;
const which = fc.nat({ max: 2 });
const patterns = fc.constantFrom(['delivery.failed'], ['device.*'], ['*'], ['message.completed', 'delivery.failed']);
const ends = fc.constantFrom(
  'delivered' as const,
  'again' as const,
  'again' as const,
  'parked' as const,
  'skipped' as const,
);
const kind = <K extends string>(name: K) => fc.constant(name);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: kind('happen'), type: which, count: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('create'), patterns }) },
  {
    weight: 8,
    arbitrary: fc.record({
      ...{ kind: kind('work'), max: fc.integer({ min: 1, max: 4 }), ends: fc.array(ends, { maxLength: 3 }) },
      ...{ isFailing: fc.boolean(), hold: fc.option(fc.nat({ max: 30 })), keeps: fc.boolean() },
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kind('late'), at: which, end: ends, old: fc.nat({ max: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('update'), at: which, patterns }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('remove'), at: which }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: kind('state'), at: which, to: fc.constantFrom('active', 'paused', 'disabled') }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('test'), at: which }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('hasten'), at: which }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('rotate'), at: which, overlap: fc.nat({ max: 30 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('replay'), at: which }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('wait'), ms: fc.integer({ min: 1, max: 25 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('sweep'), age: fc.integer({ min: 10, max: 40 }) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function compare(opened: Store, numRuns = Number(process.env.WEBHOOK_MODEL_RUNS ?? runs(6))): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 15, maxLength: 35 }), async (steps) => {
      const pair = new Pair(opened);
      await pair.begin();
      for (const [n, each] of steps.entries()) {
        const at = `step ${n}: ${JSON.stringify(each)}`;
        await pair.take(each, at);
        await pair.look(at);
      }
      await pair.end();
    }),
    { numRuns, endOnFailure: true },
  );
}

/** The store and the model, to which the same happens. */
class Pair {
  readonly #scene: WebhookScene;
  readonly #model = new WebhookModel();
  readonly #store: WebhookStore;
  /** The slots of each endpoint, newest first, whether they are still held or not. */
  readonly #slots = new Map<string, readonly WebhookSlot[]>();
  #now: number;
  #made = 0;

  constructor(readonly opened: Store) {
    this.#scene = new WebhookScene(opened);
    this.#store = opened.webhooks;
    this.#now = this.#scene.now;
  }

  async begin(): Promise<void> {
    await this.#create(['*']);
    await this.#create(['delivery.failed']);
  }

  async end(): Promise<void> {
    for (const { name } of this.#model.endpoints) await this.#store.remove(this.#scene.app, name);
  }

  async take(each: Step, at: string): Promise<void> {
    switch (each.kind) {
      case 'happen':
        await this.#happen(TYPES[each.type] as EventType, each.count);
        return;
      case 'create':
        if (this.#model.endpoints.length < 3) await this.#create(each.patterns);
        return;
      case 'work':
        await this.#work(each, at);
        return;
      case 'wait':
        this.#now += each.ms;
        return;
      case 'sweep':
        await this.#sweep(this.#now - each.age);
        return;
      default: {
        const endpoint = this.#model.endpoints[each.at];
        if (endpoint !== undefined) await this.#takeOne(each, endpoint, at);
      }
    }
  }

  async #takeOne(each: Extract<Step, { at: number }>, endpoint: ModelEndpoint, at: string): Promise<void> {
    const { app } = this.#scene;
    const { name } = endpoint;
    const now = this.#now;
    switch (each.kind) {
      case 'late':
        await this.#late(endpoint, each, at);
        return;
      case 'update': {
        const { events, types } = settingsFor(each.patterns);
        await this.#store.update(app, name, { events, types }, now);
        endpoint.types = types;
        return;
      }
      case 'remove':
        await this.#store.remove(app, name);
        this.#model.remove(endpoint);
        return;
      case 'state':
        await this.#store.setState(app, name, each.to, undefined, now);
        this.#model.setState(endpoint, each.to, now);
        return;
      case 'test':
        await this.#store.addTest(app, name, `whc_${this.#made++}`, now);
        this.#model.test(endpoint, now);
        return;
      case 'hasten':
        await this.#store.hasten(name, now);
        this.#model.hasten(endpoint, now);
        return;
      case 'rotate': {
        const secret = secretAt(now);
        const isDone = await this.#store.rotate(app, name, secret, now + each.overlap, now);
        if (isDone === true) this.#model.rotate(endpoint, secret.value, now + each.overlap, now);
        return;
      }
      case 'replay': {
        const range = { since: 0, until: now + 1 };
        const run = this.#made++;
        const found = await this.#store.replay(app, name, range, (of) => `${of}.${run}`, now);
        const { count, gone } = this.#model.replay(endpoint, now);
        assert.deepEqual([found?.count, found?.gone, found?.more], [count, gone, false], at);
        return;
      }
      default:
        each satisfies never;
    }
  }

  async #happen(type: EventType, count: number): Promise<void> {
    const events = Array.from({ length: count }, () => ({ app: this.#scene.app, type, data: { n: this.#made++ } }));
    await this.opened.events.append(events, this.#now);
    this.#model.happen(type, count, this.#now);
  }

  async #create(wanted: readonly string[]): Promise<void> {
    const { app } = this.#scene;
    const id = `whe_${app}_${String(this.#made++).padStart(4, '0')}`;
    const secret = secretAt(this.#now);
    const settings = settingsFor(wanted);
    await this.#store.create({ id, app, settings }, secret, this.#now);
    this.#model.create(id, settings.types, secret.value);
  }

  /** Takes what has something to do, makes a call of each one's next events and tries what is due. */
  async #work(each: Extract<Step, { kind: 'work' }>, at: string): Promise<void> {
    const now = this.#now;
    const claimed = await this.#store.claim('one', now, now + LEASE_MS, 1_000);
    const slots = claimed.filter(({ endpoint }) => endpoint.app === this.#scene.app);
    const expected = this.#model.claim(now, now + LEASE_MS);
    const ids = slots.map(({ endpoint }) => endpoint.id);
    assert.deepEqual(ids.sort(), expected.map(({ name }) => name).sort(), at);
    for (const endpoint of expected) {
      const slot = slots.find((one) => one.endpoint.id === endpoint.name) as WebhookSlot;
      assert.equal(slot.fence, endpoint.fence, at);
      this.#slots.set(endpoint.name, [slot, ...(this.#slots.get(endpoint.name) ?? [])]);
      if (endpoint.state === 'active') await this.#cut(slot, endpoint, each.max);
      await this.#try(slot, endpoint, each);
      if (each.keeps) continue;
      await this.#store.release([heldBy(slot)]);
      endpoint.leaseUntil = 0;
    }
  }

  async #cut(slot: WebhookSlot, endpoint: ModelEndpoint, max: number): Promise<void> {
    const { app, cursor, types } = slot.endpoint;
    const { events, scanned } = await this.opened.events.read(app, { after: cursor }, types, max);
    const [first, last] = [events[0]?.seq, events.at(-1)?.seq];
    const made = { id: `whc_${this.#made++}`, types, level: 'events' as const, events: events.length };
    const calls = first === undefined || last === undefined ? [] : [{ ...made, firstEvent: first, lastEvent: last }];
    await this.#store.addCalls(heldBy(slot), calls, scanned, this.#now);
    this.#model.cut(endpoint, max, this.#now);
  }

  async #try(slot: WebhookSlot, endpoint: ModelEndpoint, each: Extract<Step, { kind: 'work' }>): Promise<void> {
    const now = this.#now;
    const due = (await this.#store.due(endpoint.name, now, 100)).calls.slice(0, each.ends.length);
    const outcomes = due.map((call, n) => {
      return { call: call.seq, kind: each.ends[n] ?? 'again', dueAt: now + 10, body: `body of ${call.id}` };
    });
    const attempts = outcomes.map(({ kind: end, dueAt, body }, n) => {
      const next = end === 'again' ? { kind: end, dueAt } : { kind: end };
      return attemptOf(due[n] as (typeof due)[number], now, next, body);
    });
    const failingSince = each.isFailing ? now : undefined;
    const holdUntil = each.hold === null ? undefined : now + each.hold;
    const is = {
      ...(failingSince === undefined ? {} : { failingSince }),
      ...(holdUntil === undefined ? {} : { holdUntil }),
    };
    await this.#store.record(recordOf(slot, attempts, is), now);
    this.#model.record(endpoint, outcomes, { failingSince, holdUntil }, now);
  }

  /** Somebody who held the endpoint once writes what came of its oldest call. */
  async #late(endpoint: ModelEndpoint, { end, old }: Extract<Step, { kind: 'late' }>, at: string): Promise<void> {
    const slot = this.#slots.get(endpoint.name)?.[old];
    const { oldest } = await this.#store.due(endpoint.name, this.#now, 1);
    if (slot === undefined || oldest === undefined) return;
    const dueAt = this.#now + 5;
    const next = end === 'again' ? { kind: end, dueAt } : { kind: end };
    const isBelieved = await this.#store.record(
      recordOf(slot, [attemptOf(oldest, this.#now, next, 'late')]),
      this.#now,
    );
    assert.equal(isBelieved, slot.fence === endpoint.fence, at);
    if (!isBelieved) return;
    const outcome = { call: oldest.seq, kind: end, dueAt, body: 'late' };
    this.#model.record(endpoint, [outcome], { failingSince: undefined, holdUntil: undefined }, this.#now);
  }

  async #sweep(before: number): Promise<void> {
    for (const part of [this.#store, this.opened.events]) {
      while ((await part.sweep(before, 3, this.#now)).removed > 0);
    }
    this.#model.sweep(before);
  }

  async look(at: string): Promise<void> {
    const { app } = this.#scene;
    const { items } = await this.#store.list(app, { limit: 10 });
    const found = [];
    for (const endpoint of items) {
      const { id, types, state, failingSince, holdUntil, lost, cursor, callSeq } = endpoint;
      const calls = (await this.#store.calls(app, id, {}, { limit: 1_000 })).items;
      const bodies = await this.#store.bodies(
        id,
        calls.map((call) => call.id),
      );
      found.push({
        ...{ id, types, state, failingSince, holdUntil, lost: lost?.events ?? 0, cursor, callSeq },
        calls: calls
          .map((call) => [
            call.seq,
            call.firstEvent,
            call.lastEvent,
            call.events,
            call.state,
            call.attempts,
            call.dueAt,
          ])
          .reverse(),
        bodies: calls.filter((call) => bodies.has(call.id)).length,
        due: (await this.#store.due(id, this.#now, 1_000)).calls.map(({ seq }) => seq),
        secrets: (await this.#store.secrets(app, id, this.#now))?.map(({ value }) => value),
      });
    }
    assert.deepEqual(found, this.#expected(), at);
  }

  #expected() {
    const now = this.#now;
    const sorted = this.#model.endpoints.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return sorted.map((endpoint) => {
      const { name, types, state, failingSince, holdUntil, lost, cursor, callSeq, calls, secrets } = endpoint;
      return {
        ...{ id: name, types, state, failingSince, holdUntil, lost, cursor, callSeq },
        calls: calls.map((call) => [
          call.seq,
          call.first,
          call.last,
          call.events,
          call.state,
          call.attempts,
          call.dueAt,
        ]),
        bodies: calls.filter(({ body }) => body !== undefined).length,
        due: this.#model.due(endpoint, now),
        secrets: secrets.filter(([, until]) => until > now).map(([value]) => value),
      };
    });
  }
}
