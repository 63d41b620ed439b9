import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import type { Json } from '../domain/json.js';
import type { Scope } from '../ports/key-store.js';
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
  /** `none`: a body that is not empty is refused. `stream`: the handler reads it. */
  readonly body: 'none' | { readonly schema: z.core.$ZodType } | { readonly stream: z.core.$ZodType };
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
  readonly handle: (call: KeyedCall) => Promise<Reply>;
}

export interface OpenOperation extends Described {
  readonly scopes: 'none';
  readonly handle: (call: Call) => Promise<Reply>;
}

/** One route with all that is told of it: the router and the OpenAPI document are both made from these. */
export type Operation = KeyedOperation | OpenOperation;

export function json(status: number, body: unknown, headers?: Headers): Reply {
  return headers === undefined ? { kind: 'json', status, body } : { kind: 'json', status, body, headers };
}
