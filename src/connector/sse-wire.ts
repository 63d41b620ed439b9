import type { ServerResponse } from 'node:http';
import { type Bye, byeFrame } from './byes.js';
import type { Wire } from './wire.js';

/**
 * Proxies must neither keep the stream back nor compress it: nginx reads the first, others the second (RFC 9111
 * §5.2.2.6). `no-store` is not said: some proxies buffer what they may not keep.
 */
const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-cache, no-transform',
  'X-Accel-Buffering': 'no',
} as const;
/** What is left in the process after the bye has so long to leave. */
const LINGER_MS = 5_000;

/** A stream of events (the HTML standard, §9.2) as a wire: one event for each frame; the id of a push is its cursor. */
export interface SseWire extends Wire {
  /**
   * Resolves when the stream is over: with the bye where it came before the first frame, which is for the HTTP status
   * then; nothing was written.
   */
  readonly over: Promise<Bye | undefined>;
}

export interface SseHouse {
  /** Monotonic ms. */
  ticks(): number;
  /** More can be taken. */
  drained(): void;
  /** The client has gone. */
  gone(): void;
}

/** @param res an answer of which nothing was written; owned from now on */
export function createSseWire(res: ServerResponse, house: SseHouse): SseWire {
  let waiting: string[] = [];
  let waitingBytes = 0;
  let isOpen = false;
  let isEnded = false;
  let stuck = { bytes: 0, since: 0 };
  let tellOver: (bye: Bye | undefined) => void = () => undefined;
  const over = new Promise<Bye | undefined>((resolve) => {
    tellOver = resolve;
  });

  function flush(): void {
    if (waiting.length === 0 || res.destroyed) return;
    const text = waiting.join('');
    waiting = [];
    waitingBytes = 0;
    res.write(text);
    // What the system takes at once is followed by no `drain`.
    if (!isEnded && !res.writableNeedDrain) house.drained();
  }

  /** What comes in one turn of the event loop leaves in one write. */
  function take(event: string): void {
    if (isEnded) return;
    if (!isOpen) {
      isOpen = true;
      res.writeHead(200, HEADERS);
    }
    if (waiting.push(event) === 1) setImmediate(flush);
    waitingBytes += event.length;
  }

  res.on('drain', () => {
    if (!isEnded) house.drained();
  });
  res.once('close', () => {
    tellOver(undefined);
    if (isEnded) return;
    isEnded = true;
    house.gone();
  });

  return {
    over,
    hears: false,
    origin: undefined, // the door has looked at it
    send: (frame) => take(`data: ${frame}\n\n`),
    push: (head, body, cursor) => take(`id: ${cursor}\ndata: ${head}${body.text}\n\n`),
    end(bye) {
      if (isEnded) return;
      if (!isOpen) {
        isEnded = true;
        tellOver(bye);
        return;
      }
      // `retry` is how long an EventSource waits before it comes back by itself.
      const retry = bye.retryAfterMs === undefined ? '' : `retry: ${Math.ceil(bye.retryAfterMs)}\n`;
      take(`${retry}data: ${byeFrame(bye)}\n\n`);
      isEnded = true;
      if (bye.reason === 'too_slow') {
        // It does not read: what it did not take must not be kept.
        res.destroy();
        return;
      }
      flush();
      res.end();
      const cut = setTimeout(() => res.destroy(), LINGER_MS);
      res.once('close', () => clearTimeout(cut));
    },
    listen() {}, // what the client says comes by other requests
    get bufferedBytes() {
      return waitingBytes + res.writableLength;
    },
    stuckSince() {
      const bytes = res.writableLength;
      if (bytes === 0) stuck = { bytes: 0, since: 0 };
      else if (bytes !== stuck.bytes) stuck = { bytes, since: house.ticks() };
      return bytes === 0 ? undefined : stuck.since;
    },
  };
}
