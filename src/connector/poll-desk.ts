import type { Access } from '../usecases/access-tokens.js';
import { type Bye, byeFrame } from './byes.js';
import type { Ending } from './ending.js';
import { formatPollCursor, type PollCursor } from './poll-cursor.js';
import { createPollWire, type PollWire } from './poll-wire.js';
import { HELLO_MS, type Session } from './session.js';
import type { Wire } from './wire.js';

/** What follows closely goes into the same answer. */
const GATHER_MS = 10;
/** A client that does not ask again for so long is gone. */
const ABSENCE_MS = 20_000;
/** By then the session has a welcome or a bye. */
const OPENING_MS = 2 * HELLO_MS;

export interface PollAsk {
  readonly cursor?: PollCursor;
  readonly stream?: string;
  readonly waitMs: number;
}

export type PollAnswer =
  | { readonly kind: 'frames'; readonly frames: readonly string[]; readonly cursor: string }
  /** Before the first frame: for the HTTP status. */
  | { readonly kind: 'bye'; readonly bye: Ending };

export interface PollHouse {
  /** Begins a connection of the device over this wire, as with a hello. */
  open(wire: Wire, access: Access, hello: { readonly cursor?: string; readonly stream?: string }): Session;
  /** Counts a connection in. @returns why it is turned away */
  enter(address: string): Ending | undefined;
  /** A connection that was counted in is gone. */
  leave(address: string): void;
  /** The store knows that the device has dealt with these; for a session that is not there any more. */
  finish(access: Access, messages: readonly string[]): Promise<void>;
}

/** Connections of devices that ask again and again: a session lives on between the questions. */
export interface PollDesk {
  /** @param signal the client has gone */
  poll(access: Access, ask: PollAsk, signal: AbortSignal, address: string): Promise<PollAnswer>;
  /** How many devices have a place here. */
  readonly size: number;
}

interface Answer {
  readonly frames: readonly string[];
  readonly ids: readonly string[];
  readonly seq: number;
}

/** One device's session with what it was told last. */
interface Seat {
  readonly wire: PollWire;
  readonly session: Session;
  /** Where the device was when it sat down. */
  readonly address: string;
  hasLeft: boolean;
  /** Counts answers. */
  answers: number;
  /** Told, and perhaps lost. */
  last: Answer;
  /** Of the newest push that was answered, else of the welcome. */
  cursor: string;
  /** Ends the question that waits; the newer one wins. */
  parked: ((why: 'ready' | 'replaced') => void) | undefined;
  absence: NodeJS.Timeout | undefined;
}

const NOTHING: Answer = { frames: [], ids: [], seq: 0 };

export function createPollDesk(house: PollHouse): PollDesk {
  const seats = new Map<string, Seat>();
  const keyOf = ({ app, device }: Access) => `${app} ${device}`;

  function sit(access: Access, ask: PollAsk, address: string): Seat {
    const key = keyOf(access);
    let seat: Seat | undefined;
    const wire = createPollWire(() => seat?.parked?.('ready'));
    const session = house.open(wire, access, {
      ...(ask.cursor === undefined ? {} : { cursor: ask.cursor.cursor }),
      ...(ask.stream === undefined ? {} : { stream: ask.stream }),
    });
    const before = seats.get(key);
    seat = {
      wire,
      session,
      address,
      hasLeft: false,
      answers: 0,
      last: NOTHING,
      cursor: '',
      parked: undefined,
      absence: undefined,
    };
    if (before !== undefined) leave(access, before);
    seats.set(key, seat);
    return seat;
  }

  function leave(access: Access, seat: Seat): void {
    clearTimeout(seat.absence);
    if (!seat.hasLeft) house.leave(seat.address);
    seat.hasLeft = true;
    if (seats.get(keyOf(access)) === seat) seats.delete(keyOf(access));
    seat.session.gone();
  }

  /** The client has the last answer, and its app has dealt with all that was in it. */
  async function settle(access: Access, { session, last }: Seat): Promise<void> {
    if (last.ids.length === 0) return;
    if (session.hasEnded) {
      await house.finish(access, last.ids);
      return;
    }
    session.frame({ t: 'got', seq: last.seq });
    session.frame({ t: 'done', ids: last.ids });
  }

  function answer(access: Access, seat: Seat): PollAnswer {
    const { wire } = seat;
    const { cursor, ...told } = wire.takeFrames();
    if (wire.bye !== undefined && seat.answers === 0 && told.ids.length === 0 && told.frames.length <= 1) {
      leave(access, seat);
      return { kind: 'bye', bye: wire.bye };
    }
    if (seat.answers === 0) seat.cursor = welcomeCursor(told.frames);
    seat.cursor = cursor ?? seat.cursor;
    seat.last = told;
    seat.session.drained();
    seat.answers++;
    return again(access, seat);
  }

  /** The last answer, as it was. */
  function again(access: Access, seat: Seat): PollAnswer {
    const { wire, session, last, answers, cursor } = seat;
    if (wire.bye !== undefined && !wire.hasFrames) leave(access, seat);
    else {
      clearTimeout(seat.absence);
      seat.absence = setTimeout(() => leave(access, seat), ABSENCE_MS);
    }
    const text = formatPollCursor({ session: session.id ?? '-', answer: answers, cursor, ids: last.ids });
    return { kind: 'frames', frames: last.frames, cursor: text };
  }

  /** Waits until there is something to tell. @returns `replaced` where a newer question came */
  function park(seat: Seat, waitMs: number, signal: AbortSignal): Promise<'ready' | 'replaced' | 'gone'> {
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout;
      let isGathering = false;
      const end = (why: 'ready' | 'replaced' | 'gone') => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onGone);
        if (seat.parked === onReady) seat.parked = undefined;
        resolve(why);
      };
      const onGone = () => end('gone');
      const onReady = (why: 'ready' | 'replaced') => {
        if (why === 'replaced' || seat.wire.bye !== undefined) return end(why);
        if (isGathering) return;
        isGathering = true;
        clearTimeout(timer);
        timer = setTimeout(() => end('ready'), GATHER_MS);
      };
      timer = setTimeout(() => end('ready'), waitMs);
      signal.addEventListener('abort', onGone, { once: true });
      clearTimeout(seat.absence);
      seat.parked = onReady;
      if (signal.aborted) onGone();
      else if (seat.wire.bye !== undefined || seat.wire.hasFrames) onReady('ready');
    });
  }

  return {
    get size() {
      return seats.size;
    },
    async poll(access, ask, signal, address) {
      let seat = seats.get(keyOf(access));
      const { cursor } = ask;
      if (seat !== undefined && cursor !== undefined && seat.session.id === cursor.session) {
        seat.parked?.('replaced');
        if (cursor.answer === seat.answers - 1) return again(access, seat);
        if (cursor.answer === seat.answers) await settle(access, seat);
        else seat = undefined;
      } else {
        seat = undefined;
        if (cursor !== undefined && cursor.ids.length > 0) await house.finish(access, cursor.ids);
      }
      if (seat === undefined) {
        const bye = house.enter(address);
        if (bye !== undefined) return { kind: 'bye', bye };
        seat = sit(access, ask, address);
      }
      // The first answer has the welcome, however short the client would wait.
      const why = await park(seat, seat.answers === 0 ? OPENING_MS : ask.waitMs, signal);
      if (why === 'ready') return answer(access, seat);
      if (why === 'gone') {
        seat.absence = setTimeout(() => seat && leave(access, seat), ABSENCE_MS);
        return { kind: 'frames', frames: [], cursor: '' }; // nobody reads it
      }
      const bye: Bye = { reason: 'replaced', detail: 'a newer question of this device is there' };
      // Whoever asks again with it goes on where this question began.
      return { kind: 'frames', frames: [byeFrame(bye)], cursor: cursor === undefined ? '' : asAsked(cursor) };
    },
  };
}

function asAsked(cursor: PollCursor): string {
  return cursor.session === '' ? cursor.cursor : formatPollCursor(cursor);
}

function welcomeCursor([first = '{}']: readonly string[]): string {
  const { cursor = '-' } = JSON.parse(first) as { readonly cursor?: string }; // as the session wrote it
  return cursor;
}
