import type { AccessScope } from '../domain/realtime.js';
import type { DeviceNotice, LetterState } from '../ports/live-bus.js';
import type { WaitingClear } from '../ports/mailbox-store.js';
import type { Access, Refused } from '../usecases/access-tokens.js';
import type { Bye } from './byes.js';
import { type ClientFrame, type Hello, UPWARD_SCOPES, type Upward } from './client-frame.js';
import { FrameBucket, type FrameRate } from './frame-bucket.js';
import { formatCursor, parseCursor } from './log-cursor.js';
import { PushWindow } from './push-window.js';
import { UpwardQueue } from './upward-queue.js';
import type { SharedBody, Wire } from './wire.js';

/** A heartbeat below this is nobody's; docs/realtime-protocol.md. */
export const PING_MS_MIN = 5_000;
export const HELLO_MS = 10_000;
export const PONG_MS = 10_000;
/** Above this nothing more is taken from the mailbox for a connection. */
export const BUFFER_BYTES_SOFT = 64 * 1024;
/** Above this, or after `STUCK_MS` in which nothing leaves, the connection is cut. */
export const BUFFER_BYTES_MAX = 1024 * 1024;
export const STUCK_MS = 30_000;
/** A push that is not `done` by then holds up no other; its route goes on as well. */
export const DONE_WITHIN_MS = 60_000;
const STUCK_LOOK_MS = 10_000;
const SIGN: ClientFrame = { t: 'sign' };
/** Large letters fill the buffer long before a large window: what was read and not sent is read again. */
const READ_LETTERS_MAX = 64;
/** Frames that come while the mailbox is being opened. */
const HELD_FRAMES_MAX = 64;

/** A letter, or an entry of the log, on its way into a connection. */
export interface Parcel {
  readonly message: string;
  readonly position: number;
  readonly body: SharedBody;
  readonly show: boolean;
  readonly expiresAt: number;
}
export type MailItem = Parcel | WaitingClear;

/** What a session needs of its app. */
export interface SessionTerms {
  readonly pingMaxMs: number;
  readonly maxInFlight: number;
}

/** A device that may connect, with what waits for it. */
export interface Admission {
  readonly terms: SessionTerms;
  readonly epoch: string;
  /** No position in a mailbox is above this yet. */
  readonly newest: number;
  /** Newest entry of the log that the device need not be sent. */
  readonly logPosition: number;
  /** Newest entry of the log, of those that were announced already as well. */
  readonly logEnd: number;
  /** Letters lost since the last connection was told. */
  readonly lost: number;
  /** Names this connection to whoever answers elsewhere, as with SSE. */
  readonly id: string;
  /** Highest `n` of the stream that is safe, where that is known. */
  readonly safe?: number;
}

/**
 * What sessions ask of their house. Nothing here waits: answers come back as calls of the session. Calls of one session
 * come one at a time.
 */
export interface SessionHouse {
  /** Monotonic ms, for silence and waiting. */
  ticks(): number;
  /** The time of day, for what expires. */
  now(): number;
  readonly frameRate: FrameRate;
  /** How long a client waits that was cut for what many do at once. */
  retryAfterMs(): number;
  /** To be answered by `claim` and then `admit`, or by `end`. */
  hello(session: Session, hello: Hello): void;
  /** To be answered by `refreshed` or `end`. */
  refresh(session: Session, token: string): void;
  /** To be answered by `mail`. */
  readMail(session: Session, except: readonly number[], limit: number): void;
  /** To be answered by `log`. */
  readLog(session: Session, after: number, limit: number): void;
  /** To be answered by `finished`. `logPosition` as in `Finished`. */
  done(session: Session, messages: readonly string[], logPosition: number | undefined): void;
  /** One kind of them, in order; to be answered by `took`, before more are given. */
  take(session: Session, run: readonly Upward[]): void;
  /** The device has seen these `clear` entries, and knows of so many lost letters. */
  told(session: Session, clears: readonly number[], lost: number): void;
  /** A frame of this kind has come or gone. */
  count(direction: 'in' | 'out', type: string): void;
  /** It wants to be looked at before the time that `tick` has named. */
  wake(session: Session): void;
  /** Frames that say what cannot be, and change nothing. */
  ignored(what: 'got' | 'done', count: number): void;
  /** It is over: nothing more comes from it. `unfinished`: messages that arrived and are not `done`. */
  ended(session: Session, unfinished: readonly string[], bye: Bye | undefined): void;
}

/**
 * One connection of a device, apart from sockets, timers and stores: what comes in are calls, what goes out are frames
 * of its wire and calls of its house. A class, because there are tens of thousands of them: closures cost several times
 * as much memory.
 */
export class Session {
  readonly wire: Wire;
  /** Counts connections as they begin: of two of a device the higher is the newer. */
  readonly number: number;
  /** Belongs to the timer wheel. */
  due = 0;
  readonly #house: SessionHouse;
  #phase: 'greeting' | 'opening' | 'open' | 'ended' = 'greeting';
  #admission: Admission | undefined;
  #access: Access | undefined;
  #stream: string | undefined;
  #hello: Hello | undefined;
  #held: ClientFrame[] | undefined;
  #bucket: FrameBucket | undefined;

  #pingMs = 0;
  #startedAt: number;
  #heardAt: number;
  #sentAt: number;
  /** 0: no ping is unanswered. */
  #pingedAt = 0;
  #pings = 0;
  #pongs = 0;
  /** Told once the ping after them is answered. */
  #receipts: { readonly mark: number; readonly clears: readonly number[]; readonly lost: number }[] | undefined;

  #window: PushWindow | undefined;
  /** The mailbox may have more than was read; the same of the log. */
  #moreMail = false;
  #moreLog = false;
  #reading: 'mail' | 'log' | undefined;
  #readLimit = 0;
  /** Something new came while it was read. */
  #again = false;

  #upward: UpwardQueue | undefined;
  #isDeaf = false;

  constructor(wire: Wire, house: SessionHouse, number: number) {
    this.wire = wire;
    this.number = number;
    this.#house = house;
    const at = house.ticks();
    this.#startedAt = at;
    this.#heardAt = at;
    this.#sentAt = at;
  }

  /** Set from `claim` on. */
  get access(): Access | undefined {
    return this.#access;
  }

  /** The client's name for its counter of events. */
  get stream(): string | undefined {
    return this.#stream;
  }

  get id(): string | undefined {
    return this.#admission?.id;
  }

  get hasEnded(): boolean {
    return this.#phase === 'ended';
  }

  /** The client says something. */
  frame(frame: ClientFrame): void {
    if (this.#phase === 'ended') return;
    const at = this.#house.ticks();
    this.#house.count('in', frame.t);
    this.#heardAt = at;
    this.#pingedAt = 0;
    if (frame.t === 'bad') {
      this.end({ reason: 'bad_frame', detail: frame.detail });
      return;
    }
    if (this.#phase === 'greeting') {
      this.#greet(frame);
      return;
    }
    if (this.#phase === 'opening') {
      this.#held ??= [];
      if (this.#held.push(frame) > HELD_FRAMES_MAX) this.#tooMany();
      return;
    }
    if (this.#answersPush(frame)) return;
    this.#bucket ??= new FrameBucket(this.#house.frameRate, at);
    if (this.#bucket.take(this.#house.frameRate, at)) this.#hear(frame);
    else this.#tooMany();
  }

  /** A sign of life below frames, such as a WebSocket's own ping. Counts as a frame. */
  sign(): void {
    if (this.#phase === 'open') this.frame(SIGN);
  }

  /**
   * Looks at what time has brought.
   *
   * @returns monotonic ms at which it wants to be called again
   */
  tick(at: number): number {
    if (this.#phase === 'ended') return Number.POSITIVE_INFINITY;
    if (this.#phase !== 'open') {
      const deadline = this.#startedAt + HELLO_MS;
      if (at < deadline) return deadline;
      this.end(this.#phase === 'greeting' ? { reason: 'no_hello' } : this.#overloaded());
      return Number.POSITIVE_INFINITY;
    }
    const stuckSince = this.wire.stuckSince();
    if (stuckSince !== undefined && at - stuckSince >= STUCK_MS) {
      this.end({ reason: 'too_slow' });
      return Number.POSITIVE_INFINITY;
    }
    if (this.#window?.giveUpOn(at - DONE_WITHIN_MS) === true) this.#pull();
    const due = Math.min(this.#silenceDue(at), stuckSince === undefined ? at + STUCK_LOOK_MS : stuckSince + STUCK_MS);
    return this.#phase === 'open' ? due : Number.POSITIVE_INFINITY;
  }

  /** The house knows whose connection it is: from now on, letters are offered to it. */
  claim(access: Access): void {
    if (this.#phase === 'opening') this.#access = access;
  }

  /** The house lets the device in. */
  admit(admission: Admission): void {
    const hello = this.#hello;
    const access = this.#access;
    if (this.#phase !== 'opening' || hello === undefined || access === undefined) return;
    const { epoch, newest, logEnd, lost } = admission;
    const given = hello.cursor === undefined ? undefined : parseCursor(hello.cursor);
    const resumed =
      given !== undefined && given.epoch === epoch && given.logPosition <= logEnd && given.position <= newest;
    const from = Math.max(admission.logPosition, resumed ? given.logPosition : 0);
    this.#phase = 'open';
    this.#admission = admission;
    this.#hello = undefined;
    this.#pingMs = this.#grant(hello.pingMs ?? admission.terms.pingMaxMs);
    this.#house.wake(this);
    const { safe } = admission;
    const cursor = formatCursor(epoch, from, newest);
    this.#send(
      'welcome',
      JSON.stringify({
        t: 'welcome',
        device: access.device,
        user: access.user,
        cursor,
        resumed,
        ping_ms: this.#pingMs,
        max_in_flight: admission.terms.maxInFlight,
        session: admission.id,
        ...(safe === undefined ? {} : { ok: safe }),
      }),
    );
    if (lost > 0) {
      this.#send('gap', JSON.stringify({ t: 'gap', count: lost, reason: 'mailbox_full', cursor }));
      this.#wantReceipt([], lost);
    }
    if (hello.cursor !== undefined && !resumed)
      this.#send('gap', JSON.stringify({ t: 'gap', count: 0, reason: 'mailbox_reset', cursor }));
    if (this.#may('receive')) {
      this.#window = new PushWindow(from, newest);
      this.#moreMail = true;
      this.#moreLog = from < logEnd;
      this.#pull();
    }
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const frame of held) this.frame(frame);
  }

  /** The answer to `refresh`. The access token is good; whose it is stands to be seen. */
  refreshed(access: Access): void {
    const before = this.#access;
    if (this.#phase !== 'open' || before === undefined) return;
    if (access.app !== before.app || access.device !== before.device) {
      this.end({ reason: 'token_refused', detail: 'the new access token is for another device' });
    } else if (access.user !== before.user) {
      this.end({ reason: 'not_theirs', detail: 'the new access token is for another user: connect anew' });
    } else {
      this.#access = access;
      this.#send('ok', '{"t":"ok"}');
    }
  }

  /** The answer to `readMail`: in the mailbox's order, all there is or as many as were asked for. */
  mail(items: readonly MailItem[]): void {
    this.#reading = undefined;
    const window = this.#window;
    if (this.#phase !== 'open' || window === undefined) return;
    this.#moreMail = this.#again || items.length >= this.#readLimit;
    this.#again = false;
    const clears: number[] = [];
    for (const item of items) {
      if ('clear' in item) {
        this.#clear(item.clear);
        clears.push(item.position);
      } else if (!this.#hasRoom()) {
        this.#moreMail = true;
        break;
      } else this.#push(item, false);
      if (this.hasEnded) return;
    }
    if (clears.length > 0) this.#wantReceipt(clears, 0);
    this.#pull();
  }

  /** The answer to `readLog`: oldest first, all there is or as many as were asked for. */
  log(entries: readonly Parcel[]): void {
    this.#reading = undefined;
    const window = this.#window;
    if (this.#phase !== 'open' || window === undefined) return;
    this.#moreLog = this.#again || entries.length >= this.#readLimit;
    this.#again = false;
    for (const entry of entries) {
      if (!this.#hasRoom()) {
        this.#moreLog = true;
        break;
      }
      if (entry.position > window.logSent) this.#push(entry, true);
      if (this.hasEnded) return;
    }
    this.#pull();
  }

  /** Reading failed; it is tried again when the house calls `drained`. */
  readFailed(): void {
    if (this.#reading === 'mail') this.#moreMail = true;
    if (this.#reading === 'log') this.#moreLog = true;
    this.#reading = undefined;
  }

  /** A letter that was put into the mailbox just now. Sent at once where nothing is before it. */
  offer(letter: Parcel, user: string | null): LetterState {
    const window = this.#window;
    if (this.#access?.user !== user || this.#phase === 'ended' || !this.#may('receive')) return 'offline';
    // It is in the mailbox, which is read once the device is let in.
    if (window === undefined) return 'handed';
    if (window.has(letter.message)) return window.hasArrived(letter.message) ? 'got' : 'handed';
    if (this.#moreMail || this.#reading === 'mail' || !this.#hasRoom()) {
      this.newMail();
      return 'handed';
    }
    this.#push(letter, false);
    return this.hasEnded ? 'offline' : 'handed';
  }

  /** An entry of the log; the house announces them in the order of their positions, and none twice. */
  announce(entry: Parcel): void {
    const window = this.#window;
    if (this.#phase !== 'open' || window === undefined || entry.position <= window.logSent) return;
    if (this.#moreLog || this.#reading === 'log' || !this.#hasRoom()) this.newLog();
    else this.#push(entry, true);
  }

  /** There is something new in the log. */
  newLog(): void {
    if (this.#phase !== 'open' || this.#window === undefined) return;
    if (this.#reading === 'log') this.#again = true;
    this.#moreLog = true;
    this.#pull();
  }

  /** There is something new in the mailbox. */
  newMail(): void {
    if (this.#phase !== 'open' || this.#window === undefined) return;
    if (this.#reading === 'mail') this.#again = true;
    this.#moreMail = true;
    this.#pull();
  }

  notice(notice: DeviceNotice): void {
    if (this.#phase === 'ended') return;
    if (notice.kind === 'end') this.end({ reason: notice.why });
    else if (notice.kind === 'owner') this.#checkOwner(notice.user);
    else if (notice.kind === 'mail') this.newMail();
    else if (this.#phase === 'open' && this.#window !== undefined) {
      this.#clear(notice);
      // It may wait in the mailbox as well, and must not be told again after something newer with the same tag.
      this.newMail();
    }
  }

  /** How far the device is with a message that was offered here. */
  stateOf(message: string): LetterState {
    if (this.#phase === 'ended') return 'offline';
    return this.#window?.hasArrived(message) === true ? 'got' : 'handed';
  }

  /** The answer to `done`: the store knows, or will not be told any more. */
  finished(messages: readonly string[]): void {
    for (const message of messages) this.#window?.forget(message);
  }

  /** The answer to `take`: those that can never be taken, with their reason; the others are safe. */
  took(refused: readonly { readonly n: number; readonly code: string; readonly detail: string }[]): void {
    const upward = this.#upward;
    if (upward === undefined || this.#phase !== 'open') return;
    upward.settle();
    for (const { n, code, detail } of refused) this.#send('error', JSON.stringify({ t: 'error', n, code, detail }));
    this.#send('ok', `{"t":"ok","n":${upward.safe}}`);
    this.#takeNext(upward);
    this.#listenAgain(upward);
  }

  /** The wire can take more. */
  drained(): void {
    this.#pull();
  }

  /** The connection is gone without a bye from here. */
  gone(): void {
    this.#over(undefined);
  }

  /** Ends the connection. Calling it twice is harmless. */
  end(bye: Bye): void {
    if (this.#phase === 'ended') return;
    this.#house.count('out', 'bye');
    this.wire.end(bye);
    this.#over(bye);
  }

  #greet(frame: ClientFrame): void {
    if (frame.t !== 'hello') {
      this.end({ reason: 'bad_frame', detail: 'the first frame is hello' });
      return;
    }
    this.#phase = 'opening';
    this.#startedAt = this.#heardAt;
    this.#hello = frame;
    this.#stream = frame.stream;
    this.#house.hello(this, frame);
  }

  /** What answers a push is paid for by the push, so that a fast device is not taken for a flood. */
  #answersPush(frame: ClientFrame): boolean {
    const window = this.#window;
    if (window === undefined) return false;
    if (frame.t === 'got') {
      const isNew = window.got(frame.seq);
      if (isNew && !this.wire.hears) this.#receive(frame.seq);
      return isNew;
    }
    if (frame.t !== 'done') return false;
    const open = frame.ids.filter((id) => window.done(id));
    if (open.length === 0) return false;
    // The others may be of an earlier connection: the store knows.
    this.#house.done(this, frame.ids, window.newLogPosition());
    this.#pull();
    return true;
  }

  #hear(frame: Exclude<ClientFrame, { t: 'bad' }>): void {
    switch (frame.t) {
      case 'hello':
        this.end({ reason: 'bad_frame', detail: 'hello was said before' });
        break;
      case 'got':
        if (this.#window === undefined || frame.seq > this.#window.lastSeq) this.#house.ignored('got', 1);
        break;
      case 'done':
        if (this.#window === undefined) this.#house.ignored('done', frame.ids.length);
        else if (frame.ids.length > 0) this.#house.done(this, frame.ids, undefined);
        break;
      case 'event':
      case 'up':
      case 'faulty':
        this.#rise(frame);
        break;
      case 'ping':
        if (frame.pingMs !== undefined) {
          this.#pingMs = this.#grant(frame.pingMs);
          this.#house.wake(this);
        }
        this.#send('pong', `{"t":"pong","ping_ms":${this.#pingMs}}`);
        break;
      case 'pong':
        this.#pongs = Math.min(this.#pongs + 1, this.#pings);
        this.#receive(this.#pongs);
        break;
      case 'sign':
        break;
      case 'refresh':
        this.#house.refresh(this, frame.token);
        break;
    }
  }

  #rise(frame: Upward): void {
    this.#upward ??= new UpwardQueue(this.#admission?.safe ?? 0);
    const upward = this.#upward;
    const numbered = upward.number(frame.n);
    if (numbered.kind === 'hole') {
      this.end({ reason: 'bad_frame', detail: `n goes from ${numbered.last} to ${frame.n}: it has no holes` });
    } else if (numbered.kind === 'safe') {
      this.#send('ok', `{"t":"ok","n":${upward.safe}}`);
    } else if (numbered.kind === 'new') {
      upward.add(this.#judge(frame));
      if (upward.isFull) this.#listen(false);
      this.#takeNext(upward);
    }
  }

  #judge(frame: Upward): Upward {
    if (frame.t === 'faulty') return frame;
    const scope = UPWARD_SCOPES[frame.t];
    const { n } = frame;
    if (!this.#may(scope))
      return { t: 'faulty', n, code: 'missing_scope', detail: `the access token has no scope '${scope}'` };
    // Without a name the count would begin anew with each connection, and new messages would pass for old ones.
    if (frame.t === 'up' && this.#stream === undefined)
      return { t: 'faulty', n, code: 'stream_missing', detail: 'hello must name the stream whose n this is' };
    return frame;
  }

  #takeNext(upward: UpwardQueue): void {
    const run = upward.next();
    if (run === undefined) return;
    if (run[0]?.t === 'faulty') this.took(run.flatMap((frame) => (frame.t === 'faulty' ? [frame] : [])));
    else this.#house.take(this, run);
  }

  #listenAgain(upward: UpwardQueue): void {
    if (!this.#isDeaf || this.#phase !== 'open' || !upward.hasRoom) return;
    this.#heardAt = this.#house.ticks();
    this.#pingedAt = 0;
    this.#listen(true);
  }

  #listen(on: boolean): void {
    this.#isDeaf = !on;
    this.wire.listen(on);
  }

  #hasRoom(): boolean {
    const window = this.#window;
    if (window === undefined || this.#admission === undefined) return false;
    return window.open < this.#admission.terms.maxInFlight && this.wire.bufferedBytes < BUFFER_BYTES_SOFT;
  }

  /** Reads what waits, as much as there is room for: first the mailbox, then the log. */
  #pull(): void {
    const window = this.#window;
    if (this.#phase !== 'open' || window === undefined || this.#admission === undefined) return;
    if (this.#reading !== undefined || !(this.#moreMail || this.#moreLog) || !this.#hasRoom()) return;
    this.#readLimit = Math.min(this.#admission.terms.maxInFlight - window.open, READ_LETTERS_MAX);
    if (this.#moreMail) {
      this.#reading = 'mail';
      this.#moreMail = false;
      const untold = this.#receipts?.flatMap(({ clears }) => clears) ?? [];
      this.#house.readMail(this, [...window.mailPositions(), ...untold], this.#readLimit);
    } else {
      this.#reading = 'log';
      this.#moreLog = false;
      this.#house.readLog(this, window.logSent, this.#readLimit);
    }
  }

  #push(parcel: Parcel, isLog: boolean): void {
    const window = this.#window;
    const admission = this.#admission;
    if (window === undefined || admission === undefined || window.has(parcel.message)) return;
    if (parcel.expiresAt <= this.#house.now()) {
      if (isLog) window.passOver(parcel.position);
      return;
    }
    this.#house.count('out', 'push');
    const seq = window.add(parcel.message, parcel.position, isLog, this.#house.ticks());
    const cursor = formatCursor(admission.epoch, window.logSent, window.mailSent);
    this.wire.push(`{"t":"push","seq":${seq},"cursor":"${cursor}","show":${parcel.show},`, parcel.body, cursor);
    this.#sentAt = this.#house.ticks();
    this.#checkBuffer();
  }

  #checkOwner(user: string | null): void {
    if (this.#access !== undefined && this.#access.user !== user) this.end({ reason: 'user_changed' });
  }

  #clear({ messages, tags, reason }: WaitingClear['clear']): void {
    this.#send('clear', JSON.stringify({ t: 'clear', ids: messages, tags, reason }));
  }

  #send(type: string, frame: string): void {
    if (this.#phase === 'ended') return;
    this.#house.count('out', type);
    this.wire.send(frame);
    this.#sentAt = this.#house.ticks();
    this.#checkBuffer();
  }

  #checkBuffer(): void {
    if (this.wire.bufferedBytes > BUFFER_BYTES_MAX) this.end({ reason: 'too_slow' });
  }

  /** A ping, whose answer says that what was sent before has arrived; where none is answered, the next push says it. */
  #wantReceipt(clears: readonly number[], lost: number): void {
    if (this.#phase !== 'open') return;
    this.#receipts ??= [];
    if (!this.wire.hears) {
      this.#receipts.push({ mark: (this.#window?.lastSeq ?? 0) + 1, clears, lost });
      return;
    }
    this.#receipts.push({ mark: this.#pings + 1, clears, lost });
    this.#ping();
    this.#house.wake(this);
  }

  /** @param mark number of the ping, or push, that has arrived */
  #receive(mark: number): void {
    const receipts = this.#receipts;
    if (receipts === undefined) return;
    const rest = receipts.filter((receipt) => receipt.mark > mark);
    this.#receipts = rest.length === 0 ? undefined : rest;
    for (const receipt of receipts) if (receipt.mark <= mark) this.#house.told(this, receipt.clears, receipt.lost);
  }

  #ping(): void {
    this.#pings++;
    if (this.#pingedAt === 0) this.#pingedAt = this.#house.ticks();
    this.#send('ping', '{"t":"ping"}');
  }

  /** @returns when to look again */
  #silenceDue(at: number): number {
    if (this.#pingedAt > 0 && this.wire.hears && !this.#isDeaf) {
      if (at < this.#pingedAt + PONG_MS) return this.#pingedAt + PONG_MS;
      this.end({ reason: 'silent' });
      return Number.POSITIVE_INFINITY;
    }
    const quietSince = this.wire.hears ? Math.min(this.#heardAt, this.#sentAt) : this.#sentAt;
    if (this.#isDeaf || at < quietSince + this.#pingMs) return Math.max(at + 1_000, quietSince + this.#pingMs);
    this.#ping();
    return this.wire.hears ? at + PONG_MS : at + this.#pingMs;
  }

  #grant(wishMs: number): number {
    return Math.min(Math.max(wishMs, PING_MS_MIN), this.#admission?.terms.pingMaxMs ?? PING_MS_MIN);
  }

  #may(scope: AccessScope): boolean {
    return this.#access?.scopes.has(scope) === true;
  }

  #tooMany(): void {
    this.end({ reason: 'too_many_frames', retryAfterMs: this.#house.retryAfterMs() });
  }

  #overloaded(): Bye {
    return { reason: 'overloaded', retryAfterMs: this.#house.retryAfterMs() };
  }

  #over(bye: Bye | undefined): void {
    if (this.#phase === 'ended') return;
    this.#phase = 'ended';
    const unfinished = this.#window?.unfinished() ?? [];
    this.#window = undefined;
    this.#upward = undefined;
    this.#held = undefined;
    this.#house.ended(this, unfinished, bye);
  }
}

/** The end of a connection whose access token does not stand any more. */
export function refusalBye({ code, detail }: Refused): Bye {
  return { reason: code, detail };
}
