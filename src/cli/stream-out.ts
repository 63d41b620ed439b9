import { open } from 'node:fs/promises';
import { type Desk, Misuse } from './client-command.js';
import { EXIT } from './io.js';
import { showCounted, showDuration } from './terminal/figures.js';
import { createPaint } from './terminal/paint.js';
import { createProgress } from './terminal/progress.js';
import { write } from './terminal/write.js';

/**
 * Writes an endless answer as lines of JSON, to standard output or into a file. A file that is not whole is told so: a
 * stream that breaks off is a failure.
 *
 * @param noun what a line is, for the figures
 */
export async function streamOut(
  { io }: Desk,
  lines: AsyncIterable<unknown>,
  noun: string,
  path: string | undefined,
): Promise<number> {
  const file = path === undefined || path === '-' ? undefined : await openFile(path);
  const progress = createProgress(io.stderr, createPaint(io.stderr, io.env));
  const startedAt = performance.now();
  let count = 0;
  try {
    for await (const line of lines) {
      const text = `${JSON.stringify(line)}\n`;
      if (file === undefined) await write(io.stdout, text);
      else await file.write(text);
      count++;
      if (file !== undefined) progress.show(count, undefined, `${noun}s`);
    }
  } finally {
    progress.clear();
    await file?.close();
  }
  const said = `${showCounted(count, noun)} in ${showDuration(performance.now() - startedAt)}`;
  if (file !== undefined) io.stderr.write(`${said}, all of them, in ${path}\n`);
  return EXIT.done;
}

async function openFile(path: string) {
  try {
    return await open(path, 'w', 0o600); // What is kept of people is not for everybody on the machine.
  } catch (error) {
    throw new Misuse(`cannot write ${path}: ${(error as Error).message}`);
  }
}
