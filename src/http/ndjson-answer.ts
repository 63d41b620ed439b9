import type { ServerResponse } from 'node:http';
import type { KeyedCall, Reply } from './operation.js';
import { NDJSON } from './schemas/words.js';

/** A reader may take any time, but not stand still for longer than this. */
const IDLE_MS = 60_000;

/** Nobody reads the answer any more; there is nobody to tell. */
class ReaderGoneError extends Error {
  override readonly name = 'ReaderGoneError';
}

/**
 * Answers with one JSON text per line, as fast as the reader takes them: `lines` is asked for the next only when there is
 * room for it, and no more once the reader has gone or stands still. What it throws before its first line is answered as
 * a problem; after that the answer breaks off, so that its end is never taken for the whole.
 */
export async function streamLines(
  { req, res }: Pick<KeyedCall, 'req' | 'res'>,
  lines: AsyncIterable<unknown>,
): Promise<Reply> {
  const iterator = lines[Symbol.asyncIterator]();
  try {
    let next = await iterator.next();
    res.setTimeout(IDLE_MS, () => res.destroy());
    res.writeHead(200, { 'Content-Type': NDJSON });
    if (req.method !== 'HEAD') {
      for (; next.done !== true; next = await iterator.next()) await writeLine(res, next.value);
    }
    res.end();
  } catch (error) {
    if (!(error instanceof ReaderGoneError)) throw error;
    res.destroy();
  } finally {
    await iterator.return?.();
  }
  return { kind: 'streamed' };
}

/**
 * Writes one line and resolves when there is room for the next.
 *
 * @throws ReaderGoneError
 */
export async function writeLine(res: ServerResponse, value: unknown): Promise<void> {
  if (res.destroyed) throw new ReaderGoneError();
  res.cork(); // Lines that are written together leave together.
  process.nextTick(() => res.uncork());
  if (res.write(`${JSON.stringify(value)}\n`)) return;
  await new Promise<void>((resolve, reject) => {
    const onDrain = () => settle(resolve);
    const onClose = () => settle(() => reject(new ReaderGoneError()));
    function settle(then: () => void): void {
      res.off('drain', onDrain).off('close', onClose);
      then();
    }
    res.on('drain', onDrain).on('close', onClose);
  });
}
