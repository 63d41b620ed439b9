/** What a device has to say where its frames go by `POST /v1/realtime/acks`: gathered, one request at a time. */
import type { ClientFrame } from '../frames.js';
import type { End } from '../machine-words.js';
import type { Clock } from '../platform.js';
import { endOf, type HttpLine } from './http.js';

/** As many ids as the gateway takes in one request. */
const IDS_MAX = 100;
const TRIES = 3;
const PAUSE_MS = 1_000;
const LATE_MS = 10_000;

export interface Acks {
  /** Of the connection that answers; `got` counts there only. */
  session: string | undefined;
  send(frame: ClientFrame): void;
}

interface Waiting {
  got: number | undefined;
  done: string[];
  events: unknown[];
  up: unknown[];
}

/** @param failed the gateway refuses, or cannot be reached again and again */
export function createAcks(
  line: HttpLine,
  stream: string | undefined,
  clock: Clock,
  heard: (frame: unknown) => void,
  failed: (end: End) => void,
): Acks {
  const waiting: Waiting = { got: undefined, done: [], events: [], up: [] };
  let isUnderWay = false;
  let failures = 0;

  const isEmpty = () =>
    waiting.got === undefined && waiting.done.length + waiting.events.length + waiting.up.length === 0;

  async function run(): Promise<void> {
    if (isUnderWay || line.isClosed || isEmpty()) return;
    isUnderWay = true;
    // What comes in the same turn goes in the same request.
    await Promise.resolve();
    const { got } = waiting;
    const taken = { done: waiting.done.slice(0, IDS_MAX), events: [...waiting.events], up: [...waiting.up] };
    const body = {
      ...(acks.session === undefined ? {} : { session: acks.session }),
      ...(got === undefined || acks.session === undefined ? {} : { got }),
      ...(taken.done.length === 0 ? {} : { done: taken.done }),
      ...(stream === undefined || taken.events.length + taken.up.length === 0 ? {} : { stream }),
      ...(taken.events.length === 0 ? {} : { events: taken.events }),
      ...(taken.up.length === 0 ? {} : { up: taken.up }),
    };
    const stop = clock.after(LATE_MS, () => failed({ kind: 'network', why: 'no answer to acks' }));
    try {
      const answer = (await (await line.ask('acks', { body })).json()) as AcksAnswer;
      failures = 0;
      if (waiting.got === got) waiting.got = undefined;
      waiting.done = waiting.done.slice(taken.done.length);
      waiting.events = waiting.events.slice(taken.events.length);
      waiting.up = waiting.up.slice(taken.up.length);
      if (!line.isClosed) {
        for (const error of answer.errors ?? []) heard({ ...error, t: 'error' });
        if (typeof answer.ok === 'number') heard({ t: 'ok', n: answer.ok });
      }
    } catch (cause) {
      if (line.isClosed) return;
      const end = endOf(cause);
      failures += 1;
      if (end.kind === 'gateway' || failures >= TRIES) return failed(end);
      await new Promise<void>((resolve) => void clock.after(PAUSE_MS * failures, resolve));
    } finally {
      stop();
      isUnderWay = false;
    }
    void run();
  }

  const acks: Acks = {
    session: undefined,
    send(frame) {
      if (frame.t === 'got') waiting.got = frame.seq;
      else if (frame.t === 'done') waiting.done.push(...frame.ids);
      else if (frame.t === 'event' || frame.t === 'up') {
        const { t, ...body } = frame;
        waiting[t === 'event' ? 'events' : 'up'].push(body);
      } else return;
      void run();
    },
  };
  return acks;
}

interface AcksAnswer {
  readonly ok?: unknown;
  readonly errors?: readonly object[];
}
