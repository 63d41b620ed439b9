import { stripVTControlCharacters } from 'node:util';
import type { Paint } from './paint.js';

/** A column: its heading, and where its cells stand. */
export interface Column {
  readonly name: string;
  readonly align?: 'left' | 'right';
}

const GAP = '  ';

/**
 * A table as text, a line per row and one for the headings, ending with a newline. Cells may be painted; a cell that came
 * from elsewhere goes through {@link plain} first.
 */
export function table(
  columns: readonly (string | Column)[],
  rows: readonly (readonly string[])[],
  paint: Paint = (_look, text) => text,
): string {
  const heads = columns.map((column) => (typeof column === 'string' ? { name: column } : column));
  const widths = heads.map(({ name }, at) => Math.max(widthOf(name), ...rows.map((row) => widthOf(row[at] ?? ''))));
  const line = (cells: readonly string[]) =>
    heads
      .map(({ align }, at) => pad(cells[at] ?? '', widths[at] ?? 0, align ?? 'left'))
      .join(GAP)
      .trimEnd();
  const head = line(heads.map(({ name }) => name));
  return `${[paint('dim', head), ...rows.map(line)].join('\n')}\n`;
}

/** Names and values, the values one under the other; pairs without a value are left out. */
export function facts(pairs: readonly (readonly [string, string | undefined])[], paint: Paint): string {
  const there = pairs.filter((pair): pair is readonly [string, string] => pair[1] !== undefined);
  const width = Math.max(0, ...there.map(([name]) => widthOf(name)));
  return there.map(([name, value]) => `${paint('dim', pad(name, width, 'left'))}${GAP}${value}\n`).join('');
}

/** A text from elsewhere as it may stand in a line of a terminal: nothing in it moves the cursor or turns the text around. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ');
}

function pad(cell: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(cell)));
  return align === 'left' ? cell + space : space + cell;
}

const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff00-\uff60]/u;

/** Cells that a text takes on a terminal: two for the wide characters of East Asia and for emoji, none for colours. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(text)) {
    if (!/\p{M}/u.test(character)) width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}
