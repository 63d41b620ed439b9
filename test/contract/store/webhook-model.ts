import type { EventType } from '../../../src/domain/event.js';
import type { CallState, EndpointState } from '../../../src/ports/webhook-store.js';

export interface ModelCall {
  readonly seq: number;
  readonly first: number;
  readonly last: number;
  readonly events: number;
  readonly createdAt: number;
  state: CallState;
  attempts: number;
  dueAt: number;
  settledAt: number | undefined;
  body: string | undefined;
}

export interface ModelEndpoint {
  readonly name: string;
  types: readonly EventType[];
  state: EndpointState;
  failingSince: number | undefined;
  holdUntil: number | undefined;
  lost: number;
  cursor: number;
  callSeq: number;
  fence: number;
  leaseUntil: number;
  calls: ModelCall[];
  /** Secrets, newest first, and until when each signs. */
  secrets: readonly (readonly [value: string, until: number])[];
}

/** What a holder writes. */
export interface ModelOutcome {
  readonly call: number;
  readonly kind: 'delivered' | 'parked' | 'skipped' | 'again';
  readonly dueAt: number;
  readonly body: string;
}

/** Endpoints, their calls and the log of one app in plain memory: what the store is compared with. */
export class WebhookModel {
  readonly endpoints: ModelEndpoint[] = [];
  /** Events that were written and are kept. */
  log: { readonly seq: number; readonly type: EventType; readonly at: number }[] = [];
  head = 0;

  happen(type: EventType, count: number, at: number): void {
    if (!this.endpoints.some(({ types }) => types.includes(type))) return;
    for (let n = 0; n < count; n++) this.log.push({ seq: ++this.head, type, at });
  }

  create(name: string, types: readonly EventType[], secret: string): void {
    this.endpoints.push({
      ...{ name, types, state: 'active', failingSince: undefined, holdUntil: undefined, lost: 0, cursor: this.head },
      ...{ callSeq: 0, fence: 0, leaseUntil: 0, calls: [], secrets: [[secret, Number.POSITIVE_INFINITY]] },
    });
  }

  remove(endpoint: ModelEndpoint): void {
    this.endpoints.splice(this.endpoints.indexOf(endpoint), 1);
  }

  setState(endpoint: ModelEndpoint, state: EndpointState, now: number): void {
    endpoint.state = state;
    if (state !== 'active') return;
    endpoint.failingSince = undefined;
    this.hasten(endpoint, now);
  }

  hasten(endpoint: ModelEndpoint, now: number): void {
    endpoint.holdUntil = undefined;
    for (const call of endpoint.calls) if (call.state === 'waiting') call.dueAt = Math.min(call.dueAt, now);
  }

  rotate(endpoint: ModelEndpoint, secret: string, until: number, now: number): void {
    const old = endpoint.secrets.map(([value, end]) => [value, Math.min(end, until)] as const);
    endpoint.secrets = [[secret, Number.POSITIVE_INFINITY], ...old.filter(([, end]) => end > now)];
  }

  claim(now: number, leaseUntil: number): ModelEndpoint[] {
    const taken = this.endpoints.filter((endpoint) => endpoint.leaseUntil <= now && this.#hasWork(endpoint, now));
    for (const endpoint of taken) Object.assign(endpoint, { fence: endpoint.fence + 1, leaseUntil });
    return taken;
  }

  #hasWork(endpoint: ModelEndpoint, now: number): boolean {
    const due = endpoint.calls.filter(({ state, dueAt }) => state === 'waiting' && dueAt <= now);
    if (due.some(({ last }) => last === 0)) return true;
    const goes = endpoint.state === 'active' && (endpoint.holdUntil ?? 0) <= now;
    return goes && (due.length > 0 || endpoint.cursor < this.head);
  }

  due(endpoint: ModelEndpoint, now: number): number[] {
    const due = endpoint.calls.filter(({ state, dueAt }) => state === 'waiting' && dueAt <= now);
    const tests = due.filter(({ last }) => last === 0);
    const others = due.filter(({ last }) => last !== 0 && endpoint.state === 'active');
    return [...tests, ...others].map(({ seq }) => seq);
  }

  /** Makes a call of what is behind the cursor, `max` events at most. */
  cut(endpoint: ModelEndpoint, max: number, now: number): void {
    const events = this.log.filter(({ seq, type }) => seq > endpoint.cursor && endpoint.types.includes(type));
    const chosen = events.slice(0, max);
    const [first, last] = [chosen[0]?.seq, chosen.at(-1)?.seq];
    endpoint.cursor = chosen.length < max || last === undefined ? Math.max(this.head, endpoint.cursor) : last;
    if (first !== undefined && last !== undefined) this.#add(endpoint, { first, last, events: chosen.length }, now);
  }

  test(endpoint: ModelEndpoint, now: number): void {
    this.#add(endpoint, { first: 0, last: 0, events: 1 }, now);
  }

  #add(endpoint: ModelEndpoint, of: Pick<ModelCall, 'first' | 'last' | 'events'>, now: number): void {
    const { first, last, events } = of;
    endpoint.calls.push({
      ...{ seq: ++endpoint.callSeq, first, last, events, createdAt: now, state: 'waiting', attempts: 0, dueAt: now },
      ...{ settledAt: undefined, body: undefined },
    });
  }

  record(
    endpoint: ModelEndpoint,
    outcomes: readonly ModelOutcome[],
    is: { readonly failingSince: number | undefined; readonly holdUntil: number | undefined },
    now: number,
  ): void {
    Object.assign(endpoint, is);
    for (const { call: seq, kind, dueAt, body } of outcomes) {
      const call = endpoint.calls.find((one) => one.seq === seq && one.state === 'waiting');
      if (call === undefined) continue;
      call.attempts++;
      call.body ??= body;
      if (kind === 'again') call.dueAt = dueAt;
      else Object.assign(call, { state: kind, settledAt: now });
    }
  }

  replay(endpoint: ModelEndpoint, now: number): { count: number; gone: number } {
    const oldest = this.log[0]?.seq ?? this.head + 1;
    const settled = endpoint.calls.filter(({ state }) => state !== 'waiting');
    const kept = settled.filter(({ first, last }) => last === 0 || first >= oldest);
    for (const call of kept) this.#add(endpoint, call, now);
    return { count: kept.length, gone: settled.length - kept.length };
  }

  sweep(before: number): void {
    for (const endpoint of this.endpoints) {
      const old = endpoint.calls.filter(({ settledAt, createdAt }) => (settledAt ?? createdAt) < before);
      endpoint.calls = endpoint.calls.filter((call) => !old.includes(call));
      const waited = old.filter(({ state, last }) => state === 'waiting' && last !== 0);
      const missed = this.log.filter(({ seq, type, at }) => {
        return at < before && seq > endpoint.cursor && endpoint.types.includes(type);
      });
      endpoint.lost += missed.length + waited.reduce((sum, { events }) => sum + events, 0);
    }
    this.log = this.log.filter(({ at }) => at >= before);
  }
}
