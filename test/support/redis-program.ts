import { existsSync } from 'node:fs';

const PLACES = ['/usr/bin/redis-server', '/usr/local/bin/redis-server'];

/** The path of a Redis server; undefined where none is installed. */
export function redisProgram(): string | undefined {
  return PLACES.find((path) => existsSync(path));
}
