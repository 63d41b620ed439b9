import { PealbellError } from './errors.js';
import type { Message } from './openapi.js';
import type { CallOptions } from './options.js';
import { pause } from './pause.js';

export interface FollowOptions extends CallOptions {
  /** The longest pause between two looks, in milliseconds; it begins at 200 and grows. Default 3,000. */
  readonly maxIntervalMs?: number;
}

export interface WaitOptions extends FollowOptions {
  /** Milliseconds after which it stops waiting. By default it waits to the end, which the message's TTL sets. */
  readonly withinMs?: number;
}

const FIRST_INTERVAL_MS = 200;
const GROWTH = 1.3;

/** Whether the gateway will do nothing more for a message by itself. */
export function isOver(message: Pick<Message, 'status' | 'completed_at' | 'settled' | 'devices'>): boolean {
  return message.completed_at !== null || (message.status === 'canceled' && message.settled >= message.devices);
}

/** Looks until a message is over; yields what it sees first, and again whenever something has changed. */
export async function* follow(
  look: () => Promise<Message>,
  options: FollowOptions | undefined,
): AsyncGenerator<Message, void, undefined> {
  let seen = '';
  for (let intervalMs = FIRST_INTERVAL_MS; ; intervalMs *= GROWTH) {
    const message = await look();
    const now = JSON.stringify(message);
    if (now !== seen) yield message;
    seen = now;
    if (isOver(message)) return;
    await pause(Math.min(intervalMs, options?.maxIntervalMs ?? 3_000), options?.signal);
  }
}

/** The last state of a message. @throws PealbellError `timeout` when it is not over within `withinMs` */
export async function waitForEnd(
  id: string,
  look: (options: CallOptions) => Promise<Message>,
  { withinMs, ...options }: WaitOptions = {},
): Promise<Message> {
  const deadline = withinMs === undefined ? undefined : AbortSignal.timeout(withinMs);
  const signals = [deadline, options.signal].filter((signal) => signal !== undefined);
  const bounded = { ...options, ...(signals.length === 0 ? {} : { signal: AbortSignal.any(signals) }) };
  let last: Message | undefined;
  try {
    for await (const message of follow(() => look(bounded), bounded)) last = message;
  } catch (error) {
    if (deadline?.aborted !== true || options.signal?.aborted === true) throw error;
    const stand = last === undefined ? '' : `: ${last.settled} of ${last.devices} devices, ${last.status}`;
    throw new PealbellError('timeout', `${id} is not over after ${withinMs} ms${stand}`, { retryable: true });
  }
  if (last === undefined) throw new Error('a message was followed without being seen');
  return last;
}
