import { Http2Pool, type Http2PoolOptions } from './http2-pool.js';
import type { OutgoingRequest, Reply } from './transport.js';

/** One request over a connection of its own, which is closed again. */
export interface AskedOnce {
  readonly reply: Reply;
  /** Why the last connection could not be had; tells more than the reply of a request that was given up. */
  readonly connectCause?: string;
}

/** How long what is under way at the end may hold up the caller. */
const CLOSE_GRACE_MS = 100;

/** For questions beside the traffic: nothing of theirs disturbs the connections that messages go over. */
export async function askOnce(
  options: Pick<Http2PoolOptions, 'origin' | 'ca' | 'cert' | 'key'>,
  request: OutgoingRequest,
  signal: AbortSignal,
): Promise<AskedOnce> {
  let connectCause: string | undefined;
  const pool = new Http2Pool({
    ...options,
    sessionsMax: 1,
    closeGraceMs: CLOSE_GRACE_MS,
    report: (event) => {
      if (event.kind === 'connect_failed') connectCause = event.cause;
    },
  });
  try {
    const reply = await pool.request(request, signal);
    return { reply, ...(connectCause === undefined ? {} : { connectCause }) };
  } finally {
    await pool.close();
  }
}

/** The `date` of an answer, epoch milliseconds; undefined where there is none that can be read. */
export function dateOf(reply: Reply): number | undefined {
  const value = reply.kind === 'answer' ? reply.headers.date : undefined;
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

/** Why there was no answer, in the words of the network. */
export function silence({ reply, connectCause }: AskedOnce): string {
  if (reply.kind === 'answer') return '';
  const isOurs = reply.kind === 'not_sent' && (reply.reason === 'aborted' || reply.reason === 'queued_too_long');
  return (isOurs ? (connectCause ?? 'no answer in time') : reply.cause).slice(0, 256);
}
