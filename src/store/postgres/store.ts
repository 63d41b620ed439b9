import type { AccountStore } from '../../ports/account-store.js';
import type { AddressStore } from '../../ports/address-store.js';
import type { ChunkStore } from '../../ports/chunk-store.js';
import type { DeviceStore } from '../../ports/device-store.js';
import type { ErasureStore } from '../../ports/erasure-store.js';
import type { EventLog } from '../../ports/event-log.js';
import type { FeedTurnStore } from '../../ports/feed-turn-store.js';
import type { HistoryStore } from '../../ports/history-store.js';
import type { KeyStore } from '../../ports/key-store.js';
import type { MailboxStore } from '../../ports/mailbox-store.js';
import type { MessageStore } from '../../ports/message-store.js';
import type { QuotaStore } from '../../ports/quota-store.js';
import type { ReactionStore } from '../../ports/reaction-store.js';
import type { RecallStore } from '../../ports/recall-store.js';
import type { ReceiptStore } from '../../ports/receipt-store.js';
import type { RevocationStore } from '../../ports/revocation-store.js';
import type { StatsStore } from '../../ports/stats-store.js';
import type { TopicStore } from '../../ports/topic-store.js';
import type { UpstreamStore } from '../../ports/upstream-store.js';
import type { UserStore } from '../../ports/user-store.js';
import type { VendorNameStore } from '../../ports/vendor-name-store.js';
import type { VendorTokenStore } from '../../ports/vendor-token-store.js';
import type { WebhookStore } from '../../ports/webhook-store.js';
import type { AtRest } from '../at-rest.js';
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

/** Every store port over one engine. */
export interface Store {
  readonly messages: MessageStore;
  readonly chunks: ChunkStore;
  readonly devices: DeviceStore;
  readonly addresses: AddressStore;
  readonly feedTurns: FeedTurnStore;
  readonly users: UserStore;
  readonly topics: TopicStore;
  readonly receipts: ReceiptStore;
  readonly reactions: ReactionStore;
  readonly recalls: RecallStore;
  readonly history: HistoryStore;
  readonly erasure: ErasureStore;
  readonly mailboxes: MailboxStore;
  readonly accounts: AccountStore;
  readonly quotas: QuotaStore;
  readonly keys: KeyStore;
  readonly revocations: RevocationStore;
  readonly upstream: UpstreamStore;
  readonly vendorNames: VendorNameStore;
  readonly vendorTokens: VendorTokenStore;
  readonly events: EventLog;
  readonly webhooks: WebhookStore;
  readonly stats: StatsStore;
}

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
