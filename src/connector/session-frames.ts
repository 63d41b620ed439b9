/** The words of what a session says; docs/realtime-protocol.md. Pure. */
import type { WaitingClear } from '../ports/mailbox-store.js';
import type { Access } from '../usecases/access-tokens.js';
import type { Admission } from './session-house.js';

export const PING_FRAME = '{"t":"ping"}';

export interface Welcome {
  readonly cursor: string;
  readonly resumed: boolean;
  readonly pingMs: number;
}

export function welcomeFrame(access: Access, admission: Admission, { cursor, resumed, pingMs }: Welcome): string {
  const { terms, id, safe } = admission;
  return JSON.stringify({
    t: 'welcome',
    device: access.device,
    user: access.user,
    cursor,
    resumed,
    ping_ms: pingMs,
    max_in_flight: terms.maxInFlight,
    session: id,
    ...(safe === undefined ? {} : { ok: safe }),
  });
}

export function gapFrame(count: number, reason: 'mailbox_full' | 'mailbox_reset', cursor: string): string {
  return JSON.stringify({ t: 'gap', count, reason, cursor });
}

export function clearFrame({ messages, tags, reason }: WaitingClear['clear']): string {
  return JSON.stringify({ t: 'clear', ids: messages, tags, reason });
}

/** @param n everything up to this is safe; absent: the new access token is taken */
export function okFrame(n?: number): string {
  return n === undefined ? '{"t":"ok"}' : `{"t":"ok","n":${n}}`;
}

export function errorFrame(n: number, code: string, detail: string): string {
  return JSON.stringify({ t: 'error', n, code, detail });
}

export function pongFrame(pingMs: number): string {
  return `{"t":"pong","ping_ms":${pingMs}}`;
}

/** What stands before a push's shared body. ASCII. */
export function pushHead(seq: number, cursor: string, show: boolean): string {
  return `{"t":"push","seq":${seq},"cursor":"${cursor}","show":${show},`;
}
