import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TooManySubscriptionsError, type WebPushSimulator } from '../../providers/webpush/simulator.js';
import type { FaultPlan } from './fault-plan.js';
import { readFault } from './fault-request.js';
import type { Ledger } from './ledger.js';
import { readSubscriptionRequest } from './subscription-request.js';

const BODY_BYTES_MAX = 65_536;

/** Another program listens on the port that was asked for. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
  readonly port: number;

  constructor(port: number, cause: unknown) {
    super(`port ${port} on 127.0.0.1 is taken by another program`, { cause });
    this.port = port;
  }
}

export interface ControlServerOptions {
  /** 0 picks a free port. */
  readonly port: number;
  readonly ledger: Ledger;
  readonly faults: FaultPlan;
  /** Names that faults may be made for. */
  readonly providers: readonly string[];
  /** The answer to `GET /endpoints`, which waits for it. */
  readonly endpoints: Promise<unknown>;
  /** Where browsers subscribe; `/subscriptions` waits for it. */
  readonly pushServices: Promise<Pick<WebPushSimulator, 'subscribe' | 'summary'>>;
}

export interface ControlServer {
  readonly url: string;
  close(): Promise<void>;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/**
 * Serves the control port on 127.0.0.1: endpoints, ledger, faults, subscriptions.
 *
 * @throws PortTakenError when the port is in use.
 */
export async function startControlServer(options: ControlServerOptions): Promise<ControlServer> {
  const routes = routesOf(options);
  const server = createServer((request, response) => {
    dispatch(routes, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendProblem(response, 500, error instanceof Error ? error.message : String(error));
    });
  });
  const port = await listen(server, options.port);
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function routesOf({
  ledger,
  faults,
  providers,
  endpoints,
  pushServices,
}: ControlServerOptions): Map<string, Map<string, Handler>> {
  return new Map<string, Map<string, Handler>>([
    ['/endpoints', new Map([['GET', async (_request, response) => sendJson(response, 200, await endpoints)]])],
    [
      '/ledger',
      new Map<string, Handler>([
        [
          'GET',
          async (request, response) => {
            const after = /[?&]after=(\d{1,15})(?:&|$)/.exec(request.url ?? '')?.[1] ?? '0';
            const chunks = ledger.chunks(Number(after));
            // Whoever looks again and again gives it as `after` next time.
            response.writeHead(200, { 'content-type': 'application/x-ndjson', 'ledger-lines': ledger.lines });
            await pipeline(Readable.from(chunks, { objectMode: false }), response);
          },
        ],
        [
          'DELETE',
          (_request, response) => {
            ledger.clear();
            response.writeHead(204).end();
          },
        ],
      ]),
    ],
    ['/ledger/summary', new Map([['GET', (_request, response) => sendJson(response, 200, ledger.summary())]])],
    [
      '/faults',
      new Map<string, Handler>([
        ['POST', (request, response) => postFault(request, response, faults, providers)],
        [
          'DELETE',
          (_request, response) => {
            faults.clear();
            response.writeHead(204).end();
          },
        ],
      ]),
    ],
    [
      '/subscriptions',
      new Map<string, Handler>([
        ['GET', async (_request, response) => sendJson(response, 200, summaryJson((await pushServices).summary()))],
        ['POST', (request, response) => postSubscriptions(request, response, pushServices)],
      ]),
    ],
  ]);
}

async function dispatch(
  routes: ReadonlyMap<string, ReadonlyMap<string, Handler>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = '/'] = (request.url ?? '/').split('?');
  const methods = routes.get(path);
  if (methods === undefined) {
    return sendProblem(response, 404, `nothing is here; there is ${[...routes.keys()].join(', ')}`);
  }
  const handler = methods.get(request.method ?? 'GET');
  if (handler === undefined) {
    response.setHeader('allow', [...methods.keys()].join(', '));
    return sendProblem(response, 405, `${path} takes ${[...methods.keys()].join(' or ')}`);
  }
  await handler(request, response);
}

async function postFault(
  request: IncomingMessage,
  response: ServerResponse,
  faults: FaultPlan,
  providers: readonly string[],
): Promise<void> {
  const body = await readJson(request, response);
  if (body === undefined) return;
  const read = readFault(body.value, providers);
  if ('mistakes' in read) return sendProblem(response, 400, read.mistakes.join('; '));
  sendJson(response, 201, { id: faults.add(read.rule) });
}

async function postSubscriptions(
  request: IncomingMessage,
  response: ServerResponse,
  pushServices: ControlServerOptions['pushServices'],
): Promise<void> {
  const body = await readJson(request, response);
  if (body === undefined) return;
  const read = readSubscriptionRequest(body.value);
  if ('mistakes' in read) return sendProblem(response, 400, read.mistakes.join('; '));
  try {
    sendJson(response, 201, await (await pushServices).subscribe(read));
  } catch (error) {
    if (error instanceof TooManySubscriptionsError) return sendProblem(response, 409, error.message);
    throw error;
  }
}

function summaryJson(summary: ReturnType<WebPushSimulator['summary']>): object {
  return Object.fromEntries(
    Object.entries(summary).map(([service, { subscriptions, jwts }]) => [
      service,
      { subscriptions, vapid_jwts: { distinct: jwts.distinct, most_per_hour: jwts.mostPerHour } },
    ]),
  );
}

/** Nothing when the body is no JSON or too long, which is answered already. */
async function readJson(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<{ readonly value: unknown } | undefined> {
  const text = await readBody(request);
  if (text === undefined) {
    // The rest of the body is not worth reading.
    response.setHeader('connection', 'close');
    sendProblem(response, 413, `the body may have ${BODY_BYTES_MAX} bytes`);
    return undefined;
  }
  try {
    return { value: JSON.parse(text) };
  } catch {
    sendProblem(response, 400, 'the body is not JSON');
    return undefined;
  }
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    // A request without an encoding set yields buffers.
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > BODY_BYTES_MAX) return undefined;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body, null, 2)}\n`);
}

/** RFC 9457 without a type of its own: status and detail say it all. */
function sendProblem(response: ServerResponse, status: number, detail: string): void {
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  response.end(`${JSON.stringify({ type: 'about:blank', status, detail })}\n`);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void =>
      reject(error.code === 'EADDRINUSE' ? new PortTakenError(port, error) : error);
    server.once('error', fail);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', fail);
      // A TCP listener has an AddressInfo once it listens.
      resolve((server.address() as AddressInfo).port);
    });
  });
}
