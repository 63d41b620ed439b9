/** One gateway over its own store and simulators, with the words the delivery tests speak. */
import assert from 'node:assert/strict';
import type { Role } from '../../../config/roles.js';
import type { Fault } from '../../../providers/simulation.js';
import type { Gateway, Variations } from '../../../src/compose.js';
import type { Log } from '../../../src/ports/log.js';
import { readLedger } from '../../support/verdict.js';
import {
  type ApiAnswer,
  type Caller,
  createCaller,
  type LogLine,
  openWorld,
  pushTokenOf,
  until,
  type World,
} from '../../support/world.js';

/** Waits between attempts short enough for a test; everything else as an operator has it. */
export const QUICK_RETRY = { 'retry.base': '20ms', 'retry.cap': '200ms' };

/** A line of the simulator's ledger. */
export interface Arrival {
  readonly token: string;
  readonly id: string;
  readonly accepted: boolean;
  readonly at: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly answer: { readonly status: number | null; readonly reason: string | null };
}

export interface MessageBody {
  readonly id: string;
  readonly status: string;
  readonly devices: number;
  readonly settled: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly reasons: Readonly<Record<string, number>>;
  readonly blocked: readonly { provider: string; reason: string; devices: number; since?: string }[];
  readonly completed_at: string | null;
}

export interface DeliveryBody {
  readonly device: string | null;
  readonly token_hash?: string;
  readonly user: string | null;
  readonly state: string;
  readonly reason: string | null;
  readonly provider: string | null;
  readonly attempts: readonly {
    outcome: string;
    reason?: string;
    at: string;
    detail?: string;
    vendor?: { status?: number; code?: string };
    cure?: string;
  }[];
}

export interface DeviceBody {
  readonly registrations: readonly { token_hash: string; environment: string }[];
  readonly retired: readonly { token_hash: string; reason: string; explanation: string; cure: string | null }[];
}

/** A clock that tests move forward; it runs with the real one in between. */
export class MovedClock {
  #aheadMs = 0;
  now(): number {
    return Date.now() + this.#aheadMs;
  }
  forward(ms: number): void {
    this.#aheadMs += ms;
  }
}

export interface Scene {
  readonly world: World;
  readonly gateway: Gateway;
  readonly call: Caller;
  readonly key: string;
  readonly clock: MovedClock;
  readonly log: readonly LogLine[];
  /** Registers an iOS device with a push token of its own, or as `fields` says. @returns its push token */
  device(id: string, fields?: Record<string, unknown>): Promise<string>;
  /** Registers `count` devices at once, `<prefix>00000` and so on, of users of the same names. @returns their push tokens */
  devices(prefix: string, count: number, user?: (n: number) => string): Promise<string[]>;
  /** Sends, expects 202. @returns the message's id */
  send(to: unknown, more?: Record<string, unknown>): Promise<string>;
  message(id: string): Promise<MessageBody>;
  /** Waits until the message stands so; by default until it is completed. */
  reaches(id: string, wanted?: (message: MessageBody) => boolean, withinMs?: number): Promise<MessageBody>;
  /** All deliveries, over all pages. */
  deliveries(id: string): Promise<DeliveryBody[]>;
  delivery(id: string): Promise<DeliveryBody>;
  show(device: string): Promise<DeviceBody>;
  /** Ledger lines of one push token, or of all, in order of arrival. */
  arrivals(pushToken?: string): Arrival[];
  /** The next `times` requests for a push token fare so. */
  fault(pushToken: string, fault: Fault, times?: number): void;
  /** A share of all requests fares so. */
  faultForAll(fault: Fault, times?: number, rate?: number): void;
}

let tokens = 0xd0000;
/** A push token that no test of this run has used. */
export function newToken(): string {
  return pushTokenOf(tokens++);
}

export const VISIBLE = { notification: { title: 'Hello' } };

export interface SceneOptions {
  readonly world?: World;
  readonly latencyMs?: number;
  readonly settings?: Record<string, string>;
  readonly roles?: readonly Role[];
  readonly variations?: Variations;
}

/** Opens a gateway in this process over a world of its own, or over the one given. */
export async function openScene(options: SceneOptions = {}): Promise<Scene> {
  const clock = new MovedClock();
  const world = options.world ?? (await openWorld({ latencyMs: options.latencyMs ?? 0, now: () => clock.now() }));
  const log: LogLine[] = [];
  const gateway = await world.open({
    ...(options.roles === undefined ? {} : { roles: options.roles }),
    settings: { ...QUICK_RETRY, ...options.settings },
    variations: { clock, log: recordTo(log), ...options.variations },
  });
  const key = await world.key(gateway);
  return { ...sceneOver(world, gateway.api?.url ?? '', key), gateway, clock, log };
}

/** The same words over a gateway that runs elsewhere. */
export function sceneOver(world: World, url: string, key: string): Omit<Scene, 'gateway' | 'clock' | 'log'> {
  const call = createCaller(url, key);
  const { ledger, faults } = world.simulators;
  const get = async <T>(path: string): Promise<T> => ok(await call<T>('GET', path), 200);
  const message = (id: string) => get<MessageBody>(`/v1/messages/${id}`);

  return {
    world,
    key,
    call,
    async device(id, fields = {}) {
      const token = newToken();
      const body = { platform: 'ios', registrations: [{ provider: 'apns', token }], ...fields };
      const answer = await call('PUT', `/v1/devices/${id}`, body);
      assert.ok(answer.status === 201 || answer.status === 200, JSON.stringify(answer.body));
      return token;
    },
    async devices(prefix, count, user = (n) => nameOf(prefix, n)) {
      const made = Array.from({ length: count }, newToken);
      const lines = made.map((token, n) =>
        JSON.stringify({
          id: nameOf(prefix, n),
          user: user(n),
          platform: 'ios',
          registrations: [{ provider: 'apns', token }],
        }),
      );
      const answer = await fetch(`${url}/v1/devices/import`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
        body: `${lines.join('\n')}\n`,
      });
      const results = (await answer.text()).trim().split('\n');
      assert.ok(results.length === count && results.every((line) => line.includes('"status":201')), results[0]);
      return made;
    },
    async send(to, more = VISIBLE) {
      return ok(await call<{ id: string }>('POST', '/v1/messages', { to, ...more }), 202).id;
    },
    message,
    reaches: (id, wanted = (body) => body.status === 'completed', withinMs?: number) =>
      until(() => message(id), wanted, withinMs),
    async deliveries(id) {
      const all: DeliveryBody[] = [];
      for (let cursor: string | undefined; ; ) {
        const query = cursor === undefined ? '' : `&cursor=${cursor}`;
        const page = await get<{ data: DeliveryBody[]; next_cursor?: string }>(
          `/v1/messages/${id}/deliveries?limit=1000${query}`,
        );
        all.push(...page.data);
        if (page.next_cursor === undefined || page.next_cursor === null) return all;
        cursor = page.next_cursor;
      }
    },
    async delivery(id) {
      const page = await get<{ data: DeliveryBody[] }>(`/v1/messages/${id}/deliveries`);
      assert.equal(page.data.length, 1);
      return page.data[0] as DeliveryBody;
    },
    show: (device) => get<DeviceBody>(`/v1/devices/${device}`),
    arrivals: (pushToken) =>
      (readLedger(ledger) as Arrival[]).filter((line) => pushToken === undefined || line.token === pushToken),
    fault: (token, fault, times) =>
      void faults.add({ provider: 'apns', match: { token }, fault, ...(times === undefined ? {} : { times }) }),
    faultForAll: (fault, times, rate = 1) =>
      void faults.add({ provider: 'apns', match: { rate }, fault, ...(times === undefined ? {} : { times }) }),
  };
}

export function nameOf(prefix: string, n: number): string {
  return `${prefix}${String(n).padStart(5, '0')}`;
}

export function ok<T>(answer: ApiAnswer<T>, status: number): T {
  assert.equal(answer.status, status, JSON.stringify(answer.body));
  return answer.body;
}

/** Sum of all counts; always the number of devices. */
export function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, n) => sum + n, 0);
}

function recordTo(lines: LogLine[]): Log {
  const at = (level: string) => (fields: object, event: string) => void lines.push({ ...fields, level, event });
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
