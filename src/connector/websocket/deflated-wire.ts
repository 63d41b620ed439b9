import type { Socket } from 'node:net';
import type { PerMessageDeflateOptions, WebSocket } from 'ws';
import { BYE_CODES, type Bye, byeFrame } from '../byes.js';
import { BUFFER_BYTES_SOFT, type SharedBody, type Wire } from '../wire.js';

/**
 * What is agreed on with clients that offer permessage-deflate (RFC 7692). No context is kept between messages, and
 * windows are small: a connection that has compressed holds some 45 KB more, at most. What comes in is inflated to as much
 * as a frame may be, then `ws` ends the connection with 1009.
 */
export const DEFLATE: PerMessageDeflateOptions = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  serverMaxWindowBits: 12,
  clientMaxWindowBits: 12,
  zlibDeflateOptions: { level: 4, memLevel: 5, chunkSize: 4 * 1024 },
  zlibInflateOptions: { chunkSize: 4 * 1024 },
  /** Below this, what is saved is less than what it costs. */
  threshold: 1024,
  /** Messages that are compressed or inflated at the same time in the whole process. */
  concurrencyLimit: 4,
};

interface SharedByDeflated {
  readonly ticks: () => number;
  /** Whether the app wants its messages compressed. */
  readonly isOn: () => boolean;
  /** More can be taken. */
  readonly onRoom: (webSocket: WebSocket) => void;
}

/** A WebSocket with permessage-deflate as a wire: `ws` writes, so that what is compressed keeps its place. */
export class DeflatedWire implements Wire {
  readonly hears = true;
  readonly origin: string | undefined;
  readonly #webSocket: WebSocket;
  readonly #socket: Socket;
  readonly #shared: SharedByDeflated;
  readonly #onSent: () => void;
  #leftBytes = -1;
  #leftAt = 0;

  constructor(webSocket: WebSocket, socket: Socket, origin: string | undefined, shared: SharedByDeflated) {
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.origin = origin;
    this.#shared = shared;
    // What could not be written is told by the end of the connection.
    this.#onSent = () => {
      if (webSocket.bufferedAmount === 0) shared.onRoom(webSocket);
    };
  }

  get bufferedBytes(): number {
    return this.#webSocket.bufferedAmount;
  }

  stuckSince(): number | undefined {
    if (this.bufferedBytes === 0) {
      this.#leftBytes = -1;
      return undefined;
    }
    const left = this.#socket.bytesWritten - this.#socket.writableLength;
    if (left !== this.#leftBytes) {
      this.#leftBytes = left;
      this.#leftAt = this.#shared.ticks();
    }
    return this.#leftAt;
  }

  send(frame: string): void {
    this.#webSocket.send(frame, { compress: this.#shared.isOn() }, this.#onSent);
  }

  push(head: string, body: SharedBody): void {
    this.send(head + body.text);
  }

  /** Nothing is gathered here. */
  flush(): void {}

  listen(on: boolean): void {
    if (on) this.#webSocket.resume();
    else this.#webSocket.pause();
  }

  end(bye: Bye): void {
    if (this.bufferedBytes > BUFFER_BYTES_SOFT) {
      this.#webSocket.terminate();
      return;
    }
    this.send(byeFrame(bye));
    this.#webSocket.resume();
    this.#webSocket.close(BYE_CODES[bye.reason], bye.reason);
  }
}
