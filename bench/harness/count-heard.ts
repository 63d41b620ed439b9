import { Redis } from 'ioredis';

const MESSAGES = new Set<unknown>(['messageBuffer', 'pmessageBuffer', 'smessageBuffer']);

/**
 * Counts what Redis publishes to this process from now on, whoever listens here: every connection of it is ioredis'. What
 * says nothing (a heartbeat) is left out.
 *
 * @returns reads the count, and forgets it
 */
export function countHeard(): () => number {
  let heard = 0;
  const emit = Redis.prototype.emit;
  Redis.prototype.emit = function count(this: Redis, event: string | symbol, ...rest: unknown[]) {
    const data = rest.at(-1);
    if (MESSAGES.has(event) && Buffer.isBuffer(data) && data.length > 0) heard += 1;
    return emit.call(this, event, ...rest);
  };
  return () => {
    const count = heard;
    heard = 0;
    return count;
  };
}
