import { Queue, Worker } from 'bullmq';
import { GatewayError } from '../../domain/errors.js';
import type { Closeable } from '../../ports/lifecycle.js';
import type { Log } from '../../ports/log.js';
import type { Job } from '../../ports/work-queue.js';
import { connectRedis, infoOfEach, locateRedis, type RedisTls } from '../../redis/connect.js';
import type { QueueBackend } from './backend.js';

/** Evicting keys would drop jobs, and locks of jobs that run, without a word. */
const POLICY = 'noeviction';
/** BullMQ's scripts need what this version brought. */
const VERSION_MIN = [6, 2] as const;
/** A hint that cannot be given soon is not worth waiting for: the store is the truth. */
const COMMAND_TIMEOUT_MS = 5_000;
/** Seconds for which a consumer waits for a job at a time, after which Redis says that there is none. */
const WAIT_MAX_S = 5;
/** More than that: a connection that says nothing for so long is dead. */
const TAKING_SILENCE_MS = 8_000;
const RECONNECT_MAX_MS = 2_000;

export interface RedisBackendOptions {
  /** As `parseRedisUrl` reads it; may hold a password. */
  readonly url: string;
  readonly tls?: RedisTls | undefined;
  readonly log: Log;
}

/**
 * The queue on a Redis server. Keys of a lane have one hash tag, so that each lane stands on one node of a Redis Cluster.
 *
 * @throws GatewayError `queue_unavailable` for a server that does not answer, is too old, or evicts keys
 */
export async function openRedisBackend({ url, tls, log }: RedisBackendOptions): Promise<QueueBackend & Closeable> {
  const way = {
    location: locateRedis(url),
    ...(tls === undefined ? {} : { tls }),
    reconnectMaxMs: RECONNECT_MAX_MS,
    onError: (error: Error) => log.warn({ error: error.message }, 'queue.connection_lost'),
  };
  const commands = connectRedis({
    ...way,
    server: { maxRetriesPerRequest: 1, commandTimeout: COMMAND_TIMEOUT_MS, socketTimeout: COMMAND_TIMEOUT_MS },
  });
  // What the connection meets says more than what a command says of the connection.
  let met: Error | undefined;
  const onMet = (error: Error) => {
    met = error;
  };
  commands.once('error', onMet);
  try {
    await commands.connect();
    for (const info of await infoOfEach(commands)) assertFit(info);
  } catch (error) {
    commands.disconnect();
    throw error instanceof GatewayError ? error : silent(met ?? error);
  }
  commands.off('error', onMet);
  // BullMQ makes a second connection of it, to wait with.
  const taking = connectRedis({ ...way, server: { maxRetriesPerRequest: null, socketTimeout: TAKING_SILENCE_MS } });
  const queueOf = (name: string) => new Queue(name, { connection: commands, prefix: prefixOf(name) });

  /** Something to be done to each queue by an object of its own. */
  async function each(names: readonly string[], work: (queue: Queue) => Promise<unknown>): Promise<void> {
    for (const name of names) {
      const queue = queueOf(name);
      queue.on('error', () => undefined); // the connection is the adapter's, which tells
      try {
        await work(queue);
      } finally {
        await queue.close();
      }
    }
  }

  return {
    queue: (name, settings) => new Queue(name, { ...settings, connection: commands, prefix: prefixOf(name) }),
    worker: (name, processor, settings) =>
      new LaneTaker(name, processor, { ...settings, connection: taking, prefix: prefixOf(name) }),
    prepare: () => Promise.resolve(),
    empty: (names) => each(names, (queue) => queue.drain(true)),
    trim: (names) => each(names, (queue) => queue.trimEvents(0)),
    async close() {
      commands.disconnect();
      taking.disconnect();
    },
  };
}

/** Where a job is due later, or taking one has failed, BullMQ would wait for ten seconds at a time. */
class LaneTaker extends Worker<Job, void, string> {
  override get maximumBlockTimeout(): number {
    return WAIT_MAX_S;
  }
}

function prefixOf(queue: string): string {
  return `{pealbell.${queue}}`;
}

function assertFit(info: string): void {
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
  const [major = 0, minor = 0] = field('redis_version').split('.').map(Number);
  if (major < VERSION_MIN[0] || (major === VERSION_MIN[0] && minor < VERSION_MIN[1])) {
    throw new GatewayError(
      'queue_unavailable',
      `The queue's Redis is ${field('redis_version')}; ${VERSION_MIN.join('.')} or newer is needed.`,
    );
  }
  const policy = field('maxmemory_policy');
  if (policy !== '' && policy !== POLICY) {
    throw new GatewayError(
      'queue_unavailable',
      `The queue's Redis has maxmemory-policy ${policy}, under which it drops jobs when memory is short; set it to ${POLICY}.`,
    );
  }
}

function silent(error: unknown): GatewayError {
  const why = error instanceof Error ? error.message : String(error);
  return new GatewayError('queue_unavailable', `The queue's Redis does not answer (${why}).`, { cause: error });
}
