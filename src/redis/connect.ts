import type { ConnectionOptions } from 'node:tls';
import { Cluster, type Redis, type RedisOptions } from 'ioredis';
import { GatewayError } from '../domain/errors.js';
import { parseRedisUrl, type RedisLocation } from '../domain/redis-location.js';
import { EndingCluster, EndingRedis } from './ending.js';

/** A connection to Redis, of one server or of a cluster: commands are the same. */
export type RedisConnection = Redis | Cluster;

/** What TLS needs beyond the address; PEM. */
export interface RedisTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Expected in the certificate, where it is not the host's name. */
  readonly serverName?: string;
}

export interface ConnectRedisOptions {
  readonly location: RedisLocation;
  readonly tls?: RedisTls;
  /** Of every connection to a server; of a cluster, to each of its nodes. */
  readonly server: Pick<
    RedisOptions,
    | 'maxRetriesPerRequest'
    | 'commandTimeout'
    | 'enableOfflineQueue'
    | 'autoResendUnfulfilledCommands'
    | 'autoResubscribe'
  > & {
    /** A connection on which an answer is awaited, and nothing has come for so many ms, is dead: it is made anew. */
    readonly socketTimeout: number;
  };
  /** Longest pause between two tries to connect, in milliseconds. */
  readonly reconnectMaxMs: number;
  readonly onError: (error: Error) => void;
}

const CONNECT_TIMEOUT_MS = 5_000;
const KEEPALIVE_AFTER_MS = 10_000;

/**
 * A connection that is made by `connect()` and again whenever it was lost. After a fail-over it leads to the new primary: whoever
 * answers that it is a replica is left.
 */
export function connectRedis(options: ConnectRedisOptions): RedisConnection {
  const { location, onError } = options;
  const redis =
    location.mode === 'cluster' ? connectCluster(options, location.nodes) : new EndingRedis(serverOptions(options));
  redis.on('error', onError);
  return redis;
}

function connectCluster(options: ConnectRedisOptions, nodes: readonly { host: string; port: number }[]): Cluster {
  const { enableOfflineQueue, ...server } = options.server;
  return new EndingCluster(nodes, {
    lazyConnect: true,
    ...(enableOfflineQueue === undefined ? {} : { enableOfflineQueue }),
    clusterRetryStrategy: retryEvery(options.reconnectMaxMs),
    slotsRefreshTimeout: CONNECT_TIMEOUT_MS,
    // Certificates name hosts, of which nodes tell one another the addresses.
    dnsLookup: (address, callback) => callback(null, address),
    redisOptions: { ...common(options), ...server },
  });
}

function serverOptions(options: ConnectRedisOptions): RedisOptions {
  const { location } = options;
  const shared: RedisOptions = {
    ...common(options),
    ...options.server,
    lazyConnect: true,
    retryStrategy: retryEvery(options.reconnectMaxMs),
  };
  if (location.mode === 'single') return { ...shared, ...location.server, db: location.database };
  if (location.mode === 'cluster') return shared;
  const tls = tlsOf(options);
  return {
    ...shared,
    sentinels: location.sentinels.map((each) => ({ ...each })),
    name: location.name,
    db: location.database,
    sentinelRetryStrategy: retryEvery(options.reconnectMaxMs),
    ...(location.sentinelPassword === undefined ? {} : { sentinelPassword: location.sentinelPassword }),
    ...(tls === undefined ? {} : { enableTLSForSentinelMode: true, sentinelTLS: tls }),
  };
}

function common(options: ConnectRedisOptions): RedisOptions {
  const { username, password } = options.location;
  const tls = tlsOf(options);
  return {
    connectTimeout: CONNECT_TIMEOUT_MS,
    keepAlive: KEEPALIVE_AFTER_MS,
    reconnectOnError: (error) => /\bREADONLY\b/.test(error.message),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls === undefined ? {} : { tls }),
  };
}

function tlsOf({
  location,
  tls: { ca, cert, key, serverName } = {},
}: ConnectRedisOptions): ConnectionOptions | undefined {
  if (!location.isSecure) return undefined;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}

function retryEvery(maxMs: number): (times: number) => number {
  return (times) => Math.min(maxMs, 50 * 2 ** Math.min(times, 10));
}

/** @throws GatewayError `config_invalid` for what no configuration lets through */
export function locateRedis(url: string): RedisLocation {
  const location = parseRedisUrl(url);
  if (typeof location !== 'string') return location;
  throw new GatewayError('config_invalid', `The URL of Redis ${location}.`);
}

/** `INFO` of every server that holds keys. */
export async function infoOfEach(redis: RedisConnection, section?: string): Promise<readonly string[]> {
  const servers = redis instanceof Cluster ? redis.nodes('master') : [redis];
  return Promise.all(servers.map((server) => (section === undefined ? server.info() : server.info(section))));
}
