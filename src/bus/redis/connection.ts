import { Redis, type RedisOptions } from 'ioredis';
import { GatewayError } from '../../domain/errors.js';
import type { Log } from '../../ports/log.js';
import { messageOf } from './house.js';

/** What the bus is asked is about now: an answer that takes longer is none. */
const COMMAND_TIMEOUT_MS = 2_000;
const CONNECT_TIMEOUT_MS = 5_000;
const RECONNECT_MAX_MS = 1_000;

/** The two connections of a process: one to ask with, one to listen. */
export interface Connections {
  readonly commands: Redis;
  readonly ears: Redis;
  disconnect(): void;
}

/** @throws GatewayError `bus_unavailable` for a server that does not answer or may drop what it holds */
export async function connectTwice(url: string, log: Log): Promise<Connections> {
  // Nothing is kept for later, or said again: a claim that comes late would take the place of a newer one.
  const options: RedisOptions = { enableOfflineQueue: false, autoResendUnfulfilledCommands: false };
  const commands = connect(url, { ...options, commandTimeout: COMMAND_TIMEOUT_MS }, log);
  const ears = connect(url, { ...options, autoResubscribe: false }, log);
  const disconnect = () => {
    commands.disconnect();
    ears.disconnect();
  };
  // What the connection meets says more than what a command says of the connection.
  let met: Error | undefined;
  commands.once('error', (error) => {
    met = error;
  });
  try {
    await Promise.all([commands.connect(), ears.connect()]);
    assertKeeps(await commands.info('memory'));
  } catch (error) {
    disconnect();
    if (error instanceof GatewayError) throw error;
    throw notThere(met ?? error);
  }
  return { commands, ears, disconnect };
}

export function notThere(why: unknown): GatewayError {
  return new GatewayError('bus_unavailable', `The bus's Redis does not answer (${messageOf(why)}).`, { cause: why });
}

function connect(url: string, options: RedisOptions, log: Log): Redis {
  const redis = new Redis(url, {
    ...options,
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: (times) => Math.min(RECONNECT_MAX_MS, 50 * 2 ** Math.min(times, 10)),
    // After a fail-over the old node answers so until it is told: another connection may lead to the new one.
    reconnectOnError: (error) => /\bREADONLY\b/.test(error.message),
  });
  redis.on('error', (error: Error) => log.warn({ error: error.message }, 'bus.connection_lost'));
  return redis;
}

/** Who is where has no end of its own in Redis, so that only a policy over all keys would drop it. */
function assertKeeps(info: string): void {
  const policy = /^maxmemory_policy:(.*?)\r?$/m.exec(info)?.[1] ?? '';
  if (!policy.startsWith('allkeys-')) return;
  throw new GatewayError(
    'bus_unavailable',
    `The bus's Redis has maxmemory-policy ${policy}, under which it forgets who is connected when memory is short; set it to noeviction.`,
  );
}
