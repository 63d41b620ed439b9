import { parseJson } from '../frames.js';
import type { SocketLike } from '../platform.js';
import { network, type Wire, type WireSetup } from './wire.js';

const PROTOCOL = 'pealbell.v1';

export function openWebSocket({ base, hello, events, webSocket }: WireSetup): Wire {
  let socket: SocketLike | undefined;
  let isOver = false;
  function over(): boolean {
    const was = isOver;
    isOver = true;
    return was;
  }
  try {
    if (webSocket === undefined) throw new Error('this platform has no WebSocket');
    socket = new webSocket(addressOf(base), PROTOCOL);
    socket.onopen = () => socket?.send(JSON.stringify(hello));
    socket.onmessage = ({ data }: { data: unknown }) => {
      if (!isOver) events.frame(parseJson(data));
    };
    // Browsers say nothing of what went wrong; `close` follows.
    socket.onerror = () => {};
    socket.onclose = ({ code, reason }: { code: number; reason?: string }) => {
      if (over()) return;
      events.closed(
        code >= 4000 && code < 5000
          ? { kind: 'gateway', code, why: reason ?? '' }
          : { kind: 'network', why: `the connection was closed with code ${code}` },
      );
    };
  } catch (cause) {
    Promise.resolve().then(() => over() || events.closed(network(cause)));
  }
  return {
    send(frame) {
      // A socket that is closing throws or drops it; what was not heard is said again on the next.
      try {
        socket?.send(JSON.stringify(frame));
      } catch {}
    },
    close() {
      isOver = true;
      try {
        socket?.close(1000);
      } catch {}
    },
  };
}

/** Whether a WebSocket opens at all; it says nothing, and is closed again. */
export function tryWebSocket({
  base,
  clock,
  webSocket,
}: Pick<WireSetup, 'base' | 'clock' | 'webSocket'>): Promise<boolean> {
  return new Promise((resolve) => {
    let stop = () => {};
    try {
      if (webSocket === undefined) throw new Error('none');
      const socket = new webSocket(addressOf(base), PROTOCOL);
      const end = (works: boolean) => {
        stop();
        resolve(works);
        socket.onclose = null;
        socket.close();
      };
      stop = clock.after(10_000, () => end(false));
      socket.onerror = () => {};
      socket.onopen = () => end(true);
      socket.onclose = () => end(false);
    } catch {
      resolve(false);
    }
  });
}

function addressOf(base: string): string {
  return `${base.replace(/^http/, 'ws')}/v1/realtime/ws`;
}
