/** What frames mean while the connection stands: messages in, events out. Pure. */
import type { EventBody, GatewayFrame, Push, Welcome } from './frames.js';
import type { Heartbeat } from './heartbeat.js';
import type { Inbox } from './inbox.js';
import type { Effect } from './machine-words.js';
import type { Outbox, Settled } from './outbox.js';

/** As many ids as a `done` may have. */
const DONE_MAX = 100;

export interface Session {
  /** The heartbeat that the gateway allows. */
  readonly pingMs: number;
  /** @returns false when the connection has to be made anew, under another stream */
  begin(welcome: Welcome): boolean;
  /** @returns what is wrong with it, if it cannot be */
  frame(frame: Exclude<GatewayFrame, { t: 'welcome' | 'bye' }>, now: number): string | undefined;
  ended(id: string): void;
  kept(ids: readonly string[], keys: readonly string[], isOnline: boolean): void;
  say(key: string, body: EventBody): void;
  /** Sends what waits and has room. */
  flush(): void;
}

export function createSession(parts: {
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly heartbeat: Heartbeat;
  readonly emit: (effect: Effect) => void;
}): Session {
  const { inbox, outbox, heartbeat, emit } = parts;
  let pingMs = heartbeat.wishMs;

  function push(frame: Push): string | undefined {
    const arrival = inbox.arrive(frame);
    if (arrival === 'hole') return `push ${frame.seq} came after ${inbox.seq}`;
    if (arrival === 'flood') return 'more messages than a window can hold';
    emit({ kind: 'send', frame: { t: 'got', seq: inbox.seq } });
    if (arrival === 'known') emit({ kind: 'send', frame: { t: 'done', ids: [frame.id] } });
    if (arrival !== 'new') return undefined;
    const { t: _t, seq: _seq, cursor: _cursor, ...message } = frame;
    emit({ kind: 'hand', message });
    return undefined;
  }

  function settle(settled: readonly Settled[]): void {
    if (settled.length === 0) return;
    for (const one of settled) {
      emit({ kind: 'settled', ...one });
      if (one.sent.kind === 'refused') {
        emit({ kind: 'error', error: { code: 'refused', detail: `${one.sent.code}: ${one.sent.detail}` } });
      }
    }
    emit({ kind: 'save', part: 'outbox' });
    flush();
  }

  function flush(): void {
    for (const { n, body } of outbox.take()) emit({ kind: 'send', frame: { ...body, n } });
  }

  return {
    get pingMs() {
      return pingMs;
    },
    begin(welcome) {
      pingMs = welcome.ping_ms;
      inbox.begin(welcome.cursor);
      emit({ kind: 'save', part: 'inbox' });
      if (!welcome.resumed) emit({ kind: 'resync' });
      if (!outbox.begin(welcome.ok ?? 0)) {
        emit({ kind: 'save', part: 'outbox' });
        return false;
      }
      settle(outbox.ok(welcome.ok ?? 0));
      return true;
    },
    frame(frame, now) {
      switch (frame.t) {
        case 'push':
          return push(frame);
        case 'clear': {
          const { t: _t, ...clear } = frame;
          emit({ kind: 'clear', clear });
          return undefined;
        }
        case 'gap': {
          const { count, reason } = frame;
          inbox.pass(frame.cursor);
          emit({ kind: 'gap', gap: { count, reason } });
          return undefined;
        }
        case 'ok':
          if (frame.n !== undefined) settle(outbox.ok(frame.n));
          return undefined;
        case 'error':
          if (frame.n !== undefined) settle(outbox.refuse(frame.n, frame.code, frame.detail));
          else emit({ kind: 'error', error: { code: 'refused', detail: `${frame.code}: ${frame.detail}` } });
          return undefined;
        case 'ping':
          if (heartbeat.beat(pingMs, now)) {
            emit({ kind: 'send', frame: { t: 'ping', ping_ms: heartbeat.wishMs } });
            emit({ kind: 'save', part: 'link' });
          }
          emit({ kind: 'send', frame: { t: 'pong' } });
          return undefined;
        case 'pong':
          pingMs = frame.ping_ms ?? pingMs;
          return undefined;
      }
    },
    ended(id) {
      inbox.end([id]);
      emit({ kind: 'save', part: 'inbox', ids: [id] });
    },
    kept(ids, keys, isOnline) {
      inbox.kept(ids);
      for (const key of keys) outbox.kept(key);
      if (!isOnline) return;
      for (let at = 0; at < ids.length; at += DONE_MAX) {
        emit({ kind: 'send', frame: { t: 'done', ids: ids.slice(at, at + DONE_MAX) } });
      }
      flush();
    },
    say(key, body) {
      const added = outbox.add(key, body);
      if (added === 'full') emit({ kind: 'settled', key, sent: { kind: 'full' } });
      else if (added === 'added') emit({ kind: 'save', part: 'outbox', keys: [key] });
      // One that is neither new nor waiting was safe before.
      else if (!outbox.isWaiting(key)) emit({ kind: 'settled', key, sent: { kind: 'safe' } });
    },
    flush,
  };
}
