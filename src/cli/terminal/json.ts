import type { Output } from './paint.js';

/** One JSON document, indented on a terminal and on one line for a program. */
export function jsonText(value: unknown, output: Output): string {
  return `${JSON.stringify(value, null, output.isTTY === true ? 2 : undefined)}\n`;
}
