/** A proxy on the way to a gateway that spoils what is asked of it: lost answers, overload, slowness, broken streams. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type WayFault =
  | { readonly kind: 'pass' }
  /** The connection ends before the gateway hears of it. */
  | { readonly kind: 'drop_request' }
  /** The gateway does what it was asked; its answer never arrives. */
  | { readonly kind: 'drop_answer' }
  /** Answered by the proxy itself. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** Nothing is ever answered. */
  | { readonly kind: 'silence' }
  /** The connection breaks after so many bytes of the answer's body. */
  | { readonly kind: 'cut'; readonly afterBytes: number };

export interface PassedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

export interface FaultyProxy {
  readonly url: string;
  /** What was asked of it since it was last cleared, in order. */
  readonly requests: PassedRequest[];
  /** The next requests fare so, in this order; those after them pass. Forgets what was asked before. */
  next(...faults: readonly WayFault[]): void;
  close(): Promise<void>;
}

/** @param target URL of the gateway */
export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const { hostname, port } = new URL(target);
  const requests: PassedRequest[] = [];
  let plan: WayFault[] = [];

  function pass(req: IncomingMessage, res: ServerResponse, fault: WayFault): void {
    const { method, url: path, headers } = req;
    const onward = request({ hostname, port, method, path, headers }, (answer) => {
      if (fault.kind === 'drop_answer') {
        answer.resume().once('end', () => res.destroy());
        return;
      }
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      res.flushHeaders();
      let left = fault.kind === 'cut' ? fault.afterBytes : Number.POSITIVE_INFINITY;
      answer.on('data', function onData(chunk: Buffer) {
        if (chunk.length >= left) {
          answer.off('data', onData).off('end', onEnd).resume();
          // What was written goes out before the connection breaks.
          res.write(chunk.subarray(0, left), () => res.destroy());
          return;
        }
        left -= chunk.length;
        if (res.write(chunk)) return;
        answer.pause();
        res.once('drain', () => answer.resume());
      });
      const onEnd = () => res.end();
      answer.once('end', onEnd);
      answer.once('error', () => res.destroy());
    });
    onward.once('error', () => res.destroy());
    res.once('close', () => onward.destroy());
    req.pipe(onward);
  }

  const server = createServer((req, res) => {
    const { method = '', url: path = '', headers } = req;
    requests.push({ method, path, headers });
    const fault = plan.shift() ?? { kind: 'pass' };
    switch (fault.kind) {
      case 'drop_request':
        req.socket.destroy();
        return;
      case 'answer':
        req.resume();
        res.writeHead(fault.status, fault.headers).end(fault.body ?? '');
        return;
      case 'silence':
        req.resume();
        return;
      default:
        pass(req, res, fault);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    next(...faults) {
      plan = [...faults];
      requests.length = 0;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
