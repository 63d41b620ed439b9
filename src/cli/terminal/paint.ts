import { styleText } from 'node:util';

/** How words may look; only a terminal shows it. */
export type Look = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan';

/** Gives a text its look, or gives it back as it is where nobody would see it. */
export type Paint = (look: Look, text: string) => string;

/** Where a command writes; a terminal says so itself. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Colours only on a terminal, and not where NO_COLOR is set to anything (no-color.org). */
export function createPaint(output: Output, env: Readonly<Record<string, string | undefined>>): Paint {
  const isColoured = output.isTTY === true && (env.NO_COLOR ?? '') === '';
  return isColoured ? (look, text) => styleText(look, text, { validateStream: false }) : (_look, text) => text;
}
