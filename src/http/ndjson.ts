import type { Readable } from 'node:stream';

const NEWLINE = 10;
const RETURN = 13;

/** One line of a stream, without its end. Lines are counted from 1; empty ones count, but are not given. */
export type Line =
  | { readonly kind: 'text'; readonly number: number; readonly bytes: Buffer }
  /** Longer than the limit: read to its end and thrown away. */
  | { readonly kind: 'too_long'; readonly number: number };

/**
 * Cuts a stream of bytes into lines, holding at most one line and one chunk. Reads on only when asked for more,
 * so that a slow reader slows the sender.
 *
 * @param bytesMax of one line
 */
export async function* readLines(stream: Readable, bytesMax: number): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let bytes = 0;
  let number = 0;

  function take(part: Buffer): void {
    bytes += part.length;
    if (bytes <= bytesMax) parts.push(part);
    else parts = [];
  }
  function finish(): Line | undefined {
    number++;
    const whole = Buffer.concat(parts);
    const tooLong = bytes > bytesMax;
    parts = [];
    bytes = 0;
    if (tooLong) return { kind: 'too_long', number };
    const line = whole.at(-1) === RETURN ? whole.subarray(0, -1) : whole;
    return line.length === 0 ? undefined : { kind: 'text', number, bytes: line };
  }

  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      take(chunk.subarray(start, end));
      start = end + 1;
      const line = finish();
      if (line !== undefined) yield line;
    }
    if (start < chunk.length) take(chunk.subarray(start));
  }
  if (bytes === 0) return;
  const last = finish();
  if (last !== undefined) yield last;
}
