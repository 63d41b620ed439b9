import type { SocketConstructor, SocketLike } from '../../../../sdk/client/src/index.js';

/** A place without a network: connections stay open on both ends, and nothing passes. */
export interface Tunnel {
  readonly webSocket: SocketConstructor;
  enter(): void;
  /** Outside again, what was open inside turns out to be dead, as with a real phone. */
  leave(): void;
}

/** What a `WebSocket` says that was cut off (RFC 6455 §7.1.5). */
const CUT_OFF = { code: 1006, reason: '' };

/** @param Real the platform's `WebSocket` */
export function createTunnel(Real: SocketConstructor): Tunnel {
  const sockets = new Set<TunnelSocket>();
  let isInside = false;

  /** A `WebSocket` as the client uses one. */
  class TunnelSocket implements SocketLike {
    onopen: SocketLike['onopen'] = null;
    onmessage: SocketLike['onmessage'] = null;
    onclose: SocketLike['onclose'] = null;
    onerror: SocketLike['onerror'] = null;
    /** Absent for one that was made inside: nobody ever hears of it. */
    readonly #real: SocketLike | undefined;

    constructor(url: string, protocols: string) {
      sockets.add(this);
      if (isInside) return;
      this.#real = new Real(url, protocols);
      this.#real.onopen = (event) => this.#hear(this.onopen, event);
      this.#real.onmessage = (event) => this.#hear(this.onmessage, event);
      this.#real.onerror = (event) => this.#hear(this.onerror, event);
      this.#real.onclose = (event) => {
        if (!isInside) sockets.delete(this);
        this.#hear(this.onclose, event);
      };
    }

    send(text: string): void {
      if (!isInside) this.#real?.send(text);
    }

    close(code?: number, reason?: string): void {
      if (isInside) return;
      sockets.delete(this);
      this.#real?.close(code, reason);
    }

    die(): void {
      sockets.delete(this);
      if (this.#real !== undefined) {
        this.#real.onclose = null;
        this.#real.close();
      }
      this.#hear(this.onclose, CUT_OFF);
    }

    #hear(listener: ((event: never) => void) | null, event: unknown): void {
      // The client declares what it reads of an event as `never`, so that every platform's own events fit.
      if (!isInside) listener?.(event as never);
    }
  }

  return {
    webSocket: TunnelSocket,
    enter() {
      isInside = true;
    },
    leave() {
      isInside = false;
      for (const socket of [...sockets]) socket.die();
    },
  };
}
