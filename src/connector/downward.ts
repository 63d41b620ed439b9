import type { LetterState } from '../ports/live-bus.js';
import type { WaitingClear } from '../ports/mailbox-store.js';
import type { Line, Speaker } from './line.js';
import { formatCursor } from './log-cursor.js';
import { PushWindow } from './push-window.js';
import { ReadAhead, type Source } from './read-ahead.js';
import { clearFrame, pushHead } from './session-frames.js';
import type { Admission, MailItem, Parcel } from './session-house.js';

/** Large letters fill the buffer long before a large window: what was read and not sent is read again. */
const READ_LETTERS_MAX = 64;

/**
 * What a device is sent on one connection, from the mailbox and from the log for everyone: as much as its window and the
 * wire have room for, the rest is pulled as they empty.
 */
export class Downward<Session extends Speaker> {
  readonly #line: Line<Session>;
  readonly #admission: Admission;
  readonly #window: PushWindow;
  readonly #reads: ReadAhead;

  /** @param from newest entry of the log that the device need not be sent */
  constructor(line: Line<Session>, admission: Admission, from: number) {
    this.#line = line;
    this.#admission = admission;
    this.#window = new PushWindow(from, admission.newest);
    this.#reads = new ReadAhead(from < admission.logEnd);
  }

  /** Number of the newest push. */
  get lastSeq(): number {
    return this.#window.lastSeq;
  }

  hasArrived(message: string): boolean {
    return this.#window.hasArrived(message);
  }

  /** Messages that arrived and are not `done`. */
  unfinished(): string[] {
    return this.#window.unfinished();
  }

  /** See `Session.mail`. */
  mail(items: readonly MailItem[]): void {
    this.#reads.answered('mail', items.length);
    const clears: number[] = [];
    for (const item of items) {
      if ('clear' in item) {
        this.clear(item.clear);
        clears.push(item.position);
      } else if (!this.#hasRoom()) {
        this.#reads.more('mail');
        break;
      } else this.#push(item, false);
      if (this.#line.isOver) return;
    }
    if (clears.length > 0) this.#line.wantReceipt(clears, 0);
    this.pull();
  }

  /** See `Session.log`. */
  log(entries: readonly Parcel[]): void {
    this.#reads.answered('log', entries.length);
    for (const entry of entries) {
      if (!this.#hasRoom()) {
        this.#reads.more('log');
        break;
      }
      if (entry.position > this.#window.logSent) this.#push(entry, true);
      if (this.#line.isOver) return;
    }
    this.pull();
  }

  readFailed(): void {
    this.#reads.failed();
  }

  /** A letter that was put into the mailbox just now. Sent at once where nothing is before it. */
  offer(letter: Parcel): LetterState {
    if (this.#window.has(letter.message)) return this.hasArrived(letter.message) ? 'got' : 'handed';
    if (this.#reads.isBehind('mail') || !this.#hasRoom()) {
      this.more('mail');
      return 'handed';
    }
    this.#push(letter, false);
    return this.#line.isOver ? 'offline' : 'handed';
  }

  /** An entry of the log. Sent at once where nothing is before it. */
  announce(entry: Parcel): void {
    if (entry.position <= this.#window.logSent) return;
    if (this.#reads.isBehind('log') || !this.#hasRoom()) this.more('log');
    else this.#push(entry, true);
  }

  /** There is something new. */
  more(source: Source): void {
    this.#reads.more(source);
    this.pull();
  }

  clear(clear: WaitingClear['clear']): void {
    this.#line.send('clear', clearFrame(clear));
  }

  /** All pushes up to `seq` have arrived. @returns false where that says nothing new, or was never sent */
  got(seq: number): boolean {
    const isNew = this.#window.got(seq);
    if (isNew && !this.#line.wire.hears) this.#line.arrived(seq);
    return isNew;
  }

  /** The device's app has dealt with these. @returns false where none of them is open here: nobody was told */
  done(ids: readonly string[]): boolean {
    const open = ids.filter((id) => this.#window.done(id));
    if (open.length === 0) return false;
    // The others may be of an earlier connection: the store knows.
    this.#line.house.done(this.#line.session, ids, this.#window.newLogPosition());
    this.pull();
    return true;
  }

  /** The store knows that they are finished, or will not be told any more. */
  finished(messages: readonly string[]): void {
    for (const message of messages) this.#window.forget(message);
  }

  /** Pushes of this monotonic ms and before hold up no other any more. */
  giveUpOn(before: number): void {
    if (this.#window.giveUpOn(before)) this.pull();
  }

  /** Reads what waits, as much as there is room for: first the mailbox, then the log. */
  pull(): void {
    const { house, session, isOver } = this.#line;
    if (isOver || !this.#reads.isWanted || !this.#hasRoom()) return;
    const limit = Math.min(this.#admission.terms.maxInFlight - this.#window.open, READ_LETTERS_MAX);
    if (this.#reads.begin(limit) === 'log') house.readLog(session, this.#window.logSent, limit);
    else house.readMail(session, [...this.#window.mailPositions(), ...this.#line.untold()], limit);
  }

  #hasRoom(): boolean {
    return this.#window.open < this.#admission.terms.maxInFlight && this.#line.hasRoom;
  }

  #push(parcel: Parcel, isLog: boolean): void {
    const window = this.#window;
    const { house } = this.#line;
    if (window.has(parcel.message)) return;
    if (parcel.expiresAt <= house.now()) {
      if (isLog) window.passOver(parcel.position);
      return;
    }
    const seq = window.add(parcel.message, parcel.position, isLog, house.ticks());
    const cursor = formatCursor(this.#admission.epoch, window.logSent, window.mailSent);
    this.#line.push(pushHead(seq, cursor, parcel.show), parcel.body, cursor);
  }
}
