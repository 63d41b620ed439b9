import { brokeOff, notUnderstood } from './answer.js';
import type { Deadline } from './pause.js';

/** An answer that arrives bit by bit. */
export interface OpenAnswer {
  readonly body: ReadableStream<Uint8Array>;
  /** Runs while something is waited for. */
  readonly deadline: Deadline;
  /** Such as `GET /v1/devices/export`. */
  readonly name: string;
  /** What an error of the stream is called towards the caller. */
  readonly failure: (error: unknown) => unknown;
}

/** No answer of the gateway comes near; what sends a line without end is something else. */
const LINE_CHARACTERS_MAX = 16 * 1024 * 1024;

/**
 * Reads the lines of a stream as JSON. A reader that is slow slows the gateway; one that stops ends the request.
 *
 * @throws PealbellError when the stream breaks off; the signal's reason on abort
 */
export async function* readLines<T>({ body, deadline, name, failure }: OpenAnswer): AsyncGenerator<T, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      deadline.extend();
      const { done, value } = await reader.read();
      deadline.suspend();
      if (done && rest === '') return;
      if (done) throw brokeOff(name);
      const parts = (rest + decoder.decode(value, { stream: true })).split('\n');
      rest = parts.pop() ?? '';
      if (rest.length > LINE_CHARACTERS_MAX) throw notUnderstood(name, 200, rest);
      for (const part of parts) if (part !== '') yield parseLine<T>(name, part);
    }
  } catch (error) {
    throw failure(error);
  } finally {
    deadline.abort();
    reader.cancel().catch(() => {}); // It broke off, or nobody reads on.
  }
}

function parseLine<T>(name: string, text: string): T {
  try {
    return JSON.parse(text) as T; // The gateway's tests keep its answers equal to the OpenAPI document.
  } catch {
    throw notUnderstood(name, 200, text);
  }
}
