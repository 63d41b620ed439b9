import { GatewayError } from '../../domain/errors.js';
import type { Log } from '../../ports/log.js';
import { connectRedis, infoOfEach, locateRedis, type RedisConnection, type RedisTls } from '../../redis/connect.js';
import { messageOf } from './house.js';

/** What the bus is asked is about now: an answer that takes longer is none. */
const COMMAND_TIMEOUT_MS = 2_000;
/** Once a command was sent. */
const SILENCE_MS = 3_000;
const RECONNECT_MAX_MS = 1_000;

/** The two connections of a process: one to ask with, one to listen. */
export interface Connections {
  readonly commands: RedisConnection;
  readonly ears: RedisConnection;
  /** Number of the database; a cluster has only one. */
  readonly database: number;
  /** Whether all listen at the server that is published at: else nobody can say how many listen. */
  readonly countsEars: boolean;
  disconnect(): void;
}

/** @throws GatewayError `bus_unavailable` for a server that does not answer or may drop what it holds */
export async function connectTwice(url: string, tls: RedisTls | undefined, log: Log): Promise<Connections> {
  const location = locateRedis(url);
  const way = {
    location,
    ...(tls === undefined ? {} : { tls }),
    reconnectMaxMs: RECONNECT_MAX_MS,
    onError: (error: Error) => log.warn({ error: error.message }, 'bus.connection_lost'),
  };
  // Nothing is kept for later, or said again: a claim that comes late would take the place of a newer one.
  const server = { enableOfflineQueue: false, autoResendUnfulfilledCommands: false, socketTimeout: SILENCE_MS };
  const commands = connectRedis({ ...way, server: { ...server, commandTimeout: COMMAND_TIMEOUT_MS } });
  const ears = connectRedis({ ...way, server: { ...server, autoResubscribe: false } });
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
    for (const info of await infoOfEach(commands, 'memory')) assertKeeps(info);
  } catch (error) {
    disconnect();
    if (error instanceof GatewayError) throw error;
    throw notThere(met ?? error);
  }
  const database = location.mode === 'cluster' ? 0 : location.database;
  return { commands, ears, database, countsEars: location.mode !== 'cluster', disconnect };
}

export function notThere(why: unknown): GatewayError {
  return new GatewayError('bus_unavailable', `The bus's Redis does not answer (${messageOf(why)}).`, { cause: why });
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
