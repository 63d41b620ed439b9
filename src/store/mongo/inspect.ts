import { type DatabaseOptions, openDatabase } from './engine/database.js';
import { MONGO_STORE_VERSION, mongoStoreVersion } from './migrate.js';

/** What a server is, and what stands in the database there. */
export interface MongoFacts {
  /** As the server calls it, such as `7.0.14`. */
  readonly server: string;
  /** Name of the replica set; `sharded` behind a mongos, whose shards are replica sets; absent where it is a server alone. */
  readonly replicaSet: string | undefined;
  /** Of the collections; 0 for a database that no Pealbell has used yet. */
  readonly version: number;
  /** The version that this program brings them to. */
  readonly versionKnown: number;
}

/** Looks and changes nothing. @throws GatewayError `store_unavailable`, `config_invalid` */
export async function inspectMongo(options: DatabaseOptions): Promise<MongoFacts> {
  const db = await openDatabase({ connectionsMax: 1, ...options });
  try {
    const hello = await db.run(() => db.native.command({ hello: 1 }));
    const { version: server } = await db.run(() => db.native.command({ buildInfo: 1 }));
    const replicaSet = hello.msg === 'isdbgrid' ? 'sharded' : hello.setName;
    return {
      server: String(server),
      replicaSet: typeof replicaSet === 'string' ? replicaSet : undefined,
      version: await mongoStoreVersion(db),
      versionKnown: MONGO_STORE_VERSION,
    };
  } finally {
    await db.close();
  }
}
