import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import type { Json } from '../domain/json.js';
import type { AccessScope } from '../domain/realtime.js';
import type { Scope } from '../ports/key-store.js';
import type { Access } from '../usecases/access-tokens.js';
import type { Caller } from './authenticate.js';
import type { Query } from './paging.js';
import type { ProblemCode } from './problem.js';

/** What a handler gets of a request. */
export interface Call {
  readonly requestId: string;
  /** Values of the path's parameters, percent-decoded. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly header: (name: string) => string | undefined;
  /** Undefined for an empty body, and where the operation reads none. */
  readonly body: Json | undefined;
  /** For the operation that streams. */
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

/** A call of somebody who showed a key. */
export interface KeyedCall extends Call {
  readonly caller: Caller;
}

/** A call of a device, which showed an access token of its own. */
export interface DeviceCall extends Call {
  readonly access: Access;
}

export type Reply =
  | { readonly kind: 'json'; readonly status: number; readonly body: unknown; readonly headers?: Headers }
  | {
      readonly kind: 'text';
      readonly status: number;
      readonly body: string;
      readonly type: string;
      readonly headers?: Headers;
    }
  | { readonly kind: 'empty'; readonly status: 204 }
  /** The handler has written the answer itself. */
  | { readonly kind: 'streamed' };
type Headers = Readonly<Record<string, string>>;

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly description: string;
  readonly schema: z.core.$ZodType;
}

interface Described {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As OpenAPI writes it: `/v1/messages/{id}`. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  /** What does not fit into the summary. */
  readonly description?: string;
  readonly tag: string;
  readonly parameters?: readonly Parameter[];
  /** `none`: a body that is not empty is refused. `stream`, and `raw` (in whatever form, with a sentence about it): the handler reads it. */
  readonly body:
    | 'none'
    | { readonly schema: z.core.$ZodType }
    | { readonly stream: z.core.$ZodType }
    | { readonly raw: string };
  /** Of two with one status, the caller's `Accept` chooses. */
  readonly answers: readonly {
    readonly status: number;
    readonly description: string;
    readonly schema?: z.core.$ZodType;
    readonly type?: string;
    readonly headers?: Readonly<Record<string, string>>;
  }[];
  /** What a call counts for under the limit of its key; 1 when absent. */
  readonly units?: (body: Json | undefined) => number;
  /** Codes it can answer with beside those that every operation of its sort has. */
  readonly problems: readonly ProblemCode[];
}

/** An operation that needs a key with one of `scopes`. */
export interface KeyedOperation extends Described {
  readonly scopes: readonly Scope[];
  /** Where a device may call it too, for itself: whoever shows an access token instead of a key comes in here. */
  readonly devices?: Pick<DeviceOperation, 'access' | 'handle'>;
  readonly handle: (call: KeyedCall) => Promise<Reply>;
}

export interface OpenOperation extends Described {
  readonly scopes: 'none';
  readonly handle: (call: Call) => Promise<Reply>;
}

/** An operation that devices call themselves, also from pages of the app's origins. */
export interface DeviceOperation extends Described {
  readonly scopes: 'device';
  /** The scope that the access token needs; any token will do when absent. */
  readonly access?: AccessScope;
  /** Whether a ticket in the query stands for an access token. */
  readonly tickets?: true;
  /** Whether it may be called by a device that is not registered yet. */
  readonly makesDevice?: true;
  /** A stream or a long poll: once it is let in it does not count as a request that runs. */
  readonly lasts?: true;
  readonly handle: (call: DeviceCall) => Promise<Reply>;
}

/** One route with all that is told of it: the router and the OpenAPI document are both made from these. */
export type Operation = KeyedOperation | DeviceOperation | OpenOperation;

export function json(status: number, body: unknown, headers?: Headers): Reply {
  return headers === undefined ? { kind: 'json', status, body } : { kind: 'json', status, body, headers };
}
