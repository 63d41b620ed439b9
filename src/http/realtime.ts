import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Clock } from '../domain/time.js';
import type { Access } from '../usecases/access-tokens.js';
import type { DeviceDoor } from './device-gate.js';
import { faultsOf } from './faults.js';
import { networkOf } from './network-of.js';
import { type DeviceCall, type DeviceOperation, json, type Parameter, type Reply } from './operation.js';
import { type Query, refuseParameters } from './paging.js';
import type { ProblemCode, RequestFault } from './problem.js';
import { invalid, Refusal } from './refusal.js';
import {
  type AcksRequest,
  acksAnswer,
  acksRequest,
  frameAnswer,
  pollAnswer,
  streamName,
  ticketAnswer,
} from './schemas/realtime.js';
import { duration, secondsOf } from './schemas/words.js';
import { toTime } from './times.js';

const POLL_WAIT_SECONDS = 25;
/** Below the idle limit of common proxies (60 s). */
const POLL_WAIT_SECONDS_MAX = 50;
const CURSOR_CHARS_MAX = 6_000;

/** Why a connection ended, or never began. */
export interface Ending {
  readonly reason: string;
  readonly detail?: string;
  readonly retryAfterMs?: number;
}

/** Where devices connect over HTTP. */
export interface RealtimeRoads {
  /**
   * Writes frames as events until the stream ends. `res` is theirs until then.
   *
   * @returns why, where nothing was written; undefined once the stream is over
   */
  stream(
    access: Access,
    hello: { readonly cursor?: string; readonly pingMs?: number; readonly stream?: string },
    res: ServerResponse,
    address: string,
  ): Promise<Ending | undefined>;
  /** Waits for frames, each the JSON of one. `undefined` for a cursor that never was one. */
  poll(
    access: Access,
    ask: { readonly cursor?: string; readonly waitMs: number; readonly stream?: string },
    signal: AbortSignal,
    address: string,
  ): Promise<
    | { readonly kind: 'frames'; readonly frames: readonly string[]; readonly cursor: string }
    | { readonly kind: 'ended'; readonly ending: Ending }
    | undefined
  >;
  /** Takes what a device says. `ok`: the highest `n` that is safe. */
  acks(
    access: Access,
    said: AcksRequest,
  ): Promise<{
    readonly ok?: number;
    readonly errors: readonly { readonly n: number; readonly code: string; readonly detail: string }[];
  }>;
}

/** What the realtime operations need of the house. */
export interface RealtimeHouse {
  readonly clock: Clock;
  readonly deviceDoor: DeviceDoor;
  readonly realtime: RealtimeRoads;
}

const parameter = (name: string, description: string, schema: z.core.$ZodType): Parameter => ({
  name,
  in: 'query',
  description,
  schema,
});
const cursorText = z.string().max(CURSOR_CHARS_MAX);
const PING = parameter(
  'ping_ms',
  'The heartbeat that it would like',
  z
    .string()
    .regex(/^\d{1,9}$/)
    .optional(),
);
const STREAM = parameter('stream', 'Names the counter `n` of events', streamName.optional());
const SSE_PARAMETERS: readonly Parameter[] = [
  PING,
  STREAM,
  parameter('cursor', 'Where the last connection ended; `Last-Event-ID` goes before it', cursorText.optional()),
  parameter('ticket', 'Stands for the access token', z.string().max(100).optional()),
  {
    name: 'Last-Event-ID',
    in: 'header',
    description: 'Id of the newest event of which it and all before it are done',
    schema: cursorText.optional(),
  },
];
const POLL_PARAMETERS: readonly Parameter[] = [
  parameter('cursor', '`cursor` of the answer before', cursorText.optional()),
  parameter(
    'wait',
    'How long to wait for something to tell',
    duration(POLL_WAIT_SECONDS_MAX, '50s')
      .meta({ default: `${POLL_WAIT_SECONDS}s` })
      .optional(),
  ),
  STREAM,
];
const CONNECT_PROBLEMS: readonly ProblemCode[] = ['replaced', 'too_many_connections', 'draining', 'overloaded'];

/** The realtime road for whom no WebSocket gets through (docs/realtime-protocol.md). */
export function realtimeOperations(house: RealtimeHouse): readonly DeviceOperation[] {
  async function stream(call: DeviceCall): Promise<Reply> {
    if (hasGone(call)) return { kind: 'streamed' };
    const { ping_ms: pingMs, stream: name, cursor } = readQuery(call.query, SSE_PARAMETERS);
    const from = call.header('last-event-id') ?? cursor;
    const hello = {
      ...(from === undefined || from === '' ? {} : { cursor: from }),
      ...(pingMs === undefined ? {} : { pingMs: Number(pingMs) }),
      ...(name === undefined ? {} : { stream: name }),
    };
    const ending = await house.realtime.stream(call.access, hello, call.res, addressOf(call));
    if (ending !== undefined) throw refusalOf(ending);
    return { kind: 'streamed' };
  }

  async function poll(call: DeviceCall): Promise<Reply> {
    if (hasGone(call)) return { kind: 'streamed' };
    const { wait = `${POLL_WAIT_SECONDS}s`, cursor, stream: name } = readQuery(call.query, POLL_PARAMETERS);
    const ask = {
      waitMs: (secondsOf(wait) ?? 0) * 1_000,
      ...(cursor === undefined || cursor === '' ? {} : { cursor }),
      ...(name === undefined ? {} : { stream: name }),
    };
    const gone = new AbortController();
    call.res.once('close', () => gone.abort());
    const answer = await house.realtime.poll(call.access, ask, gone.signal, addressOf(call));
    if (answer === undefined) {
      const detail = 'must be as the last answer gave it; leave it out to begin anew';
      throw invalid([{ parameter: 'cursor', code: 'invalid_cursor', detail }]);
    }
    if (answer.kind === 'ended') throw refusalOf(answer.ending);
    // Frames are JSON already.
    const body = `{"frames":[${answer.frames.join(',')}],"cursor":${JSON.stringify(answer.cursor)}}`;
    return { kind: 'text', status: 200, type: 'application/json', body };
  }

  async function acks(call: DeviceCall): Promise<Reply> {
    const parsed = acksRequest.safeParse(call.body);
    if (!parsed.success) throw invalid(faultsOf(acksRequest, parsed.error.issues, call.body));
    return json(200, await house.realtime.acks(call.access, parsed.data));
  }

  async function ticket(call: DeviceCall): Promise<Reply> {
    const made = house.deviceDoor.tickets.issue(call.access);
    if (made === undefined) throw new Refusal('overloaded', 'too many tickets wait to be used; come back soon');
    return json(201, { ticket: made.ticket, expires_at: toTime(made.expiresAt) });
  }

  const common = { tag: 'realtime', scopes: 'device' } as const;
  return [
    {
      ...common,
      method: 'get',
      path: '/v1/realtime/sse',
      operationId: 'streamFrames',
      summary: 'Connect as a stream of events',
      description: 'Each event is one frame; the id of a push is its cursor. What the device says goes to `acks`.',
      access: 'receive',
      tickets: true,
      lasts: true,
      parameters: SSE_PARAMETERS,
      body: 'none',
      answers: [
        {
          status: 200,
          description: 'Frames until either side ends it',
          schema: frameAnswer,
          type: 'text/event-stream',
        },
      ],
      problems: CONNECT_PROBLEMS,
      handle: stream,
    },
    {
      ...common,
      method: 'get',
      path: '/v1/realtime/poll',
      operationId: 'pollFrames',
      summary: 'Connect by asking again and again',
      description: 'Answers as soon as there are frames, at the latest after `wait`. Of two questions the newer wins.',
      access: 'receive',
      lasts: true,
      parameters: POLL_PARAMETERS,
      body: 'none',
      answers: [{ status: 200, description: 'The first answer begins with `welcome`', schema: pollAnswer }],
      problems: CONNECT_PROBLEMS,
      handle: poll,
    },
    {
      ...common,
      method: 'post',
      path: '/v1/realtime/acks',
      operationId: 'sendAcks',
      summary: 'Say what a device has got, dealt with, and has to tell',
      description: 'For SSE and long poll. Repeating it is harmless.',
      body: { schema: acksRequest },
      answers: [{ status: 200, description: 'How far events and upstream messages are safe', schema: acksAnswer }],
      problems: ['store_unavailable', 'overloaded', 'disk_full'],
      handle: acks,
    },
    {
      ...common,
      method: 'post',
      path: '/v1/realtime/tickets',
      operationId: 'createTicket',
      summary: 'Make a ticket for an address that cannot have headers',
      description: 'For `EventSource`. Good for 30 s and one use, at the process that made it.',
      access: 'receive',
      body: 'none',
      answers: [{ status: 201, description: 'The ticket', schema: ticketAnswer }],
      problems: ['overloaded'],
      handle: ticket,
    },
  ];
}

/** Behind trusted proxies the caller's; of IPv6 its network. */
function addressOf({ req }: DeviceCall): string {
  return networkOf((req as { readonly ip?: string }).ip ?? ''); // as Express has it
}

/** Reads query parameters by their schemas. @throws Refusal 422 with every fault */
function readQuery(query: Query, parameters: readonly Parameter[]): Readonly<Record<string, string | undefined>> {
  const known = parameters.filter((one) => one.in === 'query');
  refuseParameters(
    query,
    known.map(({ name }) => name),
  );
  const faults: RequestFault[] = [];
  const values: Record<string, string | undefined> = {};
  for (const { name, schema } of known) {
    const parsed = z.safeParse(schema, query[name]);
    if (parsed.success)
      values[name] = query[name] as string | undefined; // every schema here is of text
    else faults.push({ parameter: name, code: 'invalid_value', detail: parsed.error.issues[0]?.message ?? 'is wrong' });
  }
  if (faults.length > 0) throw invalid(faults);
  return values;
}

/** Reasons that have no problem of their own, by what they come to for whoever asked over HTTP. */
const AS_PROBLEM: Readonly<Record<string, ProblemCode>> = {
  token_refused: 'token_refused',
  token_expired: 'token_expired',
  no_realtime: 'no_realtime',
  access_revoked: 'access_revoked',
  not_theirs: 'not_theirs',
  user_changed: 'not_theirs',
  unknown_device: 'unknown_device',
  device_removed: 'unknown_device',
  replaced: 'replaced',
  foreign_origin: 'foreign_origin',
  too_many_connections: 'too_many_connections',
  draining: 'draining',
};

function refusalOf({ reason, detail = 'the connection was not let in', retryAfterMs }: Ending): Refusal {
  const headers =
    retryAfterMs === undefined ? {} : { 'Retry-After': String(Math.max(1, Math.ceil(retryAfterMs / 1_000))) };
  return new Refusal(AS_PROBLEM[reason] ?? 'overloaded', detail, { headers });
}

/**
 * The client left while its access token was looked at. Nobody hears of it any more, and a connection that was begun now
 * would take the place of the one that it has made since.
 */
function hasGone({ res }: DeviceCall): boolean {
  return res.destroyed;
}
