import type { AtRest } from '../at-rest.js';
import type { Store } from '../store.js';
import { createAccountStore } from './account-store.js';
import { createAddressStore } from './address-store.js';
import { createChunkStore } from './chunk-store.js';
import { createDeviceStore } from './device-store.js';
import type { Sql } from './engine/sql.js';
import { createErasureStore } from './erasure-store.js';
import { createEventLog } from './event-log.js';
import { createFeedTurnStore } from './feed-turn-store.js';
import { createHistoryStore } from './history-store.js';
import { createKeyStore } from './key-store.js';
import { createMailboxStore } from './mailbox-store.js';
import { createMessageStore } from './message-store.js';
import { migrateStore } from './migrations.js';
import { createQuotaStore } from './quota-store.js';
import { createReactionStore } from './reaction-store.js';
import { createRecallStore } from './recall-store.js';
import { createReceiptStore } from './receipt-store.js';
import { createRevocationStore } from './revocation-store.js';
import { createStatsStore } from './stats-store.js';
import { createTopicStore } from './topic-store.js';
import { createUpstreamStore } from './upstream-store.js';
import { createUserStore } from './user-store.js';
import { createVendorNameStore } from './vendor-name-store.js';
import { createVendorTokenStore } from './vendor-token-store.js';
import { createWebhookStore } from './webhook-store.js';

/** Migrates and opens the store; closing the engine closes it. */
export async function openPostgresStore(sql: Sql, atRest: AtRest): Promise<Store> {
  await migrateStore(sql);
  return {
    messages: createMessageStore(sql, atRest),
    chunks: createChunkStore(sql, atRest),
    devices: createDeviceStore(sql, atRest),
    addresses: createAddressStore(sql, atRest),
    feedTurns: createFeedTurnStore(sql),
    users: createUserStore(sql),
    topics: createTopicStore(sql),
    recalls: createRecallStore(sql, atRest),
    receipts: createReceiptStore(sql, atRest),
    reactions: createReactionStore(sql, atRest),
    history: createHistoryStore(sql, atRest),
    erasure: createErasureStore(sql, atRest),
    mailboxes: createMailboxStore(sql, atRest),
    accounts: createAccountStore(sql),
    quotas: createQuotaStore(sql),
    keys: createKeyStore(sql),
    revocations: createRevocationStore(sql),
    upstream: createUpstreamStore(sql, atRest),
    vendorNames: createVendorNameStore(sql),
    vendorTokens: createVendorTokenStore(sql, atRest),
    events: createEventLog(sql, atRest),
    webhooks: createWebhookStore(sql, atRest),
    stats: createStatsStore(sql),
  };
}
