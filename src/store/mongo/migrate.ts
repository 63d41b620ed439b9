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
  readonly version: number;
}

/** The version a store is at; 0 for one that no program has used yet. Changes nothing. */
export async function mongoStoreVersion(db: Database): Promise<number> {
  const found = await db.run(() => db.native.collection<MigrationDoc>('migrations').findOne({ _id: 'store' }));
  return found?.version ?? 0;
}

/**
 * Makes collections and indexes; several processes may do so at once, since making one that is there is harmless.
 *
 * @throws GatewayError `config_invalid` when the store is of a newer version than this program knows
 */
export async function migrateMongo(db: Database): Promise<void> {
  const version = await mongoStoreVersion(db);
  if (version > MONGO_STORE_VERSION) {
    throw new GatewayError(
      'config_invalid',
      `the store is at version ${version}, this program knows ${MONGO_STORE_VERSION}; start the newer program that wrote it`,
    );
  }
  if (version === MONGO_STORE_VERSION) return;
  for (const { name, indexes } of COLLECTIONS) {
    if (indexes.length === 0) continue;
    const specs = indexes.map(({ name: called, keys, isUnique }) => ({
      name: called,
      key: { ...keys },
      ...(isUnique === true ? { unique: true } : {}),
    }));
    await db.run(() => db.native.collection(name).createIndexes(specs));
  }
  const update = { $max: { version: MONGO_STORE_VERSION } };
  await db
    .run(() => db.native.collection<MigrationDoc>('migrations').updateOne({ _id: 'store' }, update, { upsert: true }))
    .catch((error: unknown) => {
      if (!isDuplicateKey(error)) throw error;
    });
}
