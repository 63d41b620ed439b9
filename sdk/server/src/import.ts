import { brokeOff } from './answer.js';
import { PealbellError } from './errors.js';
import { type DeviceSource, type ImportFeed, openFeed } from './import-feed.js';
import { readLines } from './lines.js';
import type { DeviceLine, ImportResult as LineResult } from './openapi.js';
import type { CallOptions } from './options.js';
import { backoffMs, pause } from './pause.js';
import type { Transport } from './transport.js';

/** What became of one device of an import. */
export interface ImportResult {
  /** Its place in the source, from 1 on. */
  readonly line: number;
  /** The device is registered as given. */
  readonly ok: boolean;
  /** 201: made, 200: changed; anything else is the problem's. */
  readonly status: number;
  readonly problem?: LineResult['problem'];
  /** As the source gave it. */
  readonly device: DeviceLine;
}

/**
 * An import that could not be brought to its end. What came before is registered. Import what follows, or all of it: a
 * repeated device is changed into what it is already.
 */
export class ImportInterruptedError extends PealbellError {
  /** How many devices, from the start of the source, have been answered. */
  readonly answered: number;

  constructor(answered: number, cause: PealbellError) {
    const advice = `${answered} devices are answered; import again what follows them, or all: repeating is harmless`;
    super(cause.code, `${cause.message}; ${advice}`, { ...cause, cause });
    this.answered = answered;
  }
}

const TYPE = 'application/x-ndjson';
const CHUNK_CHARACTERS = 64 * 1024;
/** A source that is quiet for so long gets a request of its own for what comes next: the gateway waits 60 s. */
const QUIET_MS = 20_000;

/**
 * Imports devices from a source of any length: as many requests as it takes, one after the other; usually that is one.
 * After a failure the devices without an answer are sent again.
 */
export async function* importDevices(
  transport: Transport,
  path: string,
  source: DeviceSource,
  options: CallOptions | undefined,
): AsyncGenerator<ImportResult, void, undefined> {
  const { retries, maxRetryWaitMs, timeoutMs, onRetry } = { ...transport.settings, ...options };
  const feed = openFeed(source, options?.signal);
  let tries = 0;
  try {
    while (await feed.hasSome()) {
      tries++;
      try {
        for await (const result of importOnce(transport, path, feed, Math.min(QUIET_MS, timeoutMs / 2), options)) {
          tries = 0;
          yield result;
        }
      } catch (error) {
        if (!(error instanceof PealbellError)) throw error;
        const delayMs = Math.round(backoffMs(Math.max(1, tries), error.retryAfterMs));
        if (!error.retryable || tries > retries || delayMs > maxRetryWaitMs)
          throw new ImportInterruptedError(feed.answered, error);
        onRetry({ call: `POST ${path}`, error, tries, delayMs });
        await pause(delayMs, options?.signal);
      }
    }
  } finally {
    feed.close();
  }
}

/** One request: what is without an answer and what the source gives meanwhile, until it ends or is quiet. */
async function* importOnce(
  transport: Transport,
  path: string,
  feed: ImportFeed,
  quietMs: number,
  options: CallOptions | undefined,
): AsyncGenerator<ImportResult, void, undefined> {
  const first = feed.answered;
  let sent = first;
  let isStopped = false;

  async function* write(): AsyncGenerator<Uint8Array, void, undefined> {
    const encoder = new TextEncoder();
    for (;;) {
      let text = '';
      while (text.length < CHUNK_CHARACTERS) {
        // What is at hand goes together; for the first one there is time.
        const pending = await feed.next(sent, text === '' ? quietMs : 0, () => isStopped);
        if (pending === undefined) break;
        text += pending.text;
        sent = pending.line;
      }
      if (text === '') return;
      yield encoder.encode(text);
    }
  }

  try {
    const answer = await transport.exchange(path, TYPE, write, options);
    for await (const result of readLines<LineResult>(answer)) {
      if (result.line !== feed.answered - first + 1 || feed.answered >= sent) throw outOfStep(path, result);
      const { line, device } = feed.settle() as NonNullable<ReturnType<ImportFeed['settle']>>; // One was sent.
      const { status, problem } = result;
      const ok = status >= 200 && status < 300;
      yield { line, ok, status, ...(problem === undefined ? {} : { problem }), device };
    }
    if (feed.answered < sent) throw brokeOff(`POST ${path}`);
  } finally {
    isStopped = true;
    feed.wake();
  }
}

function outOfStep(path: string, result: LineResult): PealbellError {
  const detail = `a result for line ${result.line}, which was not its turn`;
  return new PealbellError('unexpected_answer', `POST ${path}: ${detail}`, { detail, retryable: false });
}
