import type { ServerResponse } from 'node:http';
import type { Clock } from '../domain/time.js';
import type { Access } from '../usecases/access-tokens.js';
import { DONE_IDS_MAX, needsStream, readUpward, UPWARD_SCOPES, type Upward } from './client-frame.js';
import type { Connector } from './connector.js';
import type { Door } from './door.js';
import type { Ending } from './ending.js';
import { parsePollCursor } from './poll-cursor.js';
import { createPollDesk } from './poll-desk.js';
import type { Session } from './session.js';
import { createSseWire } from './sse-wire.js';
import { takeUpward, type Untaken } from './take-upward.js';

export interface HttpRoadsParts {
  readonly connector: Connector;
  readonly door: Door;
  readonly clock: Clock;
  /** Monotonic ms. */
  readonly ticks: () => number;
}

interface Hello {
  readonly cursor?: string;
  readonly pingMs?: number;
  readonly stream?: string;
}

/** What a device says by `POST /v1/realtime/acks`; events and upstream messages as JSON has them. */
export interface Said {
  readonly session?: string | undefined;
  readonly got?: number | undefined;
  readonly done?: readonly string[] | undefined;
  readonly stream?: string | undefined;
  readonly events?: readonly Numbered[] | undefined;
  readonly up?: readonly Numbered[] | undefined;
}
interface Numbered {
  readonly n: number;
  readonly [field: string]: unknown;
}

export interface HttpRoads {
  /** Open streams, and devices that ask again and again. */
  readonly size: { readonly sse: number; readonly poll: number };
  /** Writes frames as events to an answer of which nothing was written. @returns why nothing was; undefined once it is over */
  stream(access: Access, hello: Hello, res: ServerResponse, address: string): Promise<Ending | undefined>;
  /** @returns undefined for a cursor that never was one */
  poll(
    access: Access,
    ask: { readonly cursor?: string; readonly waitMs: number; readonly stream?: string },
    signal: AbortSignal,
    address: string,
  ): Promise<
    | { readonly kind: 'frames'; readonly frames: readonly string[]; readonly cursor: string }
    | { readonly kind: 'ended'; readonly ending: Ending }
    | undefined
  >;
  acks(access: Access, said: Said): Promise<{ readonly ok?: number; readonly errors: readonly Untaken[] }>;
}

/** Connections of devices over HTTP alone: the same sessions as over WebSocket, with wires of their own. */
export function createHttpRoads({ connector, door, clock, ticks }: HttpRoadsParts): HttpRoads {
  const { desk } = connector;
  let streams = 0;
  const polls = createPollDesk({
    open(wire, access, hello) {
      const session = connector.connect(wire);
      session.frame({ t: 'hello', token: access, ...hello });
      return session;
    },
    enter,
    leave: (address) => door.leave(address),
    finish,
  });

  /** Whose pages may call was looked at before. */
  function enter(address: string): Ending | undefined {
    const why = door.enter(address, undefined);
    if (why === undefined) return undefined;
    const { code: reason, detail, retryAfter } = why;
    return { reason, detail, ...(retryAfter === undefined ? {} : { retryAfterMs: retryAfter * 1_000 }) };
  }

  async function finish({ app, device }: Access, messages: readonly string[]): Promise<void> {
    await desk.done({ app, device, messages });
  }

  /** The session that the device means, where it is still here. */
  function sessionOf({ app, device }: Access, id: string | undefined): Session | undefined {
    const session = connector.find(app, device);
    return id !== undefined && session?.id === id ? session : undefined;
  }

  async function finishBy(access: Access, session: Session | undefined, ids: readonly string[]): Promise<void> {
    for (let at = 0; at < ids.length; at += DONE_IDS_MAX) {
      const some = ids.slice(at, at + DONE_IDS_MAX);
      if (session === undefined || session.hasEnded) await finish(access, some);
      else session.frame({ t: 'done', ids: some });
    }
  }

  return {
    get size() {
      return { sse: streams, poll: polls.size };
    },
    async stream(access, hello, res, address) {
      const why = enter(address);
      if (why !== undefined) return why;
      streams++;
      let session: Session | undefined;
      const wire = createSseWire(res, {
        ticks,
        drained: () => session?.drained(),
        gone: () => session?.gone(),
      });
      session = connector.connect(wire);
      session.frame({ t: 'hello', token: access, ...hello });
      const ending = await wire.over;
      streams--;
      door.leave(address);
      return ending;
    },
    async poll(access, { cursor: text, waitMs, stream }, signal, address) {
      const cursor = text === undefined ? undefined : parsePollCursor(text);
      if (text !== undefined && cursor === undefined) return undefined;
      const ask = { waitMs, ...(cursor === undefined ? {} : { cursor }), ...(stream === undefined ? {} : { stream }) };
      const answer = await polls.poll(access, ask, signal, address);
      return answer.kind === 'bye' ? { kind: 'ended', ending: answer.bye } : answer;
    },
    async acks(access, { session: id, got, done = [], stream, events = [], up = [] }) {
      const session = sessionOf(access, id);
      if (session !== undefined && got !== undefined) session.frame({ t: 'got', seq: got });
      if (access.scopes.has('receive')) await finishBy(access, session, done);
      const upward = [...events.map((one) => judged('event', one)), ...up.map((one) => judged('up', one))];
      upward.sort((a, b) => a.n - b.n);
      const errors: Untaken[] = [];
      // One kind at a time, in order: what is safe is always everything up to some n.
      for (const run of runsOf(upward.map((frame) => permitted(access, stream, frame)))) {
        errors.push(...run.flatMap((frame) => (frame.t === 'faulty' ? [untaken(frame)] : [])));
        errors.push(...(await takeUpward(desk, access, stream, run, clock)));
      }
      const last = upward.at(-1);
      return { ...(last === undefined ? {} : { ok: last.n }), errors };
    },
  };
}

function judged(t: 'event' | 'up', fields: Numbered): Upward {
  const frame = readUpward(t, fields);
  return frame.t === 'bad' ? { t: 'faulty', n: fields.n, code: `invalid_${t}`, detail: frame.detail } : frame;
}

function permitted({ scopes }: Access, stream: string | undefined, frame: Upward): Upward {
  if (frame.t === 'faulty') return frame;
  const { n } = frame;
  const scope = UPWARD_SCOPES[frame.t];
  if (!scopes.has(scope))
    return { t: 'faulty', n, code: 'missing_scope', detail: `the access token has no scope '${scope}'` };
  if (needsStream(frame) && stream === undefined)
    return { t: 'faulty', n, code: 'stream_missing', detail: 'stream must name whose n this is' };
  return frame;
}

/** Neighbours of one kind together. */
function runsOf(frames: readonly Upward[]): readonly (readonly Upward[])[] {
  const runs: Upward[][] = [];
  for (const frame of frames) {
    const run = runs.at(-1);
    if (run?.[0]?.t === frame.t) run.push(frame);
    else runs.push([frame]);
  }
  return runs;
}

function untaken({ n, code, detail }: Extract<Upward, { t: 'faulty' }>): Untaken {
  return { n, code, detail };
}
