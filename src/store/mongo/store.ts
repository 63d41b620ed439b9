import type { Closeable } from '../../ports/lifecycle.js';
import type { AtRest } from '../at-rest.js';
import type { Store } from '../store.js';
import { createKeyStore } from './access/key-store.js';
import { createRevocationStore } from './access/revocation-store.js';
import { createAccountStore } from './accounts/account-store.js';
import { createQuotaStore } from './accounts/quota-store.js';
import { createVendorTokenStore } from './accounts/vendor-token-store.js';
import { createTopicStore } from './audience/topic-store.js';
import { createChunkStore } from './chunks/chunk-store.js';
import { createFeedTurnStore } from './chunks/feed-turn-store.js';
import { createDeviceStore } from './devices/device-store.js';
import { ACCOUNTS, CREDENTIAL_TELLINGS } from './documents/accounts.js';
import { CHUNKS } from './documents/chunks.js';
import { DELIVERIES } from './documents/deliveries.js';
import { DEVICES } from './documents/devices.js';
import { MESSAGE_BLOCKS } from './documents/message-blocks.js';
import { MESSAGES } from './documents/messages.js';
import { ACCOUNT_QUOTAS } from './documents/quotas.js';
import { REGISTRATIONS } from './documents/registrations.js';
import { ENDPOINTS } from './documents/webhooks.js';
import { type DatabaseOptions, openDatabase } from './engine/database.js';
import { createEventLog } from './events/event-log.js';
import { createLogEnds } from './events/log-ends.js';
import { type Ground, layGround } from './ground.js';
import { createMailboxStore } from './mailbox/mailbox-store.js';
import { createMessageStore } from './messages/message-store.js';
import { createRecallStore } from './messages/recall-store.js';
import { migrateMongo } from './migrate.js';
import { createErasureStore } from './people/erasure-store.js';
import { createHistoryStore } from './people/history-store.js';
import { createUserStore } from './people/user-store.js';
import { createReactionStore } from './receipts/reaction-store.js';
import { createReceiptStore } from './receipts/receipt-store.js';
import { createVendorNameStore } from './receipts/vendor-name-store.js';
import { createAddressStore } from './registrations/address-store.js';
import { createStatsStore } from './stats/stats-store.js';
import { createUpstreamStore } from './upstream/upstream-store.js';
import { createWebhookStore } from './webhooks/webhook-store.js';
import { type Round, startRounds } from './writing/rounds.js';

export interface MongoStoreOptions extends DatabaseOptions {
  /** Told of what could not be done in the background; it is tried again. */
  readonly onTrouble?: (error: unknown) => void;
}

/** Of one command of a migration. */
const MIGRATION_COMMAND_MS = 600_000;
/** How often it is looked for what was left behind. */
const RECOVERY_EVERY_MS = 3_000;
/** Documents of a collection that one look takes. */
const RECOVERY_MAX = 500;

/** Every store port over one database, and what looks after them. */
export interface MongoStore extends Store, Closeable {
  /** Asks the server whether it takes writes. */
  ping(): Promise<void>;
}

/**
 * Connects, migrates and opens the store.
 *
 * @throws GatewayError `store_unavailable`, `config_invalid`
 */
export async function openMongoStore(options: MongoStoreOptions, atRest: AtRest): Promise<MongoStore> {
  await migrate(options);
  const db = await openDatabase(options);
  const ground = layGround(db, atRest);
  const store = mongoPorts(ground);
  const recovery: Round = { everyMs: RECOVERY_EVERY_MS, run: () => ground.outbox.recover(RECOVERY_MAX) };
  const rounds = startRounds([recovery], options.onTrouble ?? (() => undefined));
  return {
    ...store,
    ping: () => db.ping(),
    async close() {
      await rounds.stop();
      await db.close();
    },
  };
}

/** Over a connection of its own: an index of a large collection takes longer than any command of the running store may. */
async function migrate(options: MongoStoreOptions): Promise<void> {
  const db = await openDatabase({ ...options, commandTimeoutMs: MIGRATION_COMMAND_MS });
  try {
    await migrateMongo(db);
  } finally {
    await db.close();
  }
}

/** The ports alone, over a database that is migrated. */
export function mongoPorts(ground: Ground): Store {
  // Messages last: what they say in the end waits for what chunks and deliveries owe.
  for (const spec of [CHUNKS, DELIVERIES, MESSAGE_BLOCKS, MESSAGES]) ground.outbox.watches(spec);
  for (const spec of [DEVICES, REGISTRATIONS]) ground.outbox.watches(spec);
  for (const spec of [ACCOUNTS, CREDENTIAL_TELLINGS, ACCOUNT_QUOTAS, ENDPOINTS]) ground.outbox.watches(spec);
  const ends = createLogEnds(ground.db);
  return {
    messages: createMessageStore(ground),
    chunks: createChunkStore(ground),
    devices: createDeviceStore(ground),
    addresses: createAddressStore(ground),
    feedTurns: createFeedTurnStore(ground),
    users: createUserStore(ground),
    topics: createTopicStore(ground),
    receipts: createReceiptStore(ground),
    reactions: createReactionStore(ground),
    recalls: createRecallStore(ground),
    history: createHistoryStore(ground),
    erasure: createErasureStore(ground),
    mailboxes: createMailboxStore(ground),
    accounts: createAccountStore(ground),
    quotas: createQuotaStore(ground),
    keys: createKeyStore(ground),
    revocations: createRevocationStore(ground),
    upstream: createUpstreamStore(ground),
    vendorNames: createVendorNameStore(ground),
    vendorTokens: createVendorTokenStore(ground),
    events: createEventLog(ground, ends),
    webhooks: createWebhookStore(ground, ends),
    stats: createStatsStore(ground),
  };
}
