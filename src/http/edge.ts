import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type NextFunction, type Request, type Response } from 'express';
import type { Access } from '../usecases/access-tokens.js';
import { sendProblem, sendReply } from './answer.js';
import { bearerOf, type Caller } from './authenticate.js';
import { readJson } from './body.js';
import { type AllowedOrigins, answerPreflight, exposeTo } from './cross-origin.js';
import { beginExchange, type Exchange } from './exchange.js';
import { faultsOf } from './faults.js';
import type { AdminHouse } from './house.js';
import type { Call, DeviceOperation, KeyedOperation, Operation, Reply } from './operation.js';
import { type Query, refuseParameters } from './paging.js';
import { invalid, Refusal } from './refusal.js';
import { closed } from './schemas/closed.js';

/** What stands before operations that need a key. */
export interface Gate {
  readonly bodyBytes: number;
  /** Requests answered at the same time. */
  readonly requestsMax: number;
  /**
   * Finds out who asks and what for, and counts the call once.
   *
   * @throws Refusal 401, 403, 404, 422, 429
   */
  admit(req: IncomingMessage, res: ServerResponse, operation: KeyedOperation): Promise<Caller>;
  /** Counts a call that is worth `units` more than the one it was counted for. @throws Refusal 422, 429 */
  countMore(res: ServerResponse, caller: Caller, units: number): Promise<void>;
  /** For operations that devices call; absent where there are none. */
  readonly devices?:
    | {
        readonly origins: AllowedOrigins;
        /** Finds out which device calls. @throws Refusal 401, 403, 404 */
        admit(req: IncomingMessage, query: Query, operation: DeviceOperation): Promise<Access>;
      }
    | undefined;
}

const EMPTY = closed({});

/** Makes the Express app of a list of operations. Whatever is not among them is 404 or 405. */
export function createEdge(house: AdminHouse, operations: readonly Operation[], gate?: Gate): express.Express {
  const exchanges = new WeakMap<object, Exchange>();
  let running = 0;

  function exchangeOf(req: Request, res: Response): Exchange {
    const known = exchanges.get(req);
    if (known !== undefined) return known;
    const exchange = beginExchange(house, req, res);
    exchanges.set(req, exchange);
    return exchange;
  }

  async function serve(listed: Operation, req: Request, res: Response): Promise<void> {
    const operation = asCalled(listed, req);
    const exchange = exchangeOf(req, res);
    exchange.route = operation.path;
    exchange.quiet = operation.tag === 'health';
    if (operation.scopes === 'none') {
      sendReply(res, await operation.handle({ ...callOf(exchange, req, res), body: undefined }));
      return;
    }
    if (gate === undefined) throw new Error(`${operation.operationId} needs a gate`);
    if (running >= gate.requestsMax) throw new Refusal('overloaded', 'too many requests are running; come back soon');
    let lasting: (() => Promise<Reply>) | undefined;
    running++;
    try {
      if (operation.scopes === 'device') {
        const work = await beginDevice(operation, gate, exchange, req, res);
        if (operation.lasts === true) lasting = work;
        else sendReply(res, await work());
      } else await serveKeyed(operation, gate, exchange, req, res);
    } finally {
      running--;
    }
    if (lasting !== undefined) sendReply(res, await lasting());
  }

  async function serveKeyed(
    operation: KeyedOperation,
    gate: Gate,
    exchange: Exchange,
    req: Request,
    res: Response,
  ): Promise<void> {
    const caller = await gate.admit(req, res, operation);
    exchange.keyId = caller.keyId;
    exchange.app = caller.app;
    const call = callOf(exchange, req, res);
    if (!operation.parameters?.some((parameter) => parameter.in === 'query')) refuseParameters(call.query);
    const body = await bodyOf(operation, req, gate.bodyBytes);
    const units = operation.units?.(body) ?? 1;
    if (units > 1) await gate.countMore(res, caller, units - 1);
    sendReply(res, await operation.handle({ ...call, body, caller }));
  }

  /** Finds out which device calls. @returns what does the work */
  async function beginDevice(
    operation: DeviceOperation,
    { bodyBytes, devices }: Gate,
    exchange: Exchange,
    req: Request,
    res: Response,
  ): Promise<() => Promise<Reply>> {
    if (devices === undefined) throw new Error(`${operation.operationId} needs a gate for devices`);
    exposeTo(devices.origins, req, res);
    const call = callOf(exchange, req, res);
    const access = await devices.admit(req, call.query, operation);
    exchange.app = access.app;
    if (!operation.parameters?.some((parameter) => parameter.in === 'query')) refuseParameters(call.query);
    const body = await bodyOf(operation, req, bodyBytes);
    return () => operation.handle({ ...call, body, access });
  }

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  app.enable('strict routing');
  app.set('query parser', 'simple');
  // An empty list believes nobody.
  app.set('trust proxy', [...(house.trustedProxies ?? [])]);
  app.use((req, res, next) => {
    exchangeOf(req, res);
    next();
  });
  // Written-out paths come first, with every method: GET /v1/messages/batch is not a message named `batch`.
  for (const ours of [operations.filter(isWrittenOut), operations.filter((operation) => !isWrittenOut(operation))]) {
    for (const operation of ours) {
      app[operation.method](routeOf(operation.path), (req, res) => serve(operation, req, res));
    }
    for (const [path, methods] of preflightsOf(ours)) {
      app.options(routeOf(path), (req, res) => {
        exchangeOf(req, res).route = path;
        if (gate?.devices === undefined) throw new Error(`${path} needs a gate for devices`);
        answerPreflight(gate.devices.origins, methods, req, res);
      });
    }
    for (const [path, allowed] of methodsByPath(ours)) {
      app.all(routeOf(path), (req, res) => {
        exchangeOf(req, res).route = path;
        throw new Refusal('method_not_allowed', `here only ${allowed} is possible`, { headers: { Allow: allowed } });
      });
    }
  }
  app.use(() => {
    throw new Refusal('not_found', 'no such resource; /openapi.json lists what there is');
  });
  // Express knows an error handler by its four parameters.
  app.use((error: unknown, req: Request, res: Response, _next: NextFunction) => {
    sendProblem(house, exchangeOf(req, res), req, res, expressRefusal(error) ?? error);
  });
  return app;
}

function callOf(exchange: Exchange, req: Request, res: Response): Omit<Call, 'body'> {
  const path: Record<string, string> = {};
  for (const [name, value] of Object.entries(req.params)) path[name] = Array.isArray(value) ? value.join('/') : value;
  return {
    requestId: exchange.requestId,
    path,
    query: req.query as Query, // node:querystring gives strings and lists of strings.
    header: (name) => req.get(name),
    req,
    res,
  };
}

async function bodyOf(operation: Operation, req: IncomingMessage, bytesMax: number) {
  if (operation.body === 'none') {
    if (operation.method === 'get') return undefined;
    const body = await readJson(req, bytesMax);
    const parsed = EMPTY.safeParse(body ?? {});
    if (!parsed.success) throw invalid(faultsOf(EMPTY, parsed.error.issues, body));
    return undefined;
  }
  if (!('schema' in operation.body)) return undefined;
  const body = await readJson(req, bytesMax);
  if (body !== undefined) return body;
  throw new Refusal('malformed_json', 'the body is empty; send a JSON object');
}

function isWrittenOut({ path }: Operation): boolean {
  return !path.includes('{');
}

/** `/v1/messages/{id}` as Express writes it. */
function routeOf(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

function methodsByPath(operations: readonly Operation[]): ReadonlyMap<string, string> {
  const methods = new Map<string, string[]>();
  for (const { path, method } of operations) {
    const upper = method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()];
    methods.set(path, [...(methods.get(path) ?? []), ...upper]);
  }
  return new Map([...methods].map(([path, list]) => [path, list.join(', ')]));
}

/** An operation of keys, as its device side where an access token is shown: a JWT has dots, and no server key has. */
function asCalled(operation: Operation, req: IncomingMessage): Operation {
  if (!('devices' in operation) || operation.devices === undefined) return operation;
  if (bearerOf(req)?.includes('.') !== true) return operation;
  const { devices, scopes: _, ...described } = operation;
  return { ...described, scopes: 'device', ...devices };
}

/** Paths that pages may call, with their methods. */
function preflightsOf(operations: readonly Operation[]): ReadonlyMap<string, readonly string[]> {
  const methods = new Map<string, string[]>();
  for (const operation of operations) {
    const { path, method } = operation;
    if (operation.scopes === 'device' || 'devices' in operation)
      methods.set(path, [...(methods.get(path) ?? []), method.toUpperCase()]);
  }
  return methods;
}

/** Express refuses a path whose percent-encoding is broken; everything else that it throws is unexpected. */
function expressRefusal(error: unknown): Refusal | undefined {
  return error instanceof URIError || (error instanceof Error && 'status' in error && error.status === 400)
    ? new Refusal('malformed_request', 'the path is not validly percent-encoded')
    : undefined;
}
