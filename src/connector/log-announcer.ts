import { setImmediate as breathe } from 'node:timers/promises';
import type { LogAnnouncement } from '../ports/live-bus.js';
import type { Log } from '../ports/log.js';
import { messageOf, persist } from './persist.js';
import type { Session } from './session.js';
import type { Parcel } from './session-house.js';
import type { SessionTable } from './session-table.js';
import type { StoreDesk } from './store-desk.js';
import { SharedBody } from './wire.js';

/** After so many connections everything else has a turn. */
const SESSIONS_PER_TURN = 1_000;

/**
 * Hands entries of an app's log to its connections: each entry once, in the order of positions, whatever the order in
 * which they were announced; one that was missed is read.
 */
export interface LogAnnouncer {
  announce(entry: LogAnnouncement): void;
  /** Whoever connects to the app reads up to here; later entries are announced to it. @param logEnd as the store has it */
  headOf(app: string, logEnd: number): number;
}

interface AppLog {
  /** Newest entry that was handed on. */
  head: number;
  readonly waiting: Map<number, Parcel>;
  isRunning: boolean;
}

export function createLogAnnouncer(table: SessionTable, desk: Pick<StoreDesk, 'readLog'>, log: Log): LogAnnouncer {
  const apps = new Map<string, AppLog>();

  /** What comes next, without a hole. */
  async function next(app: string, of: AppLog): Promise<readonly Parcel[]> {
    const entries: Parcel[] = [];
    for (let at = of.head + 1; ; at++) {
      const entry = of.waiting.get(at);
      if (entry === undefined) break;
      entries.push(entry);
    }
    if (entries.length > 0) return entries;
    return persist('log', log, () => desk.readLog(app, of.head));
  }

  async function run(app: string, of: AppLog): Promise<void> {
    of.isRunning = true;
    try {
      while (of.waiting.size > 0) {
        const newest = Math.max(...of.waiting.keys());
        const entries = await next(app, of);
        // Nothing to read below what was announced: those between have expired, or were withdrawn.
        const end = entries.at(-1)?.position ?? newest;
        for (const position of of.waiting.keys()) if (position <= end) of.waiting.delete(position);
        of.head = Math.max(of.head, end);
        await handOn(table.ofApp(app), entries);
      }
    } catch (error) {
      log.warn({ app, error: messageOf(error) }, 'realtime.log_not_read');
      of.head = Math.max(of.head, ...of.waiting.keys());
      of.waiting.clear();
      // Each connection reads on by itself from where it stands.
      for (const session of table.ofApp(app)) session.newLog();
    } finally {
      of.isRunning = false;
    }
  }

  return {
    announce({ app, message, body, expiresAt, position }) {
      const of = apps.get(app);
      if (of === undefined) {
        // Nobody was let in before; whoever is from now on reads up to here.
        apps.set(app, { head: position, waiting: new Map(), isRunning: false });
        return;
      }
      if (position <= of.head) return;
      of.waiting.set(position, { message, body: new SharedBody(body), expiresAt, position, show: true });
      if (!of.isRunning) void run(app, of);
    },
    headOf(app, logEnd) {
      const of = apps.get(app);
      if (of !== undefined) return Math.max(of.head, logEnd);
      apps.set(app, { head: logEnd, waiting: new Map(), isRunning: false });
      return logEnd;
    },
  };
}

/** The entries of one turn leave in one write for each connection. */
async function handOn(sessions: Iterable<Session>, entries: readonly Parcel[]): Promise<void> {
  let count = 0;
  for (const session of sessions) {
    for (const entry of entries) session.announce(entry);
    if (++count % SESSIONS_PER_TURN === 0) await breathe();
  }
}
