import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AdminHouse } from './house.js';
import { requestIdFrom, traceIdFrom } from './request-id.js';

/** What is known of a request while it is answered, and written into its one log line in the end. */
export interface Exchange {
  readonly requestId: string;
  route?: string;
  keyId?: string;
  app?: string;
  /** Code of the problem it was answered with. */
  problem?: string;
  /** Looked at once a minute by every probe: not worth a line each. */
  quiet?: boolean;
}

/**
 * Begins a request: its id, the headers of every answer, and one wide line `http.request` when it ends, also when
 * the caller went away. Bodies, tokens and keys are never in it.
 */
export function beginExchange(
  house: Pick<AdminHouse, 'clock' | 'random' | 'log'>,
  req: IncomingMessage & { readonly ip?: string | undefined },
  res: ServerResponse,
): Exchange {
  const exchange: Exchange = {
    requestId: requestIdFrom(single(req.headers['x-request-id']), house.clock, house.random),
  };
  const trace = traceIdFrom(single(req.headers.traceparent));
  const client = req.ip; // behind trusted proxies the caller's, else the connection's
  const started = performance.now();
  res.setHeader('X-Request-Id', exchange.requestId);
  res.setHeader('Cache-Control', 'no-store');
  res.once('close', () => {
    const fields = {
      method: req.method,
      client,
      route: exchange.route,
      status: res.statusCode,
      ms: Math.round((performance.now() - started) * 10) / 10,
      key: exchange.keyId,
      app: exchange.app,
      problem: exchange.problem,
      request_id: exchange.requestId,
      trace_id: trace,
      ...(res.writableFinished ? {} : { aborted: true }),
    };
    if (exchange.quiet === true) house.log.debug(fields, 'http.request');
    else house.log.info(fields, 'http.request');
  });
  return exchange;
}

function single(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.[0];
}
