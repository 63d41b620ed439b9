/** Reads what clients say (docs/realtime-protocol.md). Pure; nothing that comes in is trusted. */

import type { JsonObject } from '../domain/json.js';
import type { AccessScope } from '../domain/realtime.js';
import type { Access } from '../usecases/access-tokens.js';
import { type EventFrame, readEventFrame } from './event-frame.js';

export const DONE_IDS_MAX = 100;
const TOKEN_CHARS_MAX = 8 * 1024;
const CURSOR_CHARS_MAX = 200;
const ID_CHARS_MAX = 64;
const TOPIC_CHARS_MAX = 200;
const UP_BYTES_MAX = 16 * 1024;
const UP_DEPTH_MAX = 32;
const STREAM = /^[A-Za-z0-9_-]{1,64}$/;

export interface Hello {
  readonly t: 'hello';
  /** As the client says it; or what it was found to say, where it was judged before the frame. */
  readonly token: string | Access;
  readonly cursor?: string;
  readonly pingMs?: number;
  readonly stream?: string;
}

/** One `event` or `up`: told in order, each until it is safe. */
export type Upward =
  | EventFrame
  | { readonly t: 'up'; readonly n: number; readonly topic: string; readonly data: JsonObject; readonly bytes: number }
  /** Can never be taken, and is answered by an `error`. */
  | { readonly t: 'faulty'; readonly n: number; readonly code: string; readonly detail: string };

export type ClientFrame =
  | Hello
  | { readonly t: 'got'; readonly seq: number }
  | { readonly t: 'done'; readonly ids: readonly string[] }
  | Upward
  | { readonly t: 'ping'; readonly pingMs?: number }
  | { readonly t: 'pong' }
  /** No frame: the transport has heard of the client. */
  | { readonly t: 'sign' }
  | { readonly t: 'refresh'; readonly token: string }
  /** What the client may not say: it is broken. */
  | { readonly t: 'bad'; readonly detail: string };

/** The scope of the access token that these need. */
export const UPWARD_SCOPES = { event: 'events', up: 'upstream' } as const satisfies Record<string, AccessScope>;

/** What happens more than once is known again by its place in the stream; the others say nothing new the second time. */
export function needsStream(frame: Upward): boolean {
  return frame.t === 'up' || (frame.t === 'event' && (frame.event === 'converted' || frame.event === 'feedback'));
}

type Fields = Readonly<Record<string, unknown>>;

/** @param text a whole frame, at most 64 KiB */
export function parseClientFrame(text: string): ClientFrame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return bad('a frame is a JSON object');
  }
  return readClientFrame(value);
}

/** @param value what JSON.parse gives */
export function readClientFrame(value: unknown): ClientFrame {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return bad('a frame is a JSON object');
  const fields = value as Fields; // an object of JSON
  switch (fields.t) {
    case 'hello':
      return readHello(fields);
    case 'got':
      return isCount(fields.seq) ? { t: 'got', seq: fields.seq } : bad('seq of got is a whole number from 0');
    case 'done':
      return readDone(fields.ids);
    case 'event':
    case 'up':
      return readUpward(fields.t, fields);
    case 'ping':
      return fields.ping_ms === undefined
        ? { t: 'ping' }
        : isCount(fields.ping_ms)
          ? { t: 'ping', pingMs: fields.ping_ms }
          : bad('ping_ms is a whole number of milliseconds');
    case 'pong':
      return { t: 'pong' };
    case 'refresh':
      return isText(fields.token, TOKEN_CHARS_MAX) ? { t: 'refresh', token: fields.token } : bad('refresh has a token');
    default:
      return bad(typeof fields.t === 'string' ? `there is no frame '${fields.t.slice(0, 32)}'` : 't names the frame');
  }
}

function readHello({ token, cursor, ping_ms: pingMs, stream }: Fields): ClientFrame {
  if (!isText(token, TOKEN_CHARS_MAX)) return bad('hello has a token');
  if (cursor !== undefined && !isText(cursor, CURSOR_CHARS_MAX)) return bad('cursor is as the gateway gave it');
  if (pingMs !== undefined && !isCount(pingMs)) return bad('ping_ms is a whole number of milliseconds');
  if (stream !== undefined && !isStream(stream)) return bad('stream is 1 to 64 of A-Z a-z 0-9 _ -');
  return {
    t: 'hello',
    token,
    ...(cursor === undefined ? {} : { cursor }),
    ...(pingMs === undefined ? {} : { pingMs }),
    ...(stream === undefined ? {} : { stream }),
  };
}

function readDone(ids: unknown): ClientFrame {
  if (!Array.isArray(ids) || ids.length > DONE_IDS_MAX) return bad(`ids of done are at most ${DONE_IDS_MAX}`);
  return ids.every((id) => isText(id, ID_CHARS_MAX)) ? { t: 'done', ids } : bad('ids of done are ids of messages');
}

/** Whose `n` is known gets an `error`; the others break the count and are bad. */
export function readUpward(t: 'event' | 'up', fields: Fields): Upward | Extract<ClientFrame, { t: 'bad' }> {
  const { n } = fields;
  if (!isCount(n) || n === 0) return bad(`n of ${t} is a whole number from 1`);
  if (t === 'up') return readUp(n, fields);
  const event = readEventFrame(n, fields);
  return 'code' in event ? faulty(n, event.code, event.detail) : event;
}

function readUp(n: number, { topic, data }: Fields): Upward {
  if (!isText(topic, TOPIC_CHARS_MAX)) return faulty(n, 'invalid_up', `topic is 1 to ${TOPIC_CHARS_MAX} characters`);
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    return faulty(n, 'invalid_up', 'data is an object');
  if (depthOf(data) > UP_DEPTH_MAX) return faulty(n, 'up_too_large', `data is at most ${UP_DEPTH_MAX} levels deep`);
  const bytes = Buffer.byteLength(JSON.stringify(data));
  if (bytes > UP_BYTES_MAX) return faulty(n, 'up_too_large', 'data is at most 16 KiB');
  return { t: 'up', n, topic, data: data as JsonObject, bytes }; // an object of JSON
}

/** Ends soon after the bound is passed. */
function depthOf(value: unknown, level = 1): number {
  if (typeof value !== 'object' || value === null) return level - 1;
  if (level > UP_DEPTH_MAX) return level;
  let deepest = level;
  for (const inner of Object.values(value)) deepest = Math.max(deepest, depthOf(inner, level + 1));
  return deepest;
}

export function isStream(value: unknown): value is string {
  return typeof value === 'string' && STREAM.test(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isText(value: unknown, charsMax: number): value is string {
  return typeof value === 'string' && value !== '' && value.length <= charsMax;
}

function bad(detail: string): Extract<ClientFrame, { t: 'bad' }> {
  return { t: 'bad', detail };
}

function faulty(n: number, code: string, detail: string): Upward {
  return { t: 'faulty', n, code, detail };
}
