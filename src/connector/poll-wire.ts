import { type Bye, byeFrame } from './byes.js';
import { DONE_IDS_MAX } from './client-frame.js';
import type { SharedBody, Wire } from './wire.js';

/** What one answer holds. */
export interface PollFrames {
  /** JSON of objects. */
  readonly frames: readonly string[];
  /** Messages that are pushed in them. */
  readonly ids: readonly string[];
  /** `seq` of the newest push so far. */
  readonly seq: number;
  /** Of the newest push, where there is one. */
  readonly cursor?: string;
}

interface Waiting {
  readonly frame: string;
  readonly push?: { readonly id: string; readonly cursor: string };
}

/** A wire that keeps frames until somebody asks for them. */
export interface PollWire extends Wire {
  /** What it ended with; there may be frames before it. */
  readonly bye: Bye | undefined;
  readonly hasFrames: boolean;
  /** Takes out what waits, as much as goes into one answer. */
  takeFrames(): PollFrames;
}

/** @param tell called when there is something to answer with */
export function createPollWire(tell: () => void): PollWire {
  let waiting: Waiting[] = [];
  let bytes = 0;
  let seq = 0;
  let bye: Bye | undefined;

  function keep(one: Waiting): void {
    if (bye !== undefined) return;
    waiting.push(one);
    bytes += one.frame.length;
    tell();
  }

  return {
    hears: false,
    origin: undefined, // the door has looked at it
    // Whoever asks is alive, and hears that the gateway is from every answer.
    send: (frame) => void (frame === '{"t":"ping"}' || keep({ frame })),
    push: (head: string, body: SharedBody, cursor: string) =>
      keep({ frame: head + body.text, push: { id: idIn(body), cursor } }),
    end(given) {
      if (bye !== undefined) return;
      bye = given;
      tell();
    },
    listen() {}, // nothing comes in here
    get bufferedBytes() {
      return bytes;
    },
    stuckSince: () => undefined, // a client that does not ask is given up by the desk
    get bye() {
      return bye;
    },
    get hasFrames() {
      return waiting.length > 0;
    },
    takeFrames() {
      const ids: string[] = [];
      const frames: string[] = [];
      let cursor: string | undefined;
      let count = 0;
      for (const { frame, push } of waiting) {
        if (push !== undefined && ids.length === DONE_IDS_MAX) break;
        count++;
        frames.push(frame);
        bytes -= frame.length;
        if (push === undefined) continue;
        seq++;
        ids.push(push.id);
        cursor = push.cursor;
      }
      waiting = waiting.slice(count);
      if (bye !== undefined && waiting.length === 0) frames.push(byeFrame(bye));
      return { frames, ids, seq, ...(cursor === undefined ? {} : { cursor }) };
    },
  };
}

function idIn(body: SharedBody): string {
  const { id } = JSON.parse(`{${body.text}`) as { readonly id: string }; // as the gateway itself wrote it
  return id;
}
