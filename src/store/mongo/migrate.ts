import { GatewayError } from '../../domain/errors.js';
import { ACCEPTANCES, ACCOUNTS, CREDENTIAL_TELLINGS } from './documents/accounts.js';
import { CHUNKS } from './documents/chunks.js';
import { ERASED_USERS, SHIFTS, STATS } from './documents/counts.js';
import { DELIVERIES } from './documents/deliveries.js';
import { DEVICES } from './documents/devices.js';
import { EVENT_BLOCKS, EVENT_HEADS, EVENT_INTEREST } from './documents/events.js';
import { FEED_TURNS } from './documents/feed-turns.js';
import { KEYS } from './documents/keys.js';
import { MAIL_LETTERS, MAIL_LOG, MAIL_LOG_HEADS, MAIL_MARKS } from './documents/mail.js';
import { MAILBOXES } from './documents/mailboxes.js';
import { MESSAGE_BLOCKS } from './documents/message-blocks.js';
import { MESSAGES } from './documents/messages.js';
import { ACCOUNT_QUOTAS, DEVICE_QUOTAS } from './documents/quotas.js';
import { FEEDBACK, TOLD_EVENTS } from './documents/reactions.js';
import { REGISTRATIONS } from './documents/registrations.js';
import { REVOCATIONS } from './documents/revocations.js';
import { UPSTREAM_BOXES, UPSTREAM_HEADS, UPSTREAM_ITEMS } from './documents/upstream.js';
import { USERS } from './documents/users.js';
import { VENDOR_NAMES } from './documents/vendor-names.js';
import { VENDOR_TOKENS } from './documents/vendor-tokens.js';
import { CALL_BODIES, CALLS, ENDPOINTS, REMOVED_ENDPOINTS } from './documents/webhooks.js';
import type { CollectionSpec } from './engine/collection.js';
import type { Database } from './engine/database.js';
import { isDuplicateKey } from './engine/mongo-errors.js';

/** Every collection of the store: its indexes are made before anything is written. One line each. */
const COLLECTIONS: readonly CollectionSpec<object>[] = [
  ACCEPTANCES,
  ACCOUNT_QUOTAS,
  ACCOUNTS,
  CALL_BODIES,
  CALLS,
  CHUNKS,
  CREDENTIAL_TELLINGS,
  DELIVERIES,
  DEVICE_QUOTAS,
  ENDPOINTS,
  DEVICES,
  ERASED_USERS,
  EVENT_BLOCKS,
  EVENT_HEADS,
  EVENT_INTEREST,
  FEED_TURNS,
  KEYS,
  MAIL_LETTERS,
  MAIL_LOG,
  MAIL_LOG_HEADS,
  MAIL_MARKS,
  MAILBOXES,
  MESSAGE_BLOCKS,
  MESSAGES,
  REGISTRATIONS,
  REMOVED_ENDPOINTS,
  REVOCATIONS,
  SHIFTS,
  STATS,
  FEEDBACK,
  TOLD_EVENTS,
  UPSTREAM_BOXES,
  UPSTREAM_HEADS,
  UPSTREAM_ITEMS,
  VENDOR_NAMES,
  VENDOR_TOKENS,
  USERS,
];

/** The version this program brings a store to. Higher whenever documents or indexes of a released version change. */
export const MONGO_STORE_VERSION = 1;

interface MigrationDoc {
  readonly _id: string;
  readonly version?: number;
  /** Who brings the store to its version, and until when nobody else does. */
  readonly by?: string;
  readonly until?: number;
}

/** Indexes of a large store take minutes. A process that dies holds up the next one for so long at most. */
const LOCK_MS = 600_000;
const LOCK_LOOK_MS = 500;

/** The version a store is at; 0 for one that no program has used yet. Changes nothing. */
export async function mongoStoreVersion(db: Database): Promise<number> {
  const found = await db.run(() => db.native.collection<MigrationDoc>('migrations').findOne({ _id: 'store' }));
  return found?.version ?? 0;
}

/**
 * Makes collections and indexes, one process at a time: the others wait until it is done.
 *
 * @throws GatewayError `config_invalid` when the store is of a newer version than this program knows
 */
export async function migrateMongo(db: Database): Promise<void> {
  while (!(await isDone(db))) {
    if (await lock(db)) {
      try {
        await makeIndexes(db);
        await note(db, { $set: { version: MONGO_STORE_VERSION } });
      } finally {
        await note(db, { $unset: { by: 1, until: 1 } });
      }
    } else await new Promise((resolve) => setTimeout(resolve, LOCK_LOOK_MS));
  }
}

async function isDone(db: Database): Promise<boolean> {
  const version = await mongoStoreVersion(db);
  if (version <= MONGO_STORE_VERSION) return version === MONGO_STORE_VERSION;
  throw new GatewayError(
    'config_invalid',
    `the store is at version ${version}, this program knows ${MONGO_STORE_VERSION}; start the newer program that wrote it`,
  );
}

/** @returns false where another process has it */
async function lock(db: Database): Promise<boolean> {
  const now = Date.now();
  const free = { _id: 'store', $or: [{ until: { $exists: false } }, { until: { $lte: now } }] };
  const update = { $set: { by: db.part, until: now + LOCK_MS } };
  const migrations = db.native.collection<MigrationDoc>('migrations');
  return db
    .run(() => migrations.updateOne(free, update, { upsert: true }))
    .then(({ matchedCount, upsertedCount }) => matchedCount + upsertedCount === 1)
    .catch((error: unknown) => {
      // There is one, and it is taken.
      if (isDuplicateKey(error)) return false;
      throw error;
    });
}

/** Only while the lock is ours. */
async function note(db: Database, update: { $set: { version: number } } | { $unset: { by: 1; until: 1 } }) {
  await db.run(() =>
    db.native.collection<MigrationDoc>('migrations').updateOne({ _id: 'store', by: db.part }, update as object),
  );
}

async function makeIndexes(db: Database): Promise<void> {
  for (const { name, indexes } of COLLECTIONS) {
    if (indexes.length === 0) continue;
    const specs = indexes.map(({ name: called, keys, isUnique }) => ({
      name: called,
      key: { ...keys },
      ...(isUnique === true ? { unique: true } : {}),
    }));
    await db.run(() => db.native.collection(name).createIndexes(specs));
  }
}
