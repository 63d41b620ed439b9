import type { Log } from '../../ports/log.js';
import type { RedisConnection } from '../../redis/connect.js';
import { LIVING, SAY } from './scripts.js';
import type { Names } from './wire.js';

/** What the parts of a bus share. */
export interface BusHouse {
  /** For commands; never waits for a connection. */
  readonly redis: RedisConnection;
  /** Whether `PUBLISH` says how many listen. */
  readonly countsEars: boolean;
  readonly names: Names;
  readonly leaseMs: number;
  readonly log: Log;
}

/**
 * Says something on a channel; what one process says on one channel is heard in its order.
 *
 * @returns how many listen; undefined where nobody can say so
 */
export async function say({ redis, countsEars }: BusHouse, channel: string, text: string): Promise<number | undefined> {
  if (countsEars) return redis.publish(channel, text);
  await redis.eval(SAY, 1, channel, text);
  return undefined;
}

/** Names whose lease has not ended. */
export async function livingNames({ redis, names }: BusHouse): Promise<ReadonlySet<string>> {
  return new Set((await redis.eval(LIVING, 1, names.leases)) as string[]); // as the script says
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
