import { parseJson } from '../frames.js';
import { type BodyReader, platform } from '../platform.js';
import { createAcks } from './acks.js';
import { createHttpLine, endOf, streamOf } from './http.js';
import type { Wire, WireSetup } from './wire.js';

/** A frame is at most 64 KiB; in JSON of an event it is not much longer. */
const EVENT_CHARS_MAX = 256 * 1024;

/** Over `fetch`, since `EventSource` cannot send an access token. */
export function openSse(setup: WireSetup): Wire {
  const { hello, events, clock } = setup;
  const line = createHttpLine(setup);
  const acks = createAcks(line, hello.stream, clock, events.frame, end);
  let reader: BodyReader | undefined;

  function end(reason: Parameters<typeof events.closed>[0]): void {
    if (line.isClosed) return;
    close();
    events.closed(reason);
  }
  function close(): void {
    line.close();
    reader?.cancel().catch(() => {});
  }
  function frame(data: string): void {
    const parsed = parseJson(data);
    if (isWelcome(parsed)) acks.session = parsed.session;
    events.frame(parsed);
  }

  async function run(): Promise<void> {
    const answer = await line.ask(`sse?${streamOf(hello)}ping_ms=${hello.ping_ms ?? ''}`, {
      headers: {
        accept: 'text/event-stream',
        ...(hello.cursor === undefined ? {} : { 'last-event-id': hello.cursor }),
      },
    });
    if (!/^text\/event-stream/.test(answer.headers.get('content-type') ?? '')) throw new Error('no event stream');
    reader = answer.body?.getReader();
    const Decoder = platform.TextDecoder;
    if (reader === undefined || Decoder === undefined) throw new Error('this platform cannot read a stream');
    const decoder = new Decoder();
    const take = createEventReader(frame);
    for (;;) {
      const { done, value } = await reader.read();
      if (line.isClosed) return;
      if (done) throw new Error('the stream has ended');
      take(decoder.decode(value, { stream: true }));
    }
  }
  run().catch((cause: unknown) => end(endOf(cause)));

  return { send: acks.send, close };
}

export function isWelcome(frame: unknown): frame is { readonly session: string } {
  return (frame as { t?: unknown } | undefined)?.t === 'welcome';
}

/** The data of each event in a stream of text (HTML, "Interpreting an event stream"); what else an event has is not needed. */
export function createEventReader(event: (data: string) => void): (text: string) => void {
  let rest = '';
  let data: string[] = [];
  return (text) => {
    rest += text;
    if (rest.length > EVENT_CHARS_MAX) throw new Error('an event is too long');
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) event(data.join('\n'));
        data = [];
      } else if (/^data(?::|$)/.test(line)) data.push(line.slice(5).replace(/^ /, ''));
    }
  };
}
