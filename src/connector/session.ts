import { type AccessScope, DONE_WITHIN_MS } from '../domain/realtime.js';
import type { DeviceNotice, LetterState, LiveClear } from '../ports/live-bus.js';
import type { Access } from '../usecases/access-tokens.js';
import type { Bye } from './byes.js';
import type { ClientFrame, Hello } from './client-frame.js';
import { Downward } from './downward.js';
import { FrameBucket } from './frame-bucket.js';
import { Line } from './line.js';
import { Liveness, PING_MS_MIN, stuckDue } from './liveness.js';
import { formatCursor, resumeFrom } from './log-cursor.js';
import { gapFrame, okFrame, pongFrame, welcomeFrame } from './session-frames.js';
import type { Admission, MailItem, Parcel, SessionHouse } from './session-house.js';
import type { Untaken } from './take-upward.js';
import { UpwardTalk } from './upward-talk.js';
import type { Wire } from './wire.js';

/** For hello, and again for being let in. */
export const HELLO_MS = 10_000;
const SIGN: ClientFrame = { t: 'sign' };
/** Frames that come while the mailbox is being opened. */
const HELD_FRAMES_MAX = 64;

/** Until the device is let in: first hello is awaited, then the house's word. */
interface Opening {
  /** Monotonic ms. */
  since: number;
  hello: Hello | undefined;
  readonly held: ClientFrame[];
}

/**
 * One connection of a device, apart from sockets, timers and stores: what comes in are calls, what goes out are frames
 * of its wire and calls of its house. It knows the phases and what each frame means in them; what goes down and what
 * comes up are parts of it. A class, as they are, because there are tens of thousands of them: closures cost several
 * times as much memory.
 */
export class Session {
  /** Counts connections as they begin: of two of a device the higher is the newer. */
  readonly number: number;
  /** Belongs to the timer wheel. */
  due = 0;
  readonly #line: Line<Session>;
  /** Gone once it is open, or has ended. */
  #opening: Opening | undefined;
  #admission: Admission | undefined;
  #access: Access | undefined;
  #stream: string | undefined;
  #bucket: FrameBucket | undefined;
  /** There from `admit` on, where it may receive. */
  #downward: Downward<Session> | undefined;
  #upward: UpwardTalk<Session> | undefined;

  constructor(wire: Wire, house: SessionHouse<Session>, number: number) {
    this.number = number;
    const since = house.ticks();
    this.#line = new Line(wire, house, this, new Liveness(since));
    this.#opening = { since, hello: undefined, held: [] };
  }

  get wire(): Wire {
    return this.#line.wire;
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
    return this.#line.isOver;
  }

  /** The client says something. */
  frame(frame: ClientFrame): void {
    if (this.hasEnded) return;
    const { house, liveness } = this.#line;
    const at = house.ticks();
    house.count('in', frame.t);
    liveness.heard(at);
    if (frame.t === 'bad') this.end({ reason: 'bad_frame', detail: frame.detail });
    else if (this.#opening !== undefined) this.#hearEarly(frame, this.#opening, at);
    else if (!this.#answersPush(frame)) {
      this.#bucket ??= new FrameBucket(house.frameRate, at);
      if (this.#bucket.take(house.frameRate, at)) this.#hear(frame);
      else this.#tooMany();
    }
  }

  /** A sign of life below frames, such as a WebSocket's own ping. Counts as a frame. */
  sign(): void {
    if (this.#opening === undefined) this.frame(SIGN);
  }

  /**
   * Looks at what time has brought.
   *
   * @returns monotonic ms at which it wants to be called again
   */
  tick(at: number): number {
    const due = this.hasEnded ? at : this.#look(at);
    return this.hasEnded ? Number.POSITIVE_INFINITY : due;
  }

  /** The house knows whose connection it is: from now on, letters are offered to it. */
  claim(access: Access): void {
    if (this.#opening?.hello !== undefined) this.#access = access;
  }

  /** The house lets the device in. */
  admit(admission: Admission): void {
    const line = this.#line;
    const { hello, held } = this.#opening ?? {};
    const access = this.#access;
    if (hello === undefined || held === undefined || access === undefined) return;
    const { epoch, newest, lost, terms } = admission;
    const { from, resumed } = resumeFrom(hello.cursor, admission);
    this.#opening = undefined;
    this.#admission = admission;
    line.liveness.grant(hello.pingMs ?? terms.pingMaxMs, terms.pingMaxMs);
    line.house.wake(this);
    const cursor = formatCursor(epoch, from, newest);
    line.send('welcome', welcomeFrame(access, admission, { cursor, resumed, pingMs: line.liveness.pingMs }));
    if (lost > 0) {
      line.send('gap', gapFrame(lost, 'mailbox_full', cursor));
      line.wantReceipt([], lost);
    }
    if (hello.cursor !== undefined && !resumed) line.send('gap', gapFrame(0, 'mailbox_reset', cursor));
    if (this.hasEnded) return;
    if (this.#may('receive')) {
      this.#downward = new Downward(line, admission, from);
      this.#downward.pull();
    }
    for (const frame of held) this.frame(frame);
  }

  /** The answer to `refresh`. The access token is good; whose it is stands to be seen. */
  refreshed(access: Access): void {
    const before = this.#access;
    if (this.hasEnded || before === undefined) return;
    if (access.app !== before.app || access.device !== before.device) {
      this.end({ reason: 'token_refused', detail: 'the new access token is for another device' });
    } else if (access.user !== before.user) {
      this.end({ reason: 'not_theirs', detail: 'the new access token is for another user: connect anew' });
    } else {
      this.#access = access;
      this.#line.send('ok', okFrame());
    }
  }

  /** The answer to `readMail`: in the mailbox's order, all there is or as many as were asked for. */
  mail(items: readonly MailItem[]): void {
    this.#downward?.mail(items);
  }

  /** The answer to `readLog`: oldest first, all there is or as many as were asked for. */
  log(entries: readonly Parcel[]): void {
    this.#downward?.log(entries);
  }

  /** Reading failed; it is tried again when the house calls `drained`. */
  readFailed(): void {
    this.#downward?.readFailed();
  }

  /** A letter that was put into the mailbox just now. Sent at once where nothing is before it. */
  offer(letter: Parcel, user: string | null): LetterState {
    if (this.#access?.user !== user || this.hasEnded || !this.#may('receive')) return 'offline';
    // Before the device is let in: the letter is in the mailbox, which is read then.
    return this.#downward?.offer(letter) ?? 'handed';
  }

  /** An entry of the log; the house announces them in the order of their positions, and none twice. */
  announce(entry: Parcel): void {
    this.#downward?.announce(entry);
  }

  /** There is something new in the log. */
  newLog(): void {
    this.#downward?.more('log');
  }

  /** There is something new in the mailbox. */
  newMail(): void {
    this.#downward?.more('mail');
  }

  notice(notice: DeviceNotice): void {
    if (this.hasEnded) return;
    if (notice.kind === 'end') this.end({ reason: notice.why });
    else if (notice.kind === 'owner') this.#checkOwner(notice.user);
    else {
      if (notice.kind === 'clear') this.#downward?.clear(notice);
      // What is cleared may wait in the mailbox as well, and must not be told again after something newer with its tag.
      this.newMail();
    }
  }

  /** What every device of the app is told; nothing of it waits in a mailbox. */
  clear(clear: LiveClear): void {
    if (!this.hasEnded) this.#downward?.clear(clear);
  }

  /** How far the device is with a message that was offered here. */
  stateOf(message: string): LetterState {
    if (this.hasEnded) return 'offline';
    return this.#downward?.hasArrived(message) === true ? 'got' : 'handed';
  }

  /** The answer to `done`: the store knows, or will not be told any more. */
  finished(messages: readonly string[]): void {
    this.#downward?.finished(messages);
  }

  /** The answer to `take`: those that can never be taken, with their reason; the others are safe. */
  took(refused: readonly Untaken[]): void {
    this.#upward?.took(refused);
  }

  /** The wire can take more. */
  drained(): void {
    this.#downward?.pull();
  }

  /** The connection is gone without a bye from here. */
  gone(): void {
    if (this.hasEnded) return;
    this.#line.close();
    this.#over(undefined);
  }

  /** Ends the connection. Calling it twice is harmless. */
  end(bye: Bye): void {
    if (this.hasEnded) return;
    this.#line.bye(bye);
    this.#over(bye);
  }

  /** Before it is open. */
  #hearEarly(frame: ClientFrame, opening: Opening, at: number): void {
    if (opening.hello !== undefined) {
      if (opening.held.push(frame) > HELD_FRAMES_MAX) this.#tooMany();
    } else if (frame.t === 'hello') {
      opening.since = at;
      opening.hello = frame;
      this.#stream = frame.stream;
      this.#line.house.hello(this, frame);
    } else this.end({ reason: 'bad_frame', detail: 'the first frame is hello' });
  }

  /** What answers a push is paid for by the push, so that a fast device is not taken for a flood. */
  #answersPush(frame: ClientFrame): boolean {
    if (frame.t === 'got') return this.#downward?.got(frame.seq) === true;
    return frame.t === 'done' && this.#downward?.done(frame.ids) === true;
  }

  #hear(frame: Exclude<ClientFrame, { t: 'bad' }>): void {
    const { house, liveness } = this.#line;
    switch (frame.t) {
      case 'hello':
        this.end({ reason: 'bad_frame', detail: 'hello was said before' });
        break;
      case 'got':
        if (this.#downward === undefined || frame.seq > this.#downward.lastSeq) house.ignored('got', 1);
        break;
      case 'done':
        if (this.#downward === undefined) house.ignored('done', frame.ids.length);
        else if (frame.ids.length > 0) house.done(this, frame.ids, undefined);
        break;
      case 'event':
      case 'up':
      case 'faulty':
        this.#upward ??= new UpwardTalk(this.#line, this.#stream, this.#admission?.safe ?? 0);
        this.#upward.hear(frame, this.#access);
        break;
      case 'ping':
        if (frame.pingMs !== undefined) {
          liveness.grant(frame.pingMs, this.#admission?.terms.pingMaxMs ?? PING_MS_MIN);
          house.wake(this);
        }
        this.#line.send('pong', pongFrame(liveness.pingMs));
        break;
      case 'pong':
        this.#line.arrived(liveness.ponged());
        break;
      case 'sign':
        break;
      case 'refresh':
        house.refresh(this, frame.token);
        break;
    }
  }

  /** @returns when to look again; whatever it is once it has ended */
  #look(at: number): number {
    const { wire, liveness } = this.#line;
    if (this.#opening !== undefined) {
      const { since, hello } = this.#opening;
      if (at >= since + HELLO_MS) this.end(hello === undefined ? { reason: 'no_hello' } : this.#overloaded());
      return since + HELLO_MS;
    }
    const cutAt = stuckDue(wire.stuckSince(), at);
    if (cutAt <= at) {
      this.end({ reason: 'too_slow' });
      return at;
    }
    this.#downward?.giveUpOn(at - DONE_WITHIN_MS);
    const look = liveness.look(at, wire.hears, this.#upward?.isDeaf === true);
    if (look.kind === 'ping') this.#line.ping();
    if (look.kind === 'silent') this.end({ reason: 'silent' });
    return Math.min(look.due, cutAt);
  }

  #checkOwner(user: string | null): void {
    if (this.#access !== undefined && this.#access.user !== user) this.end({ reason: 'user_changed' });
  }

  #may(scope: AccessScope): boolean {
    return this.#access?.scopes.has(scope) === true;
  }

  #tooMany(): void {
    this.end({ reason: 'too_many_frames', retryAfterMs: this.#line.house.retryAfterMs() });
  }

  #overloaded(): Bye {
    return { reason: 'overloaded', retryAfterMs: this.#line.house.retryAfterMs() };
  }

  #over(bye: Bye | undefined): void {
    const unfinished = this.#downward?.unfinished() ?? [];
    this.#opening = undefined;
    this.#downward = undefined;
    this.#upward = undefined;
    this.#line.house.ended(this, unfinished, bye);
  }
}
