import { randomUUID } from 'node:crypto';
import type { Healthy } from '../../ports/lifecycle.js';
import type { LetterState, LiveBus } from '../../ports/live-bus.js';
import type { Log } from '../../ports/log.js';
import type { RedisTls } from '../../redis/connect.js';
import { createAsks } from './asks.js';
import { connectTwice, notThere } from './connection.js';
import { type BusHouse, messageOf, say } from './house.js';
import { placesOf } from './places.js';
import { createSeat, type Seat } from './seat.js';
import { type Answer, namesIn, seatOf, type ToAll, type ToSeat } from './wire.js';

/** After the death of a process its devices count as connected for so long at most. */
const LEASE_MS = 10_000;

export interface RedisBusOptions {
  /** As `parseRedisUrl` reads it; may hold a password. */
  readonly url: string;
  readonly tls?: RedisTls | undefined;
  readonly log: Log;
  /** How long a node that says nothing counts as alive. */
  readonly leaseMs?: number;
}

/**
 * The bus between processes, over a Redis server: who is where in its hashes, what is asked over its channels. A process
 * whose Redis is away knows of nobody and tells nobody; its seats say again who is there, and have their devices look at
 * the store, as soon as it is back.
 *
 * @throws GatewayError `bus_unavailable` for a server that does not answer, or may drop what it holds
 */
export async function openRedisBus({ url, tls, log, leaseMs = LEASE_MS }: RedisBusOptions): Promise<LiveBus & Healthy> {
  const { commands: redis, ears, database, countsEars, disconnect } = await connectTwice(url, tls, log);
  const names = namesIn(database);
  const house: BusHouse = { redis, names, leaseMs, countsEars, log };
  const end = randomUUID();
  const asks = createAsks(house, end);
  const seats = new Map<string, Seat>();
  let hears = false;
  let closing: Promise<void> | undefined;

  function answer(to: string, given: Answer): void {
    publish(names.answers(to), given);
  }

  /** What does not arrive is told again by the store. */
  async function publish(channel: string, told: ToAll | ToSeat | Answer): Promise<void> {
    try {
      await say(house, channel, JSON.stringify(told));
    } catch (error) {
      log.debug({ error: messageOf(error) }, 'bus.not_told');
    }
  }

  function hear(channel: string, text: string): void {
    if (text === '') {
      seats.get(channel.slice(names.seats.length))?.heardItself();
      return;
    }
    const told = parse(text);
    if (told === undefined) {
      log.warn({ channel, length: text.length }, 'bus.not_understood');
      return;
    }
    // Our own processes publish here, each what its channel is for; a newer version may say what this one does not know.
    if (channel === names.answers(end)) asks.answered(told as Answer);
    else if (channel === names.all) for (const { node } of seats.values()) tellAll(node, told as ToAll);
    else seats.get(channel.slice(names.seats.length))?.told(told as ToSeat, answer);
  }

  async function listen(): Promise<void> {
    await ears.subscribe(names.answers(end), names.all, ...[...seats.keys()].map((id) => names.seats + id));
    hears = true;
  }

  ears.on('message', hear);
  try {
    await listen();
  } catch (error) {
    disconnect();
    throw notThere(error);
  }
  ears.on('close', () => {
    hears = false;
  });
  ears.on('ready', () => {
    listen().then(() => {
      for (const seat of seats.values()) seat.missed();
    }, deafen);
  });
  redis.on('ready', () => {
    for (const seat of seats.values()) seat.lookSoon();
  });

  /** It connects again, and listens anew. */
  function deafen(): void {
    ears.disconnect(true);
  }

  const hearing = {
    isOpen: () => hears,
    deaf: deafen,
    left(id: string) {
      seats.delete(id);
      ears.unsubscribe(names.seats + id).catch(() => undefined);
    },
  };

  async function close(): Promise<void> {
    await Promise.all([...seats.values()].map((seat) => seat.leave()));
    asks.close();
    disconnect();
  }

  return {
    async online(app, devices) {
      const places = await placesOf(house, app, devices);
      return new Set(devices.filter((_, i) => places[i] !== undefined));
    },
    async offer(offer, waitMs) {
      const states = offer.to.map((): LetterState => 'offline');
      const devices = offer.to.map(({ device }) => device);
      const parts = byName(await placesOf(house, offer.app, devices));
      await Promise.all(
        [...parts].map(async ([name, indexes]) => {
          const part = { ...offer, to: indexes.flatMap((i) => offer.to[i] ?? []) };
          const answers = await asks.ask(name, part, waitMs);
          for (const [n, i] of indexes.entries()) states[i] = answers?.[n] ?? 'offline';
        }),
      );
      return states;
    },
    async tell(app, devices, notice) {
      const parts = byName(await placesOf(house, app, devices));
      await Promise.all(
        [...parts].map(([name, indexes]) => {
          const part = indexes.flatMap((i) => devices[i] ?? []);
          return publish(names.seats + seatOf(name), { kind: 'tell', app, devices: part, notice });
        }),
      );
    },
    clearAll: (app, clear) => publish(names.all, { kind: 'clear', app, clear }),
    announce: (entry) => publish(names.all, { kind: 'announce', entry }),
    async join(node) {
      const seat = createSeat(house, node, hearing);
      seats.set(seat.id, seat);
      try {
        await ears.subscribe(names.seats + seat.id);
        await seat.open();
      } catch (error) {
        await seat.leave();
        throw error;
      }
      return seat;
    },
    async check() {
      await redis.ping();
      if (!hears) throw new Error('does not listen');
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}

function tellAll(node: Seat['node'], told: ToAll): void {
  if (told.kind === 'clear') node.clearAll(told.app, told.clear);
  else if (told.kind === 'announce') node.announce(told.entry);
}

/** @returns undefined for what is no object of JSON */
function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Indexes by the name of the seat; those of nobody are left out. */
function byName(places: readonly (string | undefined)[]): ReadonlyMap<string, readonly number[]> {
  const parts = new Map<string, number[]>();
  for (const [i, name] of places.entries()) {
    if (name === undefined) continue;
    const part = parts.get(name);
    if (part === undefined) parts.set(name, [i]);
    else part.push(i);
  }
  return parts;
}
