/** The frames of docs/realtime-protocol.md. Field names are the protocol's. */
import type { Clear, Gap, RealtimeMessage } from './events.js';

export type EventBody =
  | {
      readonly t: 'event';
      readonly id?: string;
      readonly event: string;
      readonly action?: string;
      readonly name?: string;
      readonly value?: number;
      readonly currency?: string;
      readonly data?: Readonly<Record<string, unknown>>;
      readonly at: string;
    }
  | { readonly t: 'up'; readonly topic: string; readonly data: Readonly<Record<string, unknown>> };

export type ClientFrame =
  | {
      readonly t: 'hello';
      readonly token: string;
      readonly cursor?: string;
      readonly ping_ms?: number;
      readonly stream?: string;
    }
  | { readonly t: 'got'; readonly seq: number }
  | { readonly t: 'done'; readonly ids: readonly string[] }
  | (EventBody & { readonly n: number })
  | { readonly t: 'ping'; readonly ping_ms?: number }
  | { readonly t: 'pong' }
  | { readonly t: 'refresh'; readonly token: string };

export type Hello = Extract<ClientFrame, { t: 'hello' }>;

export interface Welcome {
  readonly t: 'welcome';
  readonly cursor: string;
  readonly resumed: boolean;
  readonly ping_ms: number;
  readonly session?: string;
  readonly ok?: number;
}
export interface Push extends RealtimeMessage {
  readonly t: 'push';
  readonly seq: number;
  readonly cursor: string;
}
export interface Bye {
  readonly t: 'bye';
  readonly code: number;
  readonly reason: string;
  readonly retry_after_ms?: number;
}
export type GatewayFrame =
  | Welcome
  | Push
  | (Clear & { readonly t: 'clear' })
  | (Gap & { readonly t: 'gap'; readonly cursor: string })
  | { readonly t: 'ok'; readonly n?: number }
  | { readonly t: 'error'; readonly n?: number; readonly code: string; readonly detail: string }
  | { readonly t: 'ping' }
  | { readonly t: 'pong'; readonly ping_ms?: number }
  | Bye;

/** What must be there, by kind of frame; a question mark allows it to be missing. */
const SHAPES: Readonly<Record<string, string>> = {
  welcome: 'cursor:string resumed:boolean ping_ms:number ok?:number',
  push: 'seq:number id:string cursor:string tag:string show:boolean',
  clear: 'ids:object tags:object reason:string',
  gap: 'count:number reason:string cursor:string',
  ok: 'n?:number',
  error: 'n?:number code:string detail:string',
  ping: '',
  pong: 'ping_ms?:number',
  bye: 'code:number reason:string retry_after_ms?:number',
};

/** @returns the frame; `unknown` for a kind of a later version, to be passed over; `broken` for what is none */
export function readFrame(value: unknown): GatewayFrame | 'unknown' | 'broken' {
  if (typeof value !== 'object' || value === null) return 'broken';
  const frame = value as Record<string, unknown>;
  if (typeof frame.t !== 'string') return 'broken';
  const shape = Object.hasOwn(SHAPES, frame.t) ? SHAPES[frame.t] : undefined;
  if (shape === undefined) return 'unknown';
  for (const field of shape === '' ? [] : shape.split(' ')) {
    const [name = '', type] = field.split(':');
    const given = frame[name.replace('?', '')];
    if (given === undefined ? !name.endsWith('?') : typeof given !== type || given === null) return 'broken';
  }
  return frame as unknown as GatewayFrame; // The shape was just looked at.
}

/** The frame in a text, or `undefined` where the text is no JSON. */
export function parseJson(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}
