import type { RequestListener } from 'node:http';

/** Stands before an application that is still being put together, so that its address is known before it is there. */
export interface Doorway {
  readonly handle: RequestListener;
  /** Lets in who has waited, and whoever comes from now on. */
  open(to: RequestListener): void;
}

/** Requests that come early wait. One for a connection of another protocol is cut: it would be taken for a plain one. */
export function createDoorway(): Doorway {
  const waiting: Parameters<RequestListener>[] = [];
  let inside: RequestListener | undefined;
  return {
    handle(req, res) {
      if (inside !== undefined) inside(req, res);
      else if (req.headers.upgrade !== undefined) req.socket.destroy();
      else waiting.push([req, res]);
    },
    open(to) {
      inside = to;
      for (const [req, res] of waiting.splice(0)) if (!req.destroyed) to(req, res);
    },
  };
}
