/** Pealbell's protocol over SSE and over long poll, as clients that cannot hold a WebSocket speak it. */
import { Agent, type IncomingMessage, request } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import type { LinkEars, Speech } from './speech.js';

/** Connections that the acknowledgements of all clients share. */
const ACK_SOCKETS = 64;
/** Seconds that a poll waits at the server. */
const POLL_WAIT = '25s';

interface Frame {
  readonly t: string;
  readonly seq?: number;
  readonly id?: string;
  readonly session?: string;
  readonly data?: { readonly m?: string };
}

/** Each client has a stream of its own; what it answers goes by `POST /v1/realtime/acks`. */
export function pealbellSse(url: string, token: (n: number) => string): Speech {
  const streams = new Agent({ maxSockets: Number.POSITIVE_INFINITY });
  const acks = new Agent({ keepAlive: true, maxSockets: ACK_SOCKETS });
  return (n, ears) => {
    const authorization = `Bearer ${token(n)}`;
    let session: string | undefined;
    const call = request(new URL('/v1/realtime/sse?ping_ms=240000', url), {
      agent: streams,
      headers: { authorization },
    });
    call.on('response', (answer) => {
      if (answer.statusCode !== 200) {
        answer.destroy();
        return;
      }
      const decoder = new StringDecoder('utf8');
      let rest = '';
      answer.on('data', (part: Buffer) => {
        const events = (rest + decoder.write(part)).split('\n\n');
        rest = events.pop() ?? '';
        const frames = events.flatMap((event) => {
          const data = /^data: ?(.*)$/m.exec(event)?.[1];
          return data === undefined ? [] : [JSON.parse(data) as Frame];
        });
        for (const frame of frames) {
          if (frame.t !== 'welcome') continue;
          session = frame.session;
          ears.onReady();
        }
        const pushes = hear(frames, ears);
        const got = pushes.at(-1)?.seq;
        if (got === undefined) return;
        const body = JSON.stringify({ session, got, done: pushes.map(({ id }) => id) });
        const headers = { authorization, 'content-type': 'application/json' };
        const ack = request(new URL('/v1/realtime/acks', url), { method: 'POST', agent: acks, headers });
        ack.on('response', (told) => told.resume());
        ack.on('error', () => undefined); // it comes again then, and is a duplicate in the account
        ack.end(body);
      });
    });
    call.on('error', () => undefined); // `close` follows
    call.on('close', () => ears.onEnd());
    call.end();
    return { cut: () => call.destroy() };
  };
}

/** Asking again says `done` for what the last answer held. */
export function pealbellPoll(url: string, token: (n: number) => string): Speech {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  return (n, ears) => {
    const headers = { authorization: `Bearer ${token(n)}` };
    let cursor: string | undefined;
    let isCut = false;
    let running: ReturnType<typeof request> | undefined;
    const ask = () => {
      if (isCut) return;
      const path = new URL(`/v1/realtime/poll?wait=${cursor === undefined ? '0s' : POLL_WAIT}`, url);
      if (cursor !== undefined) path.searchParams.set('cursor', cursor);
      const call = request(path, { agent, headers });
      running = call;
      call.on('response', async (answer) => {
        const isFirst = cursor === undefined;
        const text = await whole(answer);
        if (answer.statusCode !== 200 || text === undefined) {
          ears.onEnd();
          return;
        }
        const told = JSON.parse(text) as { readonly frames: readonly Frame[]; readonly cursor: string };
        cursor = told.cursor;
        ask();
        if (isFirst) ears.onReady();
        hear(told.frames, ears);
      });
      call.on('error', () => ears.onEnd());
      call.end();
    };
    ask();
    return {
      cut() {
        isCut = true;
        running?.destroy();
      },
    };
  };
}

function hear(frames: readonly Frame[], ears: LinkEars): readonly Frame[] {
  const pushes = frames.filter(({ t }) => t === 'push');
  if (pushes.length > 0) ears.onMessages(pushes.map(({ data }) => data?.m ?? ''));
  return pushes;
}

async function whole(answer: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  try {
    for await (const part of answer) parts.push(part as Buffer);
  } catch {
    return undefined;
  }
  return Buffer.concat(parts).toString();
}
