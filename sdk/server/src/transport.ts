import { failureOf, noAnswer, notUnderstood } from './answer.js';
import { PealbellError } from './errors.js';
import { headersOf } from './headers.js';
import type { OpenAnswer } from './lines.js';
import type { CallOptions } from './options.js';
import { backoffMs, type Deadline, pause, startDeadline } from './pause.js';
import type { Settings } from './settings.js';

/** One call of the API. Every one of them may be repeated: that is what the idempotency keys are for. */
export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Becomes JSON. */
  readonly body?: unknown;
  /** Milliseconds for which the gateway is asked to hold its answer back; they come on top of the time limit. */
  readonly heldMs?: number;
  /** A later try of a deletion that finds nothing has found its own work: the answer of an earlier one was lost. */
  readonly goneIsDone?: boolean;
}

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** Calls of the API over HTTP, with the key, the time limits and the repetitions. */
export interface Transport {
  readonly settings: Settings;
  /**
   * Makes a call and reads its whole answer, again where the failure was a passing one.
   *
   * @throws PealbellError; the signal's reason on abort
   */
  call<T>(call: ApiCall, options: CallOptions | undefined): Promise<Answer<T>>;
  /** Begins a call whose answer is a stream; tried again until the answer begins, not after. @throws as `call` */
  open(call: ApiCall, options: CallOptions | undefined): Promise<OpenAnswer>;
  /**
   * One try of a call whose body is streamed while its answer arrives.
   *
   * @param write makes the body; given the try's time limit, which it extends with what it sends
   * @throws as `call`
   */
  exchange(
    path: string,
    type: string,
    write: (deadline: Deadline) => AsyncIterable<Uint8Array>,
    options: CallOptions | undefined,
  ): Promise<OpenAnswer>;
}

/** One try, and what it runs under. */
interface Try {
  readonly name: string;
  readonly number: number;
  readonly deadline: Deadline;
  /** What the caller is told of an error that ended it. */
  readonly failure: (error: unknown) => unknown;
}

export function createTransport(settings: Settings): Transport {
  function begin(name: string, number: number, ms: number, signal: AbortSignal | undefined): Try {
    const deadline = startDeadline(ms, signal);
    function failure(error: unknown): unknown {
      deadline.release();
      if (signal?.aborted) return signal.reason;
      if (error instanceof PealbellError) return error;
      if (!deadline.isOver) return noAnswer(name, settings.base, error, number);
      const sentence = `${name}: no answer from ${settings.base} within ${ms} ms`;
      return new PealbellError('timeout', sentence, { retryable: true, tries: number, cause: error });
    }
    return { name, number, deadline, failure };
  }

  /** Tries until it works, the failure is a lasting one, or it has been tried often enough. */
  async function again<T>(
    { method, path, heldMs = 0 }: ApiCall,
    options: CallOptions | undefined,
    work: (run: Try) => Promise<T>,
  ): Promise<T> {
    const name = `${method} ${path}`;
    const retries = options?.retries ?? settings.retries;
    const ms = (options?.timeoutMs ?? settings.timeoutMs) + heldMs;
    for (let tries = 1; ; tries++) {
      const run = begin(name, tries, ms, options?.signal);
      try {
        return await work(run);
      } catch (thrown) {
        const error = run.failure(thrown);
        if (!(error instanceof PealbellError) || !error.retryable || tries > retries) throw error;
        const delayMs = Math.round(backoffMs(tries, error.retryAfterMs));
        if (delayMs > settings.maxRetryWaitMs) throw error;
        settings.onRetry({ call: name, error, tries, delayMs });
        await pause(delayMs, options?.signal);
      }
    }
  }

  /** What is wrong with the caller's own values is thrown here, before anything is tried. */
  function prepare(call: ApiCall, options: CallOptions | undefined): (signal: AbortSignal) => Promise<Response> {
    const own = {
      accept: 'application/json',
      ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const request = {
      method: call.method,
      headers: headersOf(own, settings.headers, call.headers, options?.headers),
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      redirect: 'manual' as const,
    };
    const url = settings.base + call.path + queryOf(call.query);
    return (signal) => settings.fetch(url, { ...request, signal });
  }

  return {
    settings,
    async call<T>(call: ApiCall, options: CallOptions | undefined) {
      const send = prepare(call, options);
      return again(call, options, async ({ name, number, deadline }): Promise<Answer<T>> => {
        const response = await send(deadline.signal);
        const text = await response.text();
        deadline.release();
        const isOwnWork = call.goneIsDone === true && number > 1 && response.status === 404;
        if (!response.ok && !isOwnWork) throw failureOf(name, response, text, number);
        const { status, headers } = response;
        return { status, headers, body: parse<T>(name, status, text) };
      });
    },
    async open(call, options) {
      const send = prepare(call, options);
      return again(call, options, async (run) => opened(run, await send(run.deadline.signal)));
    },
    async exchange(path, type, write, options) {
      const headers = headersOf({ accept: type, 'content-type': type }, settings.headers, options?.headers);
      const run = begin(`POST ${path}`, 1, options?.timeoutMs ?? settings.timeoutMs, options?.signal);
      try {
        const response = await settings.fetch(settings.base + path, {
          method: 'POST',
          headers,
          body: write(run.deadline),
          duplex: 'half', // The only word there is; Node's fetch reads the answer while it sends all the same.
          // With any other word Node's fetch keeps a copy of all that was sent, to be able to send it elsewhere.
          redirect: 'error',
          signal: run.deadline.signal,
        });
        return await opened(run, response);
      } catch (error) {
        throw run.failure(error);
      }
    },
  };
}

async function opened({ name, number, deadline, failure }: Try, response: Response): Promise<OpenAnswer> {
  if (!response.ok) throw failureOf(name, response, await response.text(), number);
  const { body, status } = response;
  if (body === null) throw notUnderstood(name, status, '');
  deadline.suspend();
  return { body, deadline, name, failure };
}

function parse<T>(name: string, status: number, text: string): T {
  if (text === '') return undefined as T; // 204: the caller expects nothing.
  try {
    return JSON.parse(text) as T; // The gateway's tests keep its answers equal to the OpenAPI document.
  } catch {
    throw notUnderstood(name, status, text);
  }
}

function queryOf(query: ApiCall['query']): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) given.set(name, String(value));
  return given.size === 0 ? '' : `?${given}`;
}

/**
 * An id as a part of a path.
 *
 * @throws RangeError for what would lead to another place: a URL loses `.` and `..` on its way
 */
export function segment(id: string, what: string): string {
  if (typeof id === 'string' && id !== '' && id !== '.' && id !== '..') return encodeURIComponent(id);
  throw new RangeError(`the id of a ${what} cannot be '${id}': no URL holds it`);
}
