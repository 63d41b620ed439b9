import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Exchange } from './exchange.js';
import type { AdminHouse } from './house.js';
import type { Reply } from './operation.js';
import { describeError, problemAnswer } from './refusal.js';

/** Writes what a handler replied. */
export function sendReply(res: ServerResponse, reply: Reply): void {
  switch (reply.kind) {
    case 'json':
      send(res, reply.status, 'application/json', JSON.stringify(reply.body), reply.headers ?? {});
      return;
    case 'text':
      send(res, reply.status, reply.type, reply.body, reply.headers ?? {});
      return;
    case 'empty':
      res.writeHead(reply.status).end();
      return;
    case 'streamed':
      return;
    default:
      throw new Error(`unknown reply ${reply satisfies never}`);
  }
}

/** Answers an error as a problem (RFC 9457). The text of what is unexpected goes to the log and nowhere else. */
export function sendProblem(
  house: Pick<AdminHouse, 'log'>,
  exchange: Exchange,
  req: IncomingMessage,
  res: ServerResponse,
  error: unknown,
): void {
  const { problem, headers } = problemAnswer(error, exchange.requestId);
  exchange.problem = problem.code;
  if (problem.status === 500) {
    house.log.error(
      { error: describeError(error), request_id: exchange.requestId, route: exchange.route },
      'http.failed',
    );
  }
  if (res.headersSent || res.destroyed) {
    res.destroy();
    return;
  }
  // A body that nobody will read must not keep the connection: it could arrive for ever.
  const close = req.complete ? {} : { Connection: 'close' };
  send(res, problem.status, 'application/problem+json', JSON.stringify(problem), { ...headers, ...close });
}

function send(
  res: ServerResponse,
  status: number,
  type: string,
  text: string,
  headers: Readonly<Record<string, string>>,
): void {
  const body = Buffer.from(text);
  res.writeHead(status, { 'Content-Type': type, 'Content-Length': body.length, ...headers }).end(body);
}
