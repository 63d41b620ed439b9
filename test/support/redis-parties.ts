import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { generate } from 'selfsigned';
import { answers, type RedisServer, startRedis } from './redis-server.js';

/** Servers that stand for one. */
export interface RedisParty {
  readonly url: string;
  readonly servers: readonly RedisServer[];
  close(): Promise<void>;
}

const READY_WITHIN_MS = 20_000;
const SLOTS = 16_384;

async function ask<T>(server: RedisServer, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(server.url, { maxRetriesPerRequest: 3 });
  redis.on('error', () => undefined);
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!(await isSo().catch(() => false))) {
    if (Date.now() > deadline) throw new Error('the servers of Redis do not come together');
    await wait(50);
  }
}

/** Three nodes of a Redis Cluster, each with a third of the keys. */
export async function startRedisCluster(context: Mocha.Context): Promise<RedisParty> {
  const settings = [
    '--cluster-enabled',
    'yes',
    '--cluster-node-timeout',
    '2000',
    '--cluster-require-full-coverage',
    'yes',
  ];
  const servers: RedisServer[] = [];
  for (let i = 0; i < 3; i++) servers.push(await startRedis(context, settings));
  const [first] = servers;
  if (first === undefined) throw new Error('no node');
  for (const [i, server] of servers.entries()) {
    const from = Math.floor((i * SLOTS) / servers.length);
    const to = Math.floor(((i + 1) * SLOTS) / servers.length) - 1;
    await ask(server, async (redis) => {
      await redis.cluster('ADDSLOTSRANGE', from, to);
      await redis.cluster('MEET', '127.0.0.1', first.port);
    });
  }
  const isWhole = (server: RedisServer) =>
    ask(server, async (redis) => {
      const [info, slots] = await Promise.all([redis.cluster('INFO'), redis.cluster('SLOTS')]);
      return /cluster_state:ok/.test(String(info)) && Array.isArray(slots) && slots.length === servers.length;
    });
  for (const server of servers) await until(() => isWhole(server));
  const hosts = servers.map(({ port }) => `127.0.0.1:${port}`).join(',');
  return { url: `redis+cluster://${hosts}`, servers, close: () => closeAll(servers) };
}

/** A primary, its replica, and a Sentinel that makes the replica the primary when the other does not answer for a second. */
export async function startRedisSentinel(context: Mocha.Context): Promise<RedisParty> {
  const primary = await startRedis(context);
  const replica = await startRedis(context, ['--replicaof', '127.0.0.1', String(primary.port)]);
  const directory = await mkdtemp(join(tmpdir(), 'pealbell-sentinel-'));
  const file = join(directory, 'sentinel.conf');
  await writeFile(
    file,
    [
      `sentinel monitor bell 127.0.0.1 ${primary.port} 1`,
      'sentinel down-after-milliseconds bell 1000',
      'sentinel failover-timeout bell 4000',
      '',
    ].join('\n'),
  );
  const sentinel = await startRedis(context, [], {
    // The file comes first, then what is to be changed of it; it is also where it writes what it learns.
    listens: (port) => [file, '--sentinel', '--port', String(port)],
    answers: (port) => answers(`redis://127.0.0.1:${port}`),
  });
  await until(() =>
    ask(sentinel, async (redis) => ((await redis.call('SENTINEL', 'REPLICAS', 'bell')) as unknown[]).length === 1),
  );
  const servers = [primary, replica, sentinel];
  return { url: `redis+sentinel://127.0.0.1:${sentinel.port}/bell`, servers, close: () => closeAll(servers) };
}

/** What a client of a {@link startRedisTls} needs, and what the server is known by. */
export interface SecureRedis extends RedisParty {
  readonly tls: { readonly ca: string; readonly cert: string; readonly key: string };
}

/** A server that speaks TLS alone, and asks who comes for a certificate. */
export async function startRedisTls(context: Mocha.Context): Promise<SecureRedis> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  });
  const directory = await mkdtemp(join(tmpdir(), 'pealbell-redis-tls-'));
  const certFile = join(directory, 'cert.pem');
  const keyFile = join(directory, 'key.pem');
  await writeFile(certFile, cert);
  await writeFile(keyFile, key);
  await chmod(keyFile, 0o600);
  const tls = { ca: cert, cert, key };
  const server = await startRedis(context, [], {
    listens: (port) => [
      ...['--port', '0', '--tls-port', String(port)],
      ...['--tls-cert-file', certFile, '--tls-key-file', keyFile, '--tls-ca-cert-file', certFile],
    ],
    answers: (port) => answers(`rediss://localhost:${port}`, { tls, host: 'localhost', family: 4 }),
  });
  return { url: `rediss://localhost:${server.port}`, servers: [server], tls, close: () => closeAll([server]) };
}

async function closeAll(servers: readonly RedisServer[]): Promise<void> {
  await Promise.all(servers.map((server) => server.close()));
}
