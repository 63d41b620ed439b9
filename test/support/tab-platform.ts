/**
 * What a browser gives each of its tabs to be one device together: Web Locks, a BroadcastChannel (the platform's own), and
 * a WebSocket. A tab can die without a word, and then nothing of it runs any more.
 */
import { WebSocket } from 'ws';
import type { ChannelLike, Clock, LocksLike, SocketLike } from '../../sdk/client/src/index.js';

interface Request {
  readonly tab: object;
  readonly held: () => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (cause: unknown) => void;
}

/** Exclusive locks, granted in the order in which they were asked for (the Web Locks specification, §4). */
export function createFakeLocks(): { of(tab: object): LocksLike; release(tab: object): void } {
  const queues = new Map<string, Request[]>();

  function grant(queue: Request[]): void {
    const [first] = queue;
    if (first === undefined) return;
    const over = () => {
      if (queue[0] !== first) return;
      queue.shift();
      grant(queue);
    };
    Promise.resolve().then(first.held).then(first.resolve, first.reject).finally(over);
  }
  return {
    of: (tab) => ({
      request(name, _options, held) {
        return new Promise((resolve, reject) => {
          const queue = queues.get(name) ?? [];
          queues.set(name, queue);
          queue.push({ tab, held, resolve, reject });
          if (queue.length === 1) grant(queue);
        });
      },
    }),
    release(tab) {
      for (const queue of queues.values()) {
        const held = queue[0]?.tab === tab;
        queue.splice(0, queue.length, ...queue.filter((request) => request.tab !== tab));
        if (held) grant(queue);
      }
    },
  };
}

export interface FakeTab {
  readonly tabs: { readonly locks: LocksLike; readonly channel: (name: string) => ChannelLike };
  readonly webSocket: new (url: string, protocol: string) => SocketLike;
  readonly clock: Clock;
  /** It is gone, without a word to anybody. */
  die(): void;
}

/** @param browser names the channels: those of another browser are other channels */
export function openFakeTab(browser: string, locks: ReturnType<typeof createFakeLocks>): FakeTab {
  const tab = {};
  const sockets = new Set<WebSocket>();
  const stops = new Set<() => void>();
  const channels: InstanceType<typeof BroadcastChannel>[] = [];
  let isDead = false;

  class TabSocket extends WebSocket {
    constructor(url: string, protocol: string) {
      super(url, protocol);
      if (isDead) this.terminate();
      sockets.add(this);
    }
  }
  return {
    tabs: {
      locks: locks.of(tab),
      channel(name) {
        const channel = new BroadcastChannel(`${browser} ${name}`);
        channels.push(channel);
        return channel as unknown as ChannelLike; // Node's types want their own events
      },
    },
    webSocket: TabSocket,
    clock: {
      now: () => Date.now(),
      after(ms, run) {
        if (isDead) return () => {};
        const timer = setTimeout(() => {
          stops.delete(stop);
          run();
        }, ms);
        const stop = () => clearTimeout(timer);
        stops.add(stop);
        return stop;
      },
    },
    die() {
      isDead = true;
      for (const stop of stops) stop();
      for (const socket of sockets) {
        socket.onclose = null;
        socket.onmessage = null;
        socket.terminate();
      }
      for (const channel of channels) {
        channel.onmessage = () => {};
        channel.postMessage = () => {};
        channel.close();
      }
      locks.release(tab);
    },
  };
}
