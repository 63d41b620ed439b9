import { randomBytes } from 'node:crypto';
import mongoose from 'mongoose';
import { GatewayError } from '../../../domain/errors.js';
import type { CollectionSpec } from './collection.js';
import { mapMongoError } from './mongo-errors.js';

export interface DatabaseOptions {
  /** `mongodb://` or `mongodb+srv://`, with the name of a database. Never printed: it may hold a password. */
  readonly url: string;
  /** Connections to each server; 20 when absent. */
  readonly connectionsMax?: number;
  /** A connection on which an answer is awaited for longer than this is given up; 4 s when absent. */
  readonly commandTimeoutMs?: number;
  readonly onConnectionError?: (error: Error) => void;
  /** Awaited before each command: for tests that look at what happens between two. */
  readonly beforeCommand?: () => Promise<void>;
}

/** How long a call waits for a server that takes writes, at most: a switch of the primary takes less. */
const SERVER_SELECTION_MS = 4_000;
const CONNECT_TIMEOUT_MS = 3_000;
/** Together with the wait for a server this is less than the ten seconds within which a call is answered. */
const COMMAND_TIMEOUT_MS = 4_000;

/** An open database. Nothing of the driver leaves `src/store/mongo`. */
export interface Database {
  /** Names this process among those that write: no other one ever had it. */
  readonly part: string;
  /** Numbers store calls: none is given twice, however many stand on this database. */
  nextCall(): number;
  of<T>(spec: CollectionSpec<T>): mongoose.Model<T>;
  /** One command, with the driver's trouble in words of the catalogue. Every access goes through it. */
  run<R>(command: () => PromiseLike<R>): Promise<R>;
  /** Asks the server whether it takes writes. */
  ping(): Promise<void>;
  /** The driver's own view, for the migration. */
  readonly native: mongoose.mongo.Db;
  close(): Promise<void>;
}

/**
 * Connects, and fails within seconds where nobody answers. A write counts when a majority of the replica set has it: none is
 * undone by a switch of the primary.
 *
 * @throws GatewayError `store_unavailable`
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const driver = new mongoose.Mongoose({
    strict: 'throw',
    strictQuery: 'throw',
    sanitizeFilter: true,
    autoIndex: false,
    autoCreate: false,
    bufferCommands: false,
  });
  const connection = driver.createConnection();
  connection.on('error', (error: Error) => options.onConnectionError?.(error));
  try {
    await connection.openUri(options.url, {
      appName: 'pealbell',
      maxPoolSize: options.connectionsMax ?? 20,
      serverSelectionTimeoutMS: SERVER_SELECTION_MS,
      connectTimeoutMS: CONNECT_TIMEOUT_MS,
      socketTimeoutMS: options.commandTimeoutMs ?? COMMAND_TIMEOUT_MS,
      waitQueueTimeoutMS: SERVER_SELECTION_MS,
      writeConcern: { w: 'majority' },
      readConcern: { level: 'majority' },
      readPreference: 'primary',
      ignoreUndefined: true,
    });
  } catch (error) {
    await connection.close().catch(() => undefined);
    throw mapMongoError(error);
  }
  const native = connection.db;
  if (native === undefined) throw new GatewayError('config_invalid', 'store.url names no database of the server.');
  const { beforeCommand } = options;
  let closed: Promise<void> | undefined;
  let calls = 0;
  const database: Database = {
    part: randomBytes(6).toString('base64url'),
    nextCall: () => calls++,
    of: <T>({ name, schema }: CollectionSpec<T>) =>
      (connection.models[name] ?? connection.model(name, schema)) as unknown as mongoose.Model<T>,
    async run(command) {
      await beforeCommand?.();
      try {
        return await command();
      } catch (error) {
        throw mapMongoError(error);
      }
    },
    async ping() {
      await database.run(() => native.command({ ping: 1 }));
    },
    native,
    close() {
      closed ??= connection.close().then(() => undefined);
      return closed;
    },
  };
  return database;
}
