import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type DataKey, makeDataKey, parseDataKey } from '../../src/domain/data-key.js';
import { AtRest, createTokenHasher } from '../../src/store/at-rest.js';
import { createKeyStore } from '../../src/store/postgres/access/key-store.js';
import { createRevocationStore } from '../../src/store/postgres/access/revocation-store.js';
import { createAccountStore } from '../../src/store/postgres/accounts/account-store.js';
import { createQuotaStore } from '../../src/store/postgres/accounts/quota-store.js';
import { createVendorTokenStore } from '../../src/store/postgres/accounts/vendor-token-store.js';
import { createTopicStore } from '../../src/store/postgres/audience/topic-store.js';
import { createChunkStore } from '../../src/store/postgres/chunks/chunk-store.js';
import { createFeedTurnStore } from '../../src/store/postgres/chunks/feed-turn-store.js';
import { createDeviceStore } from '../../src/store/postgres/devices/device-store.js';
import { openPglite } from '../../src/store/postgres/engine/pglite.js';
import { openPostgresServer } from '../../src/store/postgres/engine/server.js';
import type { Sql, SqlQuery } from '../../src/store/postgres/engine/sql.js';
import { createEventLog } from '../../src/store/postgres/events/event-log.js';
import { createMailboxStore } from '../../src/store/postgres/mailbox/mailbox-store.js';
import { createMessageStore } from '../../src/store/postgres/messages/message-store.js';
import { createRecallStore } from '../../src/store/postgres/messages/recall-store.js';
import { createErasureStore } from '../../src/store/postgres/people/erasure-store.js';
import { createHistoryStore } from '../../src/store/postgres/people/history-store.js';
import { createUserStore } from '../../src/store/postgres/people/user-store.js';
import { createReactionStore } from '../../src/store/postgres/receipts/reaction-store.js';
import { createReceiptStore } from '../../src/store/postgres/receipts/receipt-store.js';
import { createVendorNameStore } from '../../src/store/postgres/receipts/vendor-name-store.js';
import { createAddressStore } from '../../src/store/postgres/registrations/address-store.js';
import { createStatsStore } from '../../src/store/postgres/stats/stats-store.js';
import { openPostgresStore } from '../../src/store/postgres/store.js';
import { createUpstreamStore } from '../../src/store/postgres/upstream/upstream-store.js';
import { createWebhookStore } from '../../src/store/postgres/webhooks/webhook-store.js';
import type { Store } from '../../src/store/store.js';
import { toldEvents, wantEvents } from '../support/event-rows.js';
import { migratedDataDirectory } from '../support/pglite-template.js';
import { freshDatabase } from '../support/postgres-server.js';
import type { OpenedStore } from './store/scene.js';
import { storeSuite } from './store.suite.js';

storeSuite('Postgres in this process (PGlite)', async () => {
  const directory = join(await migratedDataDirectory(), 'pg');
  const sql = await openPglite({
    directory,
    onFatal: (sentence) => {
      throw new Error(sentence);
    },
  });
  return opened(sql, parseDataKey(makeDataKey(randomBytes)));
});

storeSuite('Postgres server', async (context) => {
  const url = await freshDatabase(context);
  const key = parseDataKey(makeDataKey(randomBytes));
  // A write that hangs: its own connection, which the server lets idle for longer than any test.
  const slow = await openPostgresServer({ url, storeConnectionsMax: 1, statementTimeoutMs: 60_000 });
  const store = await opened(await openPostgresServer({ url }), key);
  return {
    ...store,
    async holdAccept(message, now) {
      let release = () => {};
      const released = new Promise<void>((resolve) => (release = resolve));
      let ended: Promise<void> = Promise.resolve();
      await new Promise<void>((resolve, reject) => {
        ended = slow
          .transaction(async (tx) => {
            await createMessageStore(inside(tx), new AtRest(key)).accept([message], now);
            resolve();
            await released;
          })
          .catch(reject);
      });
      return {
        async release() {
          release();
          await ended;
        },
      };
    },
    async close() {
      await store.close();
      await slow.close();
    },
  };
});

async function opened(sql: Sql, key: DataKey): Promise<OpenedStore> {
  return {
    ...(await openPostgresStore(sql, new AtRest(key))),
    hasher: createTokenHasher(key),
    withDataKey: (other) => portsOver(sql, new AtRest(other)),
    interrupted(n, step) {
      let left = n;
      const before = async () => {
        if (left-- === 0) await step();
      };
      return portsOver(
        {
          ...sql,
          query: async (text, params) => {
            await before();
            return sql.query(text, params);
          },
          transaction: async (work) => {
            await before();
            return sql.transaction(work);
          },
        },
        new AtRest(key),
      );
    },
    boundedMailboxes: (bounds) => createMailboxStore(sql, new AtRest(key), { bounds, lookEvery: 1, random: () => 0 }),
    wantEvents: (app, types) => wantEvents(sql, app, types),
    told: (app) => toldEvents(sql, app),
    everythingStored: () => dump(sql),
    close: () => sql.close(),
  };
}

/** The ports as `openPostgresStore` makes them, without its look at the tables. */
function portsOver(sql: Sql, atRest: AtRest): Store {
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

/** An engine that is one open transaction. */
function inside(tx: SqlQuery): Sql {
  return {
    engine: 'server',
    query: (text, params) => tx.query(text, params),
    transaction: (work) => work(tx),
    poolForQueue: () => {
      throw new Error('a transaction has no pool');
    },
    close: () => Promise.resolve(),
  };
}

/** Every column of every table of the database, bytes as Latin-1, so that plain text inside them shows. */
async function dump(sql: Sql): Promise<string> {
  const tables = await sql.query<{ name: string }>(
    `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );
  const parts: string[] = [];
  for (const { name } of tables.rows) {
    const { rows } = await sql.query<Record<string, unknown>>(`SELECT * FROM ${name}`);
    for (const row of rows) {
      for (const value of Object.values(row)) {
        parts.push(value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : JSON.stringify(value));
      }
    }
  }
  return parts.join('\n');
}
