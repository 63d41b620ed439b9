/** Looks at the store of a configuration without changing it: nothing is made, nothing is migrated. */
import { existsSync, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from '../../config/load.js';
import { acquireOwnership } from '../store/postgres/engine/owner.js';
import { connectOwner } from '../store/postgres/engine/owner-client.js';
import { openPglite } from '../store/postgres/engine/pglite.js';
import { openPostgresServer } from '../store/postgres/engine/server.js';
import type { Sql } from '../store/postgres/engine/sql.js';
import { STORE_VERSION, storeVersion } from '../store/postgres/migrations.js';
import { type Stack, unwind } from './stack.js';

export type StoreReport = EmbeddedReport | ServerReport | MongoReport;

export interface EmbeddedReport {
  readonly engine: 'pglite';
  readonly dir: string;
  /** Bytes free where the directory lies or will lie. */
  readonly freeBytes: number;
  readonly state:
    | { readonly kind: 'not_made' }
    /** A running process has it open. */
    | { readonly kind: 'held'; readonly pid: number }
    | Opened;
  /** Permission bits and place of the key that opens what is stored; absent where there is none. */
  readonly dataKey: { readonly path: string; readonly mode: number } | undefined;
}

export interface ServerReport {
  readonly engine: 'server';
  readonly state: Opened;
  /** As the server calls it, such as `16.4`. */
  readonly version: string;
  readonly fsync: boolean;
  readonly synchronousCommit: boolean;
  /** Connections that everybody together may have, and those in use now. */
  readonly connections: { readonly max: number; readonly used: number };
}

export interface MongoReport {
  readonly engine: 'mongodb';
  readonly state: Opened;
  /** As the server calls it, such as `7.0.14`. */
  readonly version: string;
  /** Its name; absent where it is a server alone. */
  readonly replicaSet: string | undefined;
}

interface Opened {
  readonly kind: 'opened';
  /** Of the tables or collections; 0 for a database that no Pealbell has used yet. */
  readonly version: number;
  /** The version that this program brings them to at its next start. */
  readonly versionKnown: number;
}

/** Bounded by the engine's own limits: 5 s to reach a server, 60 s to open a directory after a crash. @throws GatewayError */
export function inspectStore({ store: { url } }: Config): Promise<StoreReport> {
  switch (url.kind) {
    case 'pglite':
      return inspectEmbedded(url.dir);
    case 'postgres':
      return inspectServer(url.url);
    case 'mongodb':
      return inspectMongoServer(url.url);
    default:
      return url satisfies never;
  }
}

async function inspectEmbedded(dir: string): Promise<EmbeddedReport> {
  const keyPath = join(dir, 'data.key');
  const common = {
    engine: 'pglite',
    dir,
    freeBytes: freeBytesAt(dir),
    dataKey: existsSync(keyPath) ? { path: keyPath, mode: statSync(keyPath).mode & 0o777 } : undefined,
  } as const;
  const directory = join(dir, 'pg');
  if (!existsSync(join(directory, 'PG_VERSION'))) return { ...common, state: { kind: 'not_made' } };
  const owner = await connectOwner(dir);
  if (owner !== undefined) return { ...common, state: { kind: 'held', pid: owner.pid } };
  const stack: Stack = [];
  try {
    const ownership = await acquireOwnership(dir);
    stack.push(() => ownership.release());
    const sql = await openPglite({ directory, onFatal: () => undefined });
    stack.push(() => sql.close());
    return { ...common, state: await opened(sql) };
  } finally {
    await unwind(stack);
  }
}

async function inspectServer(url: string): Promise<ServerReport> {
  const sql = await openPostgresServer({ url, storeConnectionsMax: 1, queueConnectionsMax: 1 });
  try {
    const { rows } = await sql.query<Record<'version' | 'fsync' | 'commit' | 'max' | 'used', string>>(
      `SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync,
              current_setting('synchronous_commit') AS commit, current_setting('max_connections') AS max,
              (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::text AS used`,
    );
    const [row] = rows;
    return {
      engine: 'server',
      state: await opened(sql),
      version: row?.version ?? 'unknown',
      fsync: row?.fsync === 'on',
      synchronousCommit: row?.commit !== 'off',
      connections: { max: Number(row?.max), used: Number(row?.used) },
    };
  } finally {
    await sql.close();
  }
}

async function inspectMongoServer(url: string): Promise<MongoReport> {
  const { inspectMongo } = await import('../store/mongo/inspect.js');
  const { server, replicaSet, version, versionKnown } = await inspectMongo({ url });
  return { engine: 'mongodb', state: { kind: 'opened', version, versionKnown }, version: server, replicaSet };
}

async function opened(sql: Sql): Promise<Opened> {
  return { kind: 'opened', version: await storeVersion(sql), versionKnown: STORE_VERSION };
}

/** Of the nearest directory above that is there. */
function freeBytesAt(dir: string): number {
  let there = dir;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  const { bavail, bsize } = statfsSync(there);
  return bavail * bsize;
}
