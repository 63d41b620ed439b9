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
import type { Sql } from './engine/sql.js';
import { createEventLog } from './events/event-log.js';
import { createMailboxStore } from './mailbox/mailbox-store.js';
import { createMessageStore } from './messages/message-store.js';
import { createRecallStore } from './messages/recall-store.js';
import { migrateStore } from './migrations.js';
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
