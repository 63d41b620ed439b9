import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { BYE_CODES, type Bye, byeFrame } from '../byes.js';
import { BUFFER_BYTES_SOFT, type SharedBody, type Wire } from '../wire.js';
import { bytesOf, frameBytes, type Outgoing } from './frame-bytes.js';
import type { TurnEnd } from './turn-end.js';

/** The same for all of them. */
export interface SharedBySockets {
  readonly turnEnd: TurnEnd;
  readonly ticks: () => number;
  /** More can be taken. */
  readonly onRoom: (webSocket: WebSocket) => void;
}

/**
 * A WebSocket as a wire. Messages go to the socket in frames of our own, those of one turn of the event loop in one
 * write; `ws` reads, and answers control frames.
 */
export class SocketWire implements Wire {
  readonly hears = true;
  readonly origin: string | undefined;
  readonly #webSocket: WebSocket;
  readonly #socket: Socket;
  readonly #turnEnd: TurnEnd;
  readonly #ticks: () => number;
  readonly #onRoom: (webSocket: WebSocket) => void;
  #waiting: Outgoing[] | undefined;
  #waitingBytes = 0;
  /** Bytes that had left when it was last looked at, and since when it has been so many. */
  #leftBytes = -1;
  #leftAt = 0;

  constructor(webSocket: WebSocket, socket: Socket, origin: string | undefined, shared: SharedBySockets) {
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.origin = origin;
    this.#turnEnd = shared.turnEnd;
    this.#ticks = shared.ticks;
    this.#onRoom = shared.onRoom;
  }

  get bufferedBytes(): number {
    return this.#waitingBytes + this.#socket.writableLength;
  }

  stuckSince(): number | undefined {
    if (this.#socket.writableLength === 0) return undefined;
    const left = this.#socket.bytesWritten - this.#socket.writableLength;
    if (left !== this.#leftBytes) {
      this.#leftBytes = left;
      this.#leftAt = this.#ticks();
    }
    return this.#leftAt;
  }

  send(frame: string): void {
    this.#add({ head: frame, body: undefined });
  }

  push(head: string, body: SharedBody): void {
    this.#add({ head, body });
  }

  flush(): void {
    const messages = this.#waiting;
    const socket = this.#socket;
    // What waits for a full socket stays here, where it is gathered into one write; `drain` calls again.
    if (messages === undefined || socket.writableNeedDrain) return;
    this.#waiting = undefined;
    this.#waitingBytes = 0;
    if (!socket.writable) return;
    const chunks = frameBytes(messages);
    if (chunks.length > 1) socket.cork();
    for (const chunk of chunks) socket.write(chunk);
    if (chunks.length > 1) socket.uncork();
    // What the system takes at once is followed by no `drain`.
    if (!socket.writableNeedDrain) this.#onRoom(this.#webSocket);
  }

  listen(on: boolean): void {
    if (on) this.#webSocket.resume();
    else this.#webSocket.pause();
  }

  end(bye: Bye): void {
    // Who does not read would not read the bye either, and the system would keep all of it for minutes.
    if (this.bufferedBytes > BUFFER_BYTES_SOFT) {
      this.#waiting = undefined;
      this.#waitingBytes = 0;
      this.#webSocket.terminate();
      return;
    }
    this.send(byeFrame(bye));
    this.flush();
    // A socket that was not listened to has to be, or it never hears the client's answer.
    this.#webSocket.resume();
    this.#webSocket.close(BYE_CODES[bye.reason], bye.reason);
  }

  #add(message: Outgoing): void {
    this.#waitingBytes += bytesOf(message);
    if (this.#waiting === undefined) {
      this.#waiting = [message];
      this.#turnEnd.add(this);
    } else this.#waiting.push(message);
  }
}
