/** Stores on a server, which other processes may have open as well. */
import type { DataKey } from '../../domain/data-key.js';
import type { Log } from '../../ports/log.js';
import { AtRest } from '../../store/at-rest.js';
import { openPostgresServer } from '../../store/postgres/engine/server.js';
import { openPostgresStore } from '../../store/postgres/store.js';
import type { Stack } from '../stack.js';
import type { StoreEngine } from './engine.js';

export interface ServerOptions {
  readonly url: string;
  readonly dataKey: DataKey;
  readonly log: Log;
}

/** What servers have in common: they look after themselves, and after their disks. */
const SERVER = {
  maintain: async () => undefined,
  acceptsAtOnce: 4,
  ownership: undefined,
  assertRoom: () => undefined,
} as const;

export async function openPostgresEngine({ url, dataKey, log }: ServerOptions, stack: Stack): Promise<StoreEngine> {
  const sql = await openPostgresServer({ url, onConnectionError: tell(log, 'store.connection_lost') });
  stack.push(() => sql.close());
  return {
    ...SERVER,
    dataKey,
    store: await openPostgresStore(sql, new AtRest(dataKey)),
    ping: async () => void (await sql.query('SELECT 1')),
    queuePool: sql.poolForQueue(),
  };
}

export async function openMongoEngine({ url, dataKey, log }: ServerOptions, stack: Stack): Promise<StoreEngine> {
  // Loaded where it is used: a gateway over Postgres does not carry its driver along.
  const { openMongoStore } = await import('../../store/mongo/store.js');
  const store = await openMongoStore(
    {
      url,
      onConnectionError: tell(log, 'store.connection_lost'),
      onTrouble: tell(log, 'store.recovery_failed_once'),
    },
    new AtRest(dataKey),
  );
  stack.push(() => store.close());
  return { ...SERVER, dataKey, store, ping: () => store.ping(), queuePool: undefined };
}

function tell(log: Log, event: string): (error: unknown) => void {
  return (error) => log.warn({ error: error instanceof Error ? error.message : String(error) }, event);
}
