import type { AskedOnce } from './ask-once.js';
import { Http1Pool, type Http1PoolOptions } from './http1-pool.js';
import type { OutgoingRequest } from './transport.js';

const CLOSE_GRACE_MS = 100;

/** One request over a connection of its own, which is closed again: for questions beside the traffic. */
export async function askOnceHttp1(
  options: Pick<Http1PoolOptions, 'origin' | 'ca' | 'lookup'>,
  request: OutgoingRequest,
  signal: AbortSignal,
): Promise<AskedOnce> {
  let connectCause: string | undefined;
  const pool = new Http1Pool({
    ...options,
    connectionsMax: 1,
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
