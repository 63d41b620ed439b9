import { DemoFailure } from './failure.js';

const TIMEOUT_MS = 30_000;

export interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * One HTTP call over `fetch`, as any client would make it.
 *
 * @returns the whole answer as text
 * @throws DemoFailure when there is no answer, or it is not a 2xx, with what it said; the signal's reason on abort
 */
export async function callText(url: string, call: Call, signal: AbortSignal): Promise<string> {
  const named = `${call.method ?? 'GET'} ${url}`;
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(url, { ...call, signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) });
    text = await answer.text();
  } catch (error) {
    signal.throwIfAborted();
    const { message, cause } = error as Error; // fetch hides the reason in the cause
    throw new DemoFailure(`${named} failed: ${cause instanceof Error ? cause.message : message}`, { cause: error });
  }
  if (answer.ok) return text;
  throw new DemoFailure(`${named} answered ${answer.status}: ${text.slice(0, 500).trim()}`);
}
