import type { Bye } from './byes.js';

/** Above this nothing more is taken from the mailbox for a connection. */
export const BUFFER_BYTES_SOFT = 64 * 1024;
/** Above this a connection is cut; one from which nothing leaves as well. */
export const BUFFER_BYTES_MAX = 1024 * 1024;

/** The part of a push that is the same for every connection that gets it; what differs stands before it. */
export class SharedBody {
  /** JSON of an object without its opening brace. */
  readonly text: string;
  #bytes: Buffer | undefined;

  /** @param body JSON of an object that has at least one field */
  constructor(body: string) {
    this.text = body.slice(1);
  }

  /** Made once, for however many connections. */
  get bytes(): Buffer {
    this.#bytes ??= Buffer.from(this.text);
    return this.#bytes;
  }
}

/** One connection of a device as its session sees it: WebSocket, SSE or long poll. Frames are the text of JSON objects. */
export interface Wire {
  /** Takes a frame; it leaves soon, after those before it. */
  send(frame: string): void;
  /** Takes a push: `head` (ASCII) and `body` together are its frame. `cursor` is the one that stands in it. */
  push(head: string, body: SharedBody, cursor: string): void;
  /** Says bye where it still can, and ends. Nothing is taken from now on. */
  end(bye: Bye): void;
  /** Whether frames from the client are taken; a wire listens until it is told otherwise. */
  listen(on: boolean): void;
  /** What was taken and has not left the process. */
  readonly bufferedBytes: number;
  /**
   * Monotonic ms since which, as far as was looked, nothing has left although something waits; `undefined` where nothing
   * waits.
   */
  stuckSince(): number | undefined;
  /** Of the page, where a browser connects from one. */
  readonly origin: string | undefined;
  /** The client can answer pings here, so that silence means it is gone. */
  readonly hears: boolean;
}
