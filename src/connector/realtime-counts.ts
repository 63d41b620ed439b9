import type { ByeReason } from './byes.js';

/** Kinds of frames, for counting: a closed list, whatever clients say. */
const TYPES = [
  ...['hello', 'welcome', 'push', 'got', 'done', 'clear', 'gap', 'event', 'up', 'ok', 'error'],
  ...['ping', 'pong', 'refresh', 'bye', 'bad', 'faulty', 'sign'],
] as const;

export type Transport = 'websocket' | 'sse' | 'poll';
export type Direction = 'in' | 'out';
/** How a connection ended: by a bye, or by the client (`gone`). */
export type Ending = ByeReason | 'gone';

/** Plain numbers, which cost nothing to count; whoever tells the metrics reads them now and then. */
export class RealtimeCounts {
  readonly frames: Readonly<Record<Direction, Record<string, number>>> = { in: {}, out: {} };
  /** `got` and `done` for what was never sent. */
  readonly ignored = { got: 0, done: 0 };
  readonly endings: Partial<Record<Ending, number>> = {};
  opened = 0;

  constructor() {
    for (const type of TYPES) {
      this.frames.in[type] = 0;
      this.frames.out[type] = 0;
    }
  }

  frame(direction: Direction, type: string): void {
    const counts = this.frames[direction];
    counts[type] = (counts[type] ?? 0) + 1;
  }

  ended(ending: Ending): void {
    this.endings[ending] = (this.endings[ending] ?? 0) + 1;
  }
}
