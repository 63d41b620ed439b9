import type { Bye } from './byes.js';
import type { Liveness } from './liveness.js';
import { Receipts } from './receipts.js';
import { PING_FRAME } from './session-frames.js';
import type { SessionHouse } from './session-house.js';
import { BUFFER_BYTES_MAX, BUFFER_BYTES_SOFT, type SharedBody, type Wire } from './wire.js';

/** Whose line it is. */
export interface Speaker {
  end(bye: Bye): void;
}

/**
 * The way out of a session: what its parts say goes through here, is counted, and is over when the session is. A client
 * that does not read is cut.
 */
export class Line<Session extends Speaker> {
  readonly wire: Wire;
  readonly house: SessionHouse<Session>;
  readonly session: Session;
  readonly liveness: Liveness;
  #receipts: Receipts | undefined;
  #pushes = 0;
  #isOver = false;

  constructor(wire: Wire, house: SessionHouse<Session>, session: Session, liveness: Liveness) {
    this.wire = wire;
    this.house = house;
    this.session = session;
    this.liveness = liveness;
  }

  /** Nothing leaves any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  get hasRoom(): boolean {
    return this.wire.bufferedBytes < BUFFER_BYTES_SOFT;
  }

  /** @param type the frame's, for counting */
  send(type: string, frame: string): void {
    if (this.#isOver) return;
    this.house.count('out', type);
    this.wire.send(frame);
    this.#sent();
  }

  push(head: string, body: SharedBody, cursor: string): void {
    if (this.#isOver) return;
    this.house.count('out', 'push');
    this.#pushes++;
    this.wire.push(head, body, cursor);
    this.#sent();
  }

  ping(): void {
    this.liveness.pinged(this.house.ticks());
    this.send('ping', PING_FRAME);
  }

  /**
   * The store is told once the client has surely seen what was sent so far: a ping's answer says so; where none is
   * answered, that of the next push.
   */
  wantReceipt(clears: readonly number[], lost: number): void {
    if (this.#isOver) return;
    const { hears } = this.wire;
    this.#receipts ??= new Receipts();
    this.#receipts.add({ mark: (hears ? this.liveness.pings : this.#pushes) + 1, clears, lost });
    if (!hears) return;
    this.ping();
    this.house.wake(this.session);
  }

  /** @param mark number of the ping, or of the push where pings are not answered, that has arrived */
  arrived(mark: number): void {
    for (const { clears, lost } of this.#receipts?.arrived(mark) ?? []) this.house.told(this.session, clears, lost);
  }

  /** `clear` entries of the mailbox that were sent, and that the store does not know of yet. */
  untold(): readonly number[] {
    return this.#receipts?.clears() ?? [];
  }

  /** Says bye, and is over. */
  bye(bye: Bye): void {
    this.house.count('out', 'bye');
    this.wire.end(bye);
    this.close();
  }

  close(): void {
    this.#isOver = true;
  }

  #sent(): void {
    this.liveness.sent(this.house.ticks());
    if (this.wire.bufferedBytes > BUFFER_BYTES_MAX) this.session.end({ reason: 'too_slow' });
  }
}
