import { setImmediate as breathe, setTimeout as pause } from 'node:timers/promises';
import type { RandomBytes } from '../domain/ids.js';
import type { Clock } from '../domain/time.js';
import type { ConnectorNode, ConnectorSeat, LetterOffer, LetterState, LiveBus, LiveClear } from '../ports/live-bus.js';
import type { Log } from '../ports/log.js';
import type { Access, AccessTokens } from '../usecases/access-tokens.js';
import type { OpenAccess } from '../usecases/access-watch.js';
import type { RealtimeApps } from '../usecases/realtime-apps.js';
import { type Bye, refusalBye } from './byes.js';
import type { Hello, Upward } from './client-frame.js';
import type { FrameRate } from './frame-bucket.js';
import { createLogAnnouncer } from './log-announcer.js';
import { OfferWaits } from './offer-waits.js';
import { messageOf } from './persist.js';
import { RealtimeCounts } from './realtime-counts.js';
import { Session } from './session.js';
import type { Parcel, SessionHouse } from './session-house.js';
import { SessionTable } from './session-table.js';
import { createStoreDesk, type StoreDesk, type StoreDeskParts } from './store-desk.js';
import { takeUpward } from './take-upward.js';
import { TimerWheel } from './timer-wheel.js';
import { SharedBody, type Wire } from './wire.js';

const FRAME_RATE: FrameRate = { perSecond: 100, burst: 1_000 };
const TURN_MS = 1_000;
/** After so many connections everything else has a turn. */
const SESSIONS_PER_TURN = 1_000;
/** Who was turned away comes back within this time, spread evenly. */
const RETRY_MS = { min: 1_000, max: 10_000 };
/** While draining, so many clients are asked to come back in a second. */
const RETURNS_PER_SECOND = 500;
const READ_AGAIN_MS = 1_000;
/** When closing, what devices have said last has so long to be stored; they say again what was not. */
const LAST_WORDS_MS = 2_000;

export interface ConnectorParts extends StoreDeskParts {
  readonly bus: LiveBus;
  readonly tokens: AccessTokens;
  readonly apps: RealtimeApps;
  /** Whose pages may connect to the app. */
  readonly allowsOrigin: (app: string, origin: string) => boolean;
  readonly clock: Clock;
  /** Monotonic ms. */
  readonly ticks: () => number;
  readonly random: RandomBytes;
  /** From 0 to 1, for spreading clients over time. */
  readonly chance: () => number;
  readonly log: Log;
  /** Connections of one user over all devices; 0: any number. */
  readonly connectionsPerUser: number;
}

/** Where connections of devices are held. */
export interface Connector {
  /** What connections ask of the stores; for those whose session is elsewhere, or gone. */
  readonly desk: StoreDesk;
  readonly counts: RealtimeCounts;
  /** Begins a connection; its wire gives it what the client says. */
  connect(wire: Wire): Session;
  /** The connection of the device that is here. */
  find(app: string, device: string): Session | undefined;
  /** Of those that have been let in; for whoever sees to it that none outlives its access. */
  accesses(): Iterable<OpenAccess>;
  /** Connections, also those that have not said hello. */
  readonly size: number;
  /** What waits to leave the process, over all connections. */
  bufferedBytes(): number;
  /** Whether the process has begun to drain. */
  readonly isDraining: boolean;
  /** Asks every client to come back to another process, or to this one when it is back. */
  drain(): Promise<void>;
  /** Leaves the bus; connections must have ended. */
  close(): Promise<void>;
}

export async function openConnector(parts: ConnectorParts): Promise<Connector> {
  const { bus, tokens, apps, clock, ticks, random, chance, log } = parts;
  const desk = createStoreDesk(parts);
  const counts = new RealtimeCounts();
  const table = new SessionTable();
  const waits = new OfferWaits();
  const announcer = createLogAnnouncer(table, desk, log);
  const wheel = new TimerWheel(ticks());
  const sessions = new Set<Session>();
  const running = new Set<Promise<void>>();
  let isDraining = false;
  let seat: ConnectorSeat;

  const retryAfterMs = () => RETRY_MS.min + Math.floor(chance() * (RETRY_MS.max - RETRY_MS.min));
  const overloaded = (detail: string): Bye => ({ reason: 'overloaded', detail, retryAfterMs: retryAfterMs() });

  /** Every step may find that the connection has ended meanwhile. */
  async function letIn(session: Session, hello: Hello): Promise<void> {
    const access = typeof hello.token === 'string' ? await tokens.verify(hello.token, clock.now()) : hello.token;
    if (access.kind === 'refused') return session.end(refusalBye(access));
    const { app, device, user } = access;
    const terms = apps.realtime(app);
    if (terms === undefined) return session.end({ reason: 'no_realtime' });
    const { origin } = session.wire;
    if (origin !== undefined && !parts.allowsOrigin(app, origin))
      return session.end({ reason: 'foreign_origin', detail: "name the page's origin in realtime.origins of the app" });
    if (user !== null && parts.connectionsPerUser > 0 && isOneTooMany(access, user))
      return session.end(overloaded(`a user has at most ${parts.connectionsPerUser} connections at a time`));
    const { stream } = hello;
    const [opening, safe] = await Promise.all([
      desk.open({ app, device, user }),
      stream === undefined ? 0 : desk.safe({ app, device, stream }),
    ]);
    if (opening.kind !== 'open') return session.end({ reason: opening.kind });
    noteSeen(access);
    if (session.hasEnded) return;
    // The store answers in no order: one that came before the device's present connection does not take its place.
    if ((table.get(app, device)?.number ?? 0) > session.number) return session.end({ reason: 'replaced' });
    session.claim(access);
    table.put(access, session)?.end({ reason: 'replaced' });
    // Letters that are put from here on are offered; what was put before is read once it is let in.
    await seat.here(app, device);
    session.admit({
      terms,
      epoch: opening.epoch,
      newest: opening.newest,
      logPosition: opening.logPosition,
      logEnd: announcer.headOf(app, opening.logEnd),
      lost: opening.lost,
      id: Buffer.from(random(12)).toString('base64url'),
      ...(safe > 0 ? { safe } : {}),
    });
  }

  function isOneTooMany({ app, device }: Access, user: string): boolean {
    const replaced = table.get(app, device)?.access?.user === user ? 1 : 0;
    return table.ofUser(app, user) - replaced >= parts.connectionsPerUser;
  }

  /** When a device was last there is no more than good to know. */
  function noteSeen({ app, device }: OpenAccess['access']): void {
    track(desk.seen({ app, device }), (error) => log.warn({ app, error: messageOf(error) }, 'realtime.not_noted'));
  }

  /** What is being told to the stores, so that closing waits for it. */
  function track(work: Promise<void>, onFailed: (error: unknown) => void): void {
    const tracked = work.catch(onFailed).finally(() => running.delete(tracked));
    running.add(tracked);
  }

  function withAccess(session: Session, run: (access: Access) => Promise<void>): void {
    const { access } = session;
    if (access === undefined) return;
    track(run(access), (error) => {
      log.warn({ app: access.app, error: messageOf(error) }, 'realtime.gave_up');
      session.end(overloaded('the store does not answer'));
    });
  }

  const house: SessionHouse<Session> = {
    ticks,
    now: () => clock.now(),
    frameRate: FRAME_RATE,
    retryAfterMs,
    hello(session, hello) {
      letIn(session, hello).catch((error: unknown) => {
        log.warn({ error: messageOf(error) }, 'realtime.not_let_in');
        session.end(overloaded('the store does not answer'));
      });
    },
    refresh(session, token) {
      withAccess(session, async () => {
        const access = await tokens.verify(token, clock.now());
        if (access.kind === 'refused') session.end(refusalBye(access));
        else session.refreshed(access);
      });
    },
    readMail(session, except, limit) {
      const { access } = session;
      if (access === undefined) return;
      const { app, device, user } = access;
      desk.read({ app, device, user, except, limit }).then(
        (items) => session.mail(items),
        (error: unknown) => readLater(session, error),
      );
    },
    readLog(session, after, limit) {
      const { access } = session;
      if (access === undefined) return;
      desk.readLog(access.app, after).then(
        (entries) => session.log(entries.slice(0, limit)),
        (error: unknown) => readLater(session, error),
      );
    },
    done(session, messages, logPosition) {
      withAccess(session, async ({ app, device }) => {
        // Who waits for this very word settles the delivery; the store need not look for whom else it concerns.
        const tell = (message: string) => waits.done(session, message);
        const finished = { app, device, messages, tell, ...(logPosition === undefined ? {} : { logPosition }) };
        const theirs = await desk.done(finished);
        counts.ignored.done += messages.length - theirs.length;
        session.finished(messages);
        for (const message of theirs) waits.done(session, message);
      });
    },
    take(session, run: readonly Upward[]) {
      withAccess(session, async (access) => session.took(await takeUpward(desk, access, session.stream, run, clock)));
    },
    told(session, clears, lost) {
      withAccess(session, ({ app, device }) => desk.told({ app, device, clears, lost }));
    },
    count: (direction, type) => counts.frame(direction, type),
    wake: (session) => wheel.add(session, 0),
    ignored(what, count) {
      counts.ignored[what] += count;
    },
    ended(session, unfinished, bye) {
      sessions.delete(session);
      wheel.remove(session);
      counts.ended(bye?.reason ?? 'gone');
      waits.ended(session);
      const { access } = session;
      if (access === undefined) return;
      const { app, device } = access;
      const wasNewest = table.remove(session);
      if (wasNewest) {
        noteSeen(access);
        seat.gone(app, device).catch((error: unknown) => log.warn({ error: messageOf(error) }, 'realtime.bus_failed'));
      }
      // A newer connection, or this one after a restart of the process, gets them again; nobody need be woken.
      if (unfinished.length > 0 && wasNewest && bye?.reason !== 'draining' && bye?.reason !== 'replaced')
        track(desk.dropped({ app, device, messages: unfinished }), (error) =>
          log.warn({ app, error: messageOf(error) }, 'realtime.gave_up'),
        );
    },
  };

  function readLater(session: Session, error: unknown): void {
    log.warn({ error: messageOf(error) }, 'realtime.not_read');
    session.readFailed();
    setTimeout(() => session.drained(), READ_AGAIN_MS).unref();
  }

  async function clearAll(app: string, clear: LiveClear): Promise<void> {
    let count = 0;
    for (const session of table.ofApp(app)) {
      session.clear(clear);
      if (++count % SESSIONS_PER_TURN === 0) await breathe();
    }
  }

  async function lookAgain(): Promise<void> {
    let count = 0;
    for (const session of [...sessions]) {
      session.newMail();
      session.newLog();
      if (++count % SESSIONS_PER_TURN === 0) await breathe();
    }
  }

  const node: ConnectorNode = {
    offer(offer, waitMs) {
      const at = new Map<number, Session>();
      const states = handOver(table, offer, at);
      if (waitMs <= 0 || at.size === 0) return Promise.resolve(states);
      return waits.wait(offer.message, states, at, waitMs);
    },
    tell(app, devices, notice) {
      for (const device of devices) table.get(app, device)?.notice(notice);
    },
    clearAll: (app, clear) => void clearAll(app, clear),
    announce: (entry) => announcer.announce(entry),
    replaced(app, device) {
      table.get(app, device)?.end({ reason: 'replaced' });
    },
    missed: () => void lookAgain(),
  };
  seat = await bus.join(node);

  const timer = setInterval(() => wheel.turn(ticks()), TURN_MS);

  return {
    desk,
    counts,
    get size() {
      return sessions.size;
    },
    get isDraining() {
      return isDraining;
    },
    connect(wire) {
      const session = new Session(wire, house, ++counts.opened);
      sessions.add(session);
      wheel.add(session, session.tick(ticks()));
      return session;
    },
    find: (app, device) => table.get(app, device),
    *accesses() {
      for (const session of sessions) {
        const { access } = session;
        if (access !== undefined) yield { access, end: (refused) => session.end(refusalBye(refused)) };
      }
    },
    bufferedBytes() {
      let bytes = 0;
      for (const { wire } of sessions) bytes += wire.bufferedBytes;
      return bytes;
    },
    async drain() {
      isDraining = true;
      const spreadMs = Math.max(1_000, (sessions.size / RETURNS_PER_SECOND) * 1_000);
      let count = 0;
      for (const session of sessions) {
        session.end({ reason: 'draining', retryAfterMs: Math.floor(chance() * spreadMs) });
        if (++count % SESSIONS_PER_TURN === 0) await breathe();
      }
    },
    async close() {
      isDraining = true;
      clearInterval(timer);
      await Promise.race([Promise.allSettled(running), pause(LAST_WORDS_MS, undefined, { ref: false })]);
      await seat.leave();
    },
  };
}

/** @param at gets the sessions that have the letter and are not done with it, by their index */
function handOver(table: SessionTable, offer: LetterOffer, at: Map<number, Session>): LetterState[] {
  const { app, message, expiresAt, show } = offer;
  const body = new SharedBody(offer.body);
  return offer.to.map(({ device, user, position }, index) => {
    const session = table.get(app, device);
    const letter: Parcel = { message, position, body, show, expiresAt };
    const state = session?.offer(letter, user) ?? 'offline';
    if (session !== undefined && state !== 'offline' && state !== 'done') at.set(index, session);
    return state;
  });
}
