import type { Redis } from 'ioredis';
import type { Log } from '../../ports/log.js';
import { LIVING } from './scripts.js';
import type { Names } from './wire.js';

/** What the parts of a bus share. */
export interface BusHouse {
  /** For commands; never waits for a connection. */
  readonly redis: Redis;
  readonly names: Names;
  readonly leaseMs: number;
  readonly log: Log;
}

/** Names whose lease has not ended. */
export async function livingNames({ redis, names }: BusHouse): Promise<ReadonlySet<string>> {
  return new Set((await redis.eval(LIVING, 1, names.leases)) as string[]); // as the script says
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
