import { showCount } from './figures.js';
import type { Output, Paint } from './paint.js';

/** A line that replaces itself while long work goes on. */
export interface Progress {
  /**
   * Shows how far it is; drawn at most ten times a second.
   *
   * @param total undefined where nobody knows the end: then only the count is shown
   * @param note what else there is to say, in a few words
   */
  show(done: number, total: number | undefined, note?: string): void;
  /** Takes the line off the screen; what is written next stands where it was. */
  clear(): void;
}

const CLEAR_LINE = '\r\x1b[K';
const WIDTH = 30;
const REDRAW_MS = 100;

/** A progress bar on `output`, and nothing at all where that is not a terminal: a log wants no moving figures. */
export function createProgress(output: Output, paint: Paint, now: () => number = () => performance.now()): Progress {
  if (output.isTTY !== true) return { show() {}, clear() {} };
  let drawnAt = Number.NEGATIVE_INFINITY;
  let isThere = false;
  return {
    show(done, total, note = '') {
      const isLast = total !== undefined && done >= total;
      if (!isLast && now() - drawnAt < REDRAW_MS) return;
      drawnAt = now();
      isThere = true;
      const figure = total === undefined ? showCount(done) : `${showCount(done)} of ${showCount(total)}`;
      const said = note === '' ? '' : `  ${paint('dim', note)}`;
      output.write(`${CLEAR_LINE}${total === undefined ? '' : `${bar(done, total, paint)} `}${figure}${said}`);
    },
    clear() {
      if (isThere) output.write(CLEAR_LINE);
      isThere = false;
    },
  };
}

function bar(done: number, total: number, paint: Paint): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const full = Math.floor(share * WIDTH);
  const percent = `${Math.floor(share * 100)} %`.padStart(5);
  return `${paint('green', '█'.repeat(full))}${paint('dim', '░'.repeat(WIDTH - full))} ${percent}`;
}
