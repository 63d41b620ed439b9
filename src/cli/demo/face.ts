import { createPaint, type Look, type Output } from '../terminal/paint.js';

export type { Look } from '../terminal/paint.js';

/** What the person in front of the terminal sees. */
export interface Face {
  say(line?: string): void;
  title(text: string): void;
  /** Something slow goes on: one line that replaces itself on a terminal, a line each elsewhere. */
  note(sentence: string): void;
  /** A figure that moves: replaces itself on a terminal, and is left out elsewhere. */
  progress(text: string): void;
  paint(look: Look, text: string): string;
}

const CLEAR_LINE = '\r\x1b[K';

/** Plain text; colours and moving lines only on a terminal, colours not where NO_COLOR is set (no-color.org). */
export function createFace(stdout: Output, env: Readonly<Record<string, string | undefined>>): Face {
  const isTerminal = stdout.isTTY === true;
  let moving = false;
  const paint = createPaint(stdout, env);
  const move = (text: string) => {
    stdout.write(`${CLEAR_LINE}  ${paint('dim', text)}`);
    moving = true;
  };
  const say = (line = '') => {
    stdout.write(`${moving ? CLEAR_LINE : ''}${line}\n`);
    moving = false;
  };
  return {
    say,
    title: (text) => say(`\n${paint('bold', text)}\n`),
    note: (sentence) => (isTerminal ? move(sentence) : say(`  ${sentence}`)),
    progress: (text) => {
      if (isTerminal) move(text);
    },
    paint,
  };
}

/** Pads every column but the last to its widest cell. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  return rows.map((row) =>
    row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join('  '),
  );
}

/** `2,000` */
export function figure(count: number): string {
  return count.toLocaleString('en-US');
}

/** `0.041 s`, `2.102 s` */
export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(3)} s`;
}
