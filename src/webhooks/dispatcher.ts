import type { EpochMs } from '../domain/time.js';
import type { WebhookStore } from '../ports/webhook-store.js';
import { FIRST_PACE, type Pace } from './pace.js';
import { createPlaces } from './places.js';
import { createSlotWork, type SlotHouse, type SlotWork } from './slot-work.js';

export interface DispatcherHouse extends Omit<SlotHouse, 'store' | 'places' | 'paces' | 'renewed'> {
  readonly store: Pick<WebhookStore, 'claim' | 'renew' | 'release' | 'due' | 'addCalls' | 'record' | 'hasten'>;
  /** Names this process's claims. */
  readonly holder: string;
}

/** Calls endpoints, all of them and in one place. */
export interface Dispatcher {
  /** Takes endpoints that have something to do, and goes on with those it has. To be called again and again. */
  tick(): Promise<void>;
  /** Lets what is under way end, for `graceMs` at most, then breaks it off; gives all endpoints back. */
  drain(graceMs: number): Promise<void>;
  /** Calls under way. */
  underWay(): number;
  /** Nothing is held: for tests. */
  isIdle(): boolean;
}

/** Calls under way in one process, and endpoints that it works for. */
const PLACES = 256;
const SLOTS_MAX = 512;
/** A process that died has its endpoints taken over after this. */
const LEASE_MS = 20_000;
const RENEW_MS = 2_000;
/** Endpoints whose pace is remembered while nothing is to do for them. */
const PACES_MAX = 2_000;
const DRAIN_LOOK_MS = 20;

export function createDispatcher(house: DispatcherHouse): Dispatcher {
  const { store, clock, holder } = house;
  const places = createPlaces(PLACES);
  const slots = new Map<string, SlotWork>();
  const renewed: SlotHouse['renewed'] = async (slot) =>
    (await store.renew([slot], clock.now(), clock.now() + LEASE_MS))[0];
  const slotHouse: SlotHouse = { ...house, places, paces: createPaces(), renewed };
  let renewedAt: EpochMs = clock.now();
  let isEnding = false;

  async function renew(now: EpochMs): Promise<void> {
    const held = [...slots.values()];
    if (held.length === 0 || now - renewedAt < RENEW_MS) return;
    const found = await store.renew(held.map(nameOf), now, now + LEASE_MS);
    renewedAt = now;
    for (const [index, work] of held.entries()) {
      const slot = found[index];
      if (slot !== undefined) work.refresh(slot);
      else {
        work.lose();
        forget(work);
      }
    }
  }

  function forget(work: SlotWork): void {
    if (slots.get(work.endpoint) === work) slots.delete(work.endpoint);
  }

  async function release(idle: readonly SlotWork[]): Promise<void> {
    if (idle.length === 0) return;
    for (const work of idle) forget(work);
    await store.release(idle.map(nameOf));
  }

  return {
    async tick() {
      if (isEnding) return;
      const now = clock.now();
      await renew(now);
      const room = SLOTS_MAX - slots.size;
      if (room > 0) {
        for (const slot of await store.claim(holder, now, now + LEASE_MS, room)) {
          // Its lease had run out, and it is ours again: what the former hold had under way is no longer to be recorded.
          slots.get(slot.endpoint.id)?.lose();
          slots.set(slot.endpoint.id, createSlotWork(slotHouse, slot));
        }
      }
      await Promise.all([...slots.values()].map((work) => work.step()));
      await release([...slots.values()].filter((work) => work.isIdle()));
    },
    async drain(graceMs) {
      isEnding = true;
      const held = [...slots.values()];
      for (const work of held) work.drain();
      const deadline = performance.now() + graceMs;
      while (held.some((work) => work.isBusy()) && performance.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, DRAIN_LOOK_MS));
        for (const work of held) void work.step(); // a store that does not answer does not hold this up
      }
      for (const work of held) work.abort();
      await release(held);
    },
    underWay: () => places.underWay(),
    isIdle: () => slots.size === 0,
  };
}

function nameOf({ endpoint, fence }: SlotWork): { endpoint: string; fence: number } {
  return { endpoint, fence };
}

/** The latest of them, by endpoint. */
function createPaces(): SlotHouse['paces'] {
  const known = new Map<string, Pace>();
  return {
    get: (endpoint) => known.get(endpoint) ?? FIRST_PACE,
    set(endpoint, pace) {
      known.delete(endpoint);
      known.set(endpoint, pace);
      const [oldest] = known.keys();
      if (known.size > PACES_MAX && oldest !== undefined) known.delete(oldest);
    },
  };
}
