import { createAcks } from './acks.js';
import { createHttpLine, endOf, streamOf } from './http.js';
import { isWelcome } from './sse.js';
import { network, type Wire, type WireSetup } from './wire.js';

const WAIT_SECONDS = 25;
/** An answer that is so late was lost. */
const LATE_MS = 15_000;
/** A gateway that answers at once with nothing is not asked faster than this. */
const PAUSE_MS = 200;

/**
 * Each answer is asked on only when all its messages are done, since asking with its cursor says so; meanwhile `got` and
 * events go by acks.
 */
export function openPoll(setup: WireSetup): Wire {
  const { hello, events, clock } = setup;
  const line = createHttpLine(setup);
  const acks = createAcks(line, hello.stream, clock, events.frame, end);
  let cursor = hello.cursor;
  /** Messages of the newest answer that are not done. */
  const unfinished = new Set<string>();
  let finished = () => {};

  function end(reason: Parameters<typeof events.closed>[0]): void {
    if (line.isClosed) return;
    close();
    events.closed(reason);
  }
  function close(): void {
    line.close();
    finished();
  }

  async function poll(): Promise<void> {
    const begun = clock.now();
    const stop = clock.after(WAIT_SECONDS * 1_000 + LATE_MS, () => end(network('no answer to a poll')));
    try {
      const from = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const answer = await line.ask(`poll?${streamOf(hello)}wait=${WAIT_SECONDS}s${from}`, {});
      const body = (await answer.json()) as { readonly frames?: readonly unknown[]; readonly cursor?: unknown } | null;
      if (line.isClosed) return;
      const frames = body?.frames;
      if (!Array.isArray(frames) || typeof body?.cursor !== 'string') throw new Error('no answer of a poll');
      cursor = body.cursor;
      for (const frame of frames) if (isPush(frame)) unfinished.add(frame.id);
      for (const frame of frames) {
        if (isWelcome(frame)) acks.session = frame.session;
        if (!line.isClosed) events.frame(frame);
      }
      if (frames.length === 0 && clock.now() - begun < PAUSE_MS)
        await new Promise<void>((go) => void clock.after(PAUSE_MS, go));
    } finally {
      stop();
    }
    while (unfinished.size > 0 && !line.isClosed) {
      await new Promise<void>((go) => {
        finished = go;
      });
    }
  }
  async function run(): Promise<void> {
    while (!line.isClosed) await poll();
  }
  run().catch((cause: unknown) => end(endOf(cause)));

  return {
    send(frame) {
      if (frame.t === 'refresh') line.token = frame.token;
      else if (frame.t !== 'done') acks.send(frame);
      else {
        // Those of the newest answer are said by asking on; but not while others of it take their time.
        const others = frame.ids.filter((id) => !unfinished.delete(id));
        if (unfinished.size > 0) acks.send(frame);
        else {
          if (others.length > 0) acks.send({ t: 'done', ids: others });
          finished();
        }
      }
    },
    close,
  };
}

function isPush(frame: unknown): frame is { readonly id: string } {
  const { t, id } = (frame ?? {}) as { t?: unknown; id?: unknown };
  return t === 'push' && typeof id === 'string';
}
