import { randomUUID } from 'node:crypto';
import type { ConnectorNode, ConnectorSeat } from '../../ports/live-bus.js';
import { type BusHouse, messageOf } from './house.js';
import { OwnPlaces } from './own-places.js';
import { LEAVE, RENEW, RETAKE, TAKE } from './scripts.js';
import type { Answer, ToSeat } from './wire.js';

/** Devices in one call of Redis, which does nothing else meanwhile. */
const DEVICES_MAX = 500;
/** A lease is renewed so many times before it ends. */
const RENEWALS = 4;
/** A seat that has not heard itself with so many leases does not hear others either. */
const UNHEARD_MAX = 3;

/** A node's end of the bus, as the bus has it. */
export interface Seat extends ConnectorSeat {
  readonly id: string;
  readonly node: ConnectorNode;
  /** What came over the seat's channel. */
  told(told: ToSeat, answer: (to: string, answer: Answer) => void): void;
  /** The connection that listens was lost and is there again: what was said meanwhile did not come here. */
  missed(): void;
  /** What it says to itself with every lease has come. */
  heardItself(): void;
  /** The connection for commands is there again. */
  lookSoon(): void;
  /** First lease. @throws where Redis does not answer */
  open(): Promise<void>;
}

/** The ears of the process, as a seat uses them. */
export interface Hearing {
  /** Whether the connection that listens is there. */
  isOpen(): boolean;
  /** Redis says that nobody listens to the seat's channel. */
  deaf(): void;
  /** The seat is given up. */
  left(id: string): void;
}

export function createSeat(house: BusHouse, node: ConnectorNode, hearing: Hearing): Seat {
  const { redis, names, leaseMs, countsEars, log } = house;
  const id = randomUUID();
  const own = new OwnPlaces();
  let beginning = 1;
  /** Something may be in Redis that is not so, or the other way round. */
  let isOff = false;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let leaving: Promise<void> | undefined;
  /** Leases since it last heard itself. */
  let unheard = 0;

  const nameNow = () => `${id}.${beginning}`;

  async function renew(): Promise<boolean> {
    // An answer from before it listened says nothing of now.
    const listened = hearing.isOpen();
    const answer = await redis.eval(RENEW, 1, names.leases, nameNow(), leaseMs, names.seats + id);
    const [lived, ears] = answer as [number, number]; // as the script says
    unheard = listened ? unheard + 1 : 0;
    // Redis counts a connection that is dead for as long as nobody told it so.
    const isDeaf = (countsEars && ears === 0) || unheard > UNHEARD_MAX;
    if (isDeaf && listened && hearing.isOpen()) {
      unheard = 0;
      hearing.deaf();
    }
    return lived === 1;
  }

  /**
   * A new name, so that what was left under the old one counts no more; then every place again, and a look at the store
   * for what was said meanwhile.
   */
  async function beginAnew(): Promise<void> {
    const old = nameNow();
    beginning++;
    isOff = false;
    await renew();
    let count = 0;
    for (const [app, devices] of own.all()) {
      for (const part of inParts(devices)) count += await retake(app, part);
    }
    await redis.zrem(names.leases, old);
    node.missed();
    log.info({ devices: count }, 'bus.said_again');
  }

  /** Only what is here at this very moment: who goes from now on leaves after it. */
  async function retake(app: string, devices: readonly string[]): Promise<number> {
    const fences = new Map<string, number>();
    for (const device of devices) {
      const fence = own.fenceOf(app, device);
      if (fence !== undefined) fences.set(device, fence);
    }
    if (fences.size === 0) return 0;
    const lost = await redis.eval(RETAKE, 1, names.places(app), nameNow(), names.seats, app, ...[...fences].flat());
    for (const device of lost as string[]) giveUp(app, device, fences.get(device) ?? 0); // as the script says
    return fences.size;
  }

  /** The device is elsewhere, unless it came here anew meanwhile. */
  function giveUp(app: string, device: string, fence: number): void {
    if (own.taken(app, device, fence + 1)) node.replaced(app, device);
  }

  async function look(): Promise<void> {
    try {
      const lived = await renew();
      if (!lived) isOff = true;
      if (isOff && hearing.isOpen()) await beginAnew();
    } catch (error) {
      isOff = true;
      log.debug({ error: messageOf(error) }, 'bus.not_renewed');
    }
  }

  /** One look at a time; what comes up during one is seen by the next. */
  function lookSoon(): void {
    if (leaving !== undefined) return;
    running ??= look().finally(() => {
      running = undefined;
    });
  }

  async function leave(): Promise<void> {
    clearInterval(timer);
    await running;
    hearing.left(id);
    try {
      await redis.zrem(names.leases, nameNow());
      for (const [app, devices] of own.all()) {
        for (const part of inParts(devices)) await redis.eval(LEAVE, 1, names.places(app), id, ...part);
      }
    } catch (error) {
      log.debug({ error: messageOf(error) }, 'bus.not_left'); // its lease ends by itself
    }
  }

  return {
    id,
    node,
    async open() {
      await renew();
      timer = setInterval(lookSoon, leaseMs / RENEWALS);
    },
    missed() {
      isOff = true;
      lookSoon();
    },
    heardItself() {
      unheard = 0;
    },
    lookSoon,
    told(told, answer) {
      if (leaving !== undefined) return;
      if (told.kind === 'tell') node.tell(told.app, told.devices, told.notice);
      else if (told.kind === 'replaced') {
        const { app, device, fence } = told;
        if (own.taken(app, device, Number(fence))) node.replaced(app, device);
      } else if (told.kind === 'offer') {
        const { from, waitMs, offer } = told;
        const nothing = offer.to.map(() => 'offline' as const);
        node.offer(offer, waitMs).then(
          (states) => answer(from, { id: told.id, states }),
          () => answer(from, { id: told.id, states: nothing }),
        );
      }
    },
    async here(app, device) {
      if (leaving !== undefined) return;
      const place = own.claiming(app, device);
      let fence: number;
      try {
        fence = Number(await redis.eval(TAKE, 1, names.places(app), nameNow(), names.seats, app, device));
      } catch (error) {
        isOff = true; // it may have been taken all the same
        own.claimFailed(app, device, place);
        throw error;
      }
      if (own.claimed(app, device, place, fence)) node.replaced(app, device);
    },
    async gone(app, device) {
      own.remove(app, device);
      if (leaving !== undefined) return;
      try {
        await redis.eval(LEAVE, 1, names.places(app), id, device);
      } catch (error) {
        isOff = true;
        log.debug({ error: messageOf(error) }, 'bus.not_gone');
      }
    },
    leave() {
      leaving ??= leave();
      return leaving;
    },
  };
}

function* inParts(devices: readonly string[]): Generator<readonly string[]> {
  for (let at = 0; at < devices.length; at += DEVICES_MAX) yield devices.slice(at, at + DEVICES_MAX);
}
