import type { Clock } from '../domain/time.js';
import type { DeviceStore } from '../ports/device-store.js';
import type { ErasureStore } from '../ports/erasure-store.js';
import type { HistoryStore } from '../ports/history-store.js';
import type { LiveBus } from '../ports/live-bus.js';
import type { ReactionStore } from '../ports/reaction-store.js';
import type { UpstreamStore } from '../ports/upstream-store.js';
import type { UserStore } from '../ports/user-store.js';

/** Removed by one store call: bounds how long it holds others up. */
const STEP = 500;

/** What was removed with a user. */
export interface Erased {
  readonly devices: number;
  readonly deliveries: number;
}

export interface EraseUser {
  /**
   * Erases the record, the devices with all their addresses, what they have sent upstream and said of messages, and the deliveries. Counts of messages stay exact. A call
   * that fails half-way is to be repeated; it then counts what is left.
   *
   * @returns undefined for a user of whom nothing is kept
   */
  erase(app: string, user: string): Promise<Erased | undefined>;
}

export function createEraseUser(house: {
  readonly users: Pick<UserStore, 'get'>;
  readonly history: Pick<HistoryStore, 'ofUser'>;
  readonly erasure: ErasureStore;
  readonly upstream: Pick<UpstreamStore, 'erase'>;
  readonly reactions: Pick<ReactionStore, 'erase'>;
  readonly devices: Pick<DeviceStore, 'list'>;
  readonly bus: Pick<LiveBus, 'online' | 'tell'>;
  readonly clock: Clock;
}): EraseUser {
  const { users, history, erasure, upstream, reactions, devices, bus, clock } = house;

  /** The user's devices that are connected. */
  async function connected(app: string, user: string): Promise<readonly string[]> {
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await devices.list(app, { limit: STEP, ...(cursor === undefined ? {} : { cursor }) }, user);
      const ids = page.items.map(({ id }) => id);
      found.push(...(await bus.online(app, ids)));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return found;
  }

  async function isKnown(app: string, user: string): Promise<boolean> {
    if ((await users.get(app, user)) !== undefined) return true;
    const { items, nextCursor } = await history.ofUser(app, user, { limit: 1 });
    return items.length > 0 || nextCursor !== undefined;
  }

  return {
    async erase(app, user) {
      if (!(await isKnown(app, user))) return undefined;
      await erasure.forget(app, user, clock.now());
      const online = await connected(app, user);
      const devices = await allOf(() => erasure.removeDevices(app, user, STEP, house.clock.now()));
      // Once more: what was accepted meanwhile may have found a device. From here on nothing does.
      await erasure.forget(app, user, clock.now());
      if (online.length > 0) await bus.tell(app, online, { kind: 'end', why: 'device_removed' });
      await allOf(() => upstream.erase(app, user, STEP));
      await allOf(() => reactions.erase(app, user, STEP));
      let cursor = await erasure.scrubChunks(app, user, undefined);
      while (cursor !== undefined) cursor = await erasure.scrubChunks(app, user, cursor);
      const deliveries = await allOf(() => erasure.removeDeliveries(app, user, STEP));
      // Last: as long as the record is there, a repeated call finds the user.
      await erasure.removeRecord(app, user);
      return { devices, deliveries };
    },
  };
}

async function allOf(step: () => Promise<number>): Promise<number> {
  for (let sum = 0; ; ) {
    const removed = await step();
    sum += removed;
    if (removed < STEP) return sum;
  }
}
