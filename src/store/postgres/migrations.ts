import type { Sql, SqlQuery } from './engine/sql.js';

/**
 * The store's own tables, in the schema `pealbell`; BullMQ's stay in `bullmq`. Times are milliseconds since 1970 in
 * bigint, because they come from the injected clock. Text that is compared or paged by is `COLLATE "C"`: one order
 * on every server. SQL sticks to what Postgres 15 knows.
 *
 * A migration is never edited once released: add another.
 */
const MIGRATIONS: readonly { readonly version: number; readonly sql: string }[] = [
  {
    version: 1,
    sql: `
CREATE TABLE pealbell.server_keys (
  id text COLLATE "C" PRIMARY KEY,
  hash text NOT NULL,
  app text,
  scopes text NOT NULL,
  test boolean NOT NULL,
  created_at bigint NOT NULL,
  expires_at bigint,
  revoked_at bigint,
  last_used_at bigint
);

CREATE TABLE pealbell.devices (
  app text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  user_id text COLLATE "C",
  platform text NOT NULL,
  fields jsonb NOT NULL,
  attributes jsonb NOT NULL DEFAULT '{}',
  tags text[] COLLATE "C" NOT NULL DEFAULT '{}',
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  last_seen_at bigint,
  -- When somebody last said whether it may show notifications.
  notifications_at bigint,
  PRIMARY KEY (app, id)
);
CREATE INDEX devices_by_user ON pealbell.devices (app, user_id, id);

-- Topics: who is subscribed goes with the device.
CREATE TABLE pealbell.subscriptions (
  app text COLLATE "C" NOT NULL,
  topic text COLLATE "C" NOT NULL,
  device text COLLATE "C" NOT NULL,
  subscribed_at bigint NOT NULL,
  PRIMARY KEY (app, topic, device),
  FOREIGN KEY (app, device) REFERENCES pealbell.devices ON DELETE CASCADE
);
CREATE INDEX subscriptions_by_device ON pealbell.subscriptions (app, device, topic);

-- What an app says of a user; a user may have devices without being here, and the other way round.
CREATE TABLE pealbell.users (
  app text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  attributes jsonb NOT NULL DEFAULT '{}',
  tags text[] COLLATE "C" NOT NULL DEFAULT '{}',
  locale text,
  timezone text,
  consent jsonb,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  PRIMARY KEY (app, id)
);

CREATE TABLE pealbell.registrations (
  app text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  token_hash text COLLATE "C" NOT NULL,
  device text COLLATE "C" NOT NULL,
  environment text NOT NULL,
  purpose text NOT NULL,
  token bytea NOT NULL,
  bundle_id text,
  region text,
  registered_at bigint NOT NULL,
  confirmed_at bigint NOT NULL,
  retired_at bigint,
  retired_reason text,
  strikes smallint NOT NULL DEFAULT 0,
  strike_day integer,
  PRIMARY KEY (app, provider, token_hash)
);
CREATE INDEX registrations_by_device ON pealbell.registrations (app, device);
CREATE INDEX registrations_retired ON pealbell.registrations (app, retired_at) WHERE retired_at IS NOT NULL;

-- One row per message; a claim is "app|path|key", or "#" and the id where no key was given.
CREATE TABLE pealbell.messages (
  id text COLLATE "C" PRIMARY KEY,
  app text COLLATE "C" NOT NULL,
  claim text COLLATE "C" NOT NULL UNIQUE,
  claim_until bigint NOT NULL,
  fingerprint text NOT NULL,
  accepted jsonb NOT NULL,
  class text NOT NULL,
  terms jsonb NOT NULL,
  content bytea,
  metadata jsonb,
  tags jsonb,
  created_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  planned boolean NOT NULL,
  plan_cursor text COLLATE "C" NOT NULL DEFAULT '',
  next_chunk integer NOT NULL,
  canceled_at bigint,
  recalled_at bigint,
  recall_cursor text COLLATE "C",
  completed_at bigint,
  announcing boolean NOT NULL DEFAULT false,
  announced_to integer,
  deliveries_swept boolean NOT NULL DEFAULT false
);
CREATE INDEX messages_by_app ON pealbell.messages (app, id);
CREATE INDEX messages_unplanned ON pealbell.messages (created_at) WHERE NOT planned;
CREATE INDEX messages_open ON pealbell.messages (id) WHERE planned AND completed_at IS NULL;
CREATE INDEX messages_recalling ON pealbell.messages (id) WHERE recall_cursor IS NOT NULL;
CREATE INDEX messages_by_age ON pealbell.messages (created_at);
CREATE INDEX messages_with_content ON pealbell.messages (created_at) WHERE content IS NOT NULL;
CREATE INDEX messages_with_deliveries ON pealbell.messages (created_at) WHERE NOT deliveries_swept;

CREATE TABLE pealbell.chunks (
  id text COLLATE "C" PRIMARY KEY,
  message text COLLATE "C" NOT NULL,
  app text COLLATE "C" NOT NULL,
  provider text,
  platform text,
  step integer NOT NULL DEFAULT 0,
  rendering text,
  origin text COLLATE "C",
  lane text COLLATE "C" NOT NULL,
  first_key text COLLATE "C" NOT NULL,
  last_key text COLLATE "C" NOT NULL,
  target_count integer NOT NULL,
  targets text NOT NULL,
  progress text NOT NULL,
  effects jsonb,
  fence integer NOT NULL DEFAULT 0,
  crashes integer NOT NULL DEFAULT 0,
  lease_holder text,
  lease_until bigint,
  handed_until bigint,
  due_at bigint NOT NULL,
  done boolean NOT NULL DEFAULT false,
  blocked boolean NOT NULL DEFAULT false,
  sent integer NOT NULL DEFAULT 0,
  delivered integer NOT NULL DEFAULT 0,
  failed integer NOT NULL DEFAULT 0,
  expired integer NOT NULL DEFAULT 0,
  suppressed integer NOT NULL DEFAULT 0,
  canceled integer NOT NULL DEFAULT 0,
  live_sent integer NOT NULL DEFAULT 0,
  live_delivered integer NOT NULL DEFAULT 0,
  moved integer NOT NULL DEFAULT 0,
  moving boolean NOT NULL DEFAULT false,
  unkept bytea NOT NULL DEFAULT '',
  reasons jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX chunks_by_message ON pealbell.chunks (message, first_key);
CREATE INDEX chunks_open ON pealbell.chunks (app, message) WHERE NOT done;
CREATE INDEX chunks_free ON pealbell.chunks (lane, app, coalesce(provider, ''), due_at)
  WHERE NOT done AND handed_until IS NULL AND lease_until IS NULL;
CREATE INDEX chunks_handed ON pealbell.chunks (handed_until) WHERE handed_until IS NOT NULL;
CREATE INDEX chunks_leased ON pealbell.chunks (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX chunks_blocked ON pealbell.chunks (id) WHERE blocked;
CREATE INDEX chunks_moving ON pealbell.chunks (message) WHERE moving;
CREATE INDEX chunks_owing ON pealbell.chunks (id) WHERE effects IS NOT NULL;

CREATE TABLE pealbell.deliveries (
  message text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  app text COLLATE "C" NOT NULL,
  device text,
  token_hash text,
  user_id text COLLATE "C",
  state text NOT NULL,
  reason text,
  provider text,
  platform text,
  attempts jsonb NOT NULL,
  queued_at bigint NOT NULL,
  sent_at bigint,
  delivered_at bigint,
  displayed_at bigint,
  opened_at bigint,
  action text,
  settled_at bigint,
  next_attempt_at bigint,
  PRIMARY KEY (message, key)
);
CREATE INDEX deliveries_by_user ON pealbell.deliveries (app, user_id, message) WHERE user_id IS NOT NULL;

-- What moved on after its chunk had counted it: added to the sums over the chunks.
CREATE TABLE pealbell.delivery_shifts (
  message text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  n integer NOT NULL,
  PRIMARY KEY (message, provider, kind, name)
) WITH (fillfactor = 50);

-- Deliveries counted by the hour in which their message was accepted; provider and platform are '' where unknown. Part 0 is
-- what was brought together; the others are what single connections to the database have counted since.
CREATE TABLE pealbell.stats (
  app text COLLATE "C" NOT NULL,
  hour bigint NOT NULL,
  class text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  platform text COLLATE "C" NOT NULL,
  part integer NOT NULL,
  sent bigint NOT NULL,
  delivered bigint NOT NULL,
  displayed bigint NOT NULL,
  opened bigint NOT NULL,
  dismissed bigint NOT NULL,
  converted bigint NOT NULL,
  failed bigint NOT NULL,
  expired bigint NOT NULL,
  suppressed bigint NOT NULL,
  canceled bigint NOT NULL,
  recalled bigint NOT NULL,
  PRIMARY KEY (app, hour, class, provider, platform, part)
) WITH (fillfactor = 50);
CREATE INDEX stats_by_age ON pealbell.stats (hour);
CREATE INDEX stats_apart ON pealbell.stats (hour) WHERE part <> 0;

-- Users whose deliveries must not be recorded any more, by a keyed hash; for messages accepted up to then.
CREATE TABLE pealbell.erased_users (
  app text COLLATE "C" NOT NULL,
  user_hash text COLLATE "C" NOT NULL,
  at bigint NOT NULL,
  PRIMARY KEY (app, user_hash)
);

-- Access tokens that are refused before their time is up; for a day.
CREATE TABLE pealbell.revocations (
  app text COLLATE "C" NOT NULL,
  part text COLLATE "C" NOT NULL,
  subject text COLLATE "C" NOT NULL,
  up_to bigint NOT NULL,
  recorded_at bigint NOT NULL,
  PRIMARY KEY (app, part, subject)
);
CREATE INDEX revocations_by_time ON pealbell.revocations (recorded_at);

-- What devices say to their app's server. Positions of an app follow the order of commits: its head is locked for each.
CREATE TABLE pealbell.upstream (
  app text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  device text COLLATE "C" NOT NULL,
  user_id text COLLATE "C",
  stream text COLLATE "C" NOT NULL,
  n bigint NOT NULL,
  topic text NOT NULL,
  data bytea NOT NULL,
  bytes integer NOT NULL,
  at bigint NOT NULL,
  received_at bigint NOT NULL,
  PRIMARY KEY (app, position),
  UNIQUE (app, device, stream, n)
);
CREATE INDEX upstream_by_age ON pealbell.upstream (received_at);
CREATE INDEX upstream_by_user ON pealbell.upstream (app, user_id) WHERE user_id IS NOT NULL;

CREATE TABLE pealbell.upstream_heads (
  app text COLLATE "C" PRIMARY KEY,
  last bigint NOT NULL
);

-- How far each stream has come; what was swept of it is still known.
CREATE TABLE pealbell.upstream_streams (
  app text COLLATE "C" NOT NULL,
  device text COLLATE "C" NOT NULL,
  stream text COLLATE "C" NOT NULL,
  top bigint NOT NULL,
  swept bigint NOT NULL DEFAULT 0,
  used_at bigint NOT NULL,
  PRIMARY KEY (app, device, stream)
);
CREATE INDEX upstream_streams_by_use ON pealbell.upstream_streams (used_at);

-- What waits for devices until they connect. What a letter says stands once for all that read it in the same words; it
-- is a message, or (message null) a clear. The id is a keyed hash of both.
CREATE TABLE pealbell.mail_letters (
  id uuid PRIMARY KEY,
  app text COLLATE "C" NOT NULL,
  message text COLLATE "C",
  body bytea NOT NULL,
  put_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  withdrawn boolean NOT NULL DEFAULT false,
  tidied boolean NOT NULL DEFAULT false
);
CREATE INDEX mail_letters_by_message ON pealbell.mail_letters (message) WHERE message IS NOT NULL;
CREATE INDEX mail_letters_by_expiry ON pealbell.mail_letters (expires_at);
CREATE INDEX mail_letters_untidied ON pealbell.mail_letters (message) WHERE NOT tidied;

-- One mailbox per device that has ever connected. Its id is its epoch: another user of the device gets another id, and
-- what was put under the old one is nobody's.
CREATE SEQUENCE pealbell.mailbox_ids;
CREATE TABLE pealbell.mailboxes (
  id bigint PRIMARY KEY DEFAULT nextval('pealbell.mailbox_ids'),
  app text COLLATE "C" NOT NULL,
  device text COLLATE "C" NOT NULL,
  user_id text COLLATE "C",
  log_position bigint NOT NULL,
  lost integer NOT NULL DEFAULT 0,
  opened_at bigint NOT NULL,
  UNIQUE (app, device),
  FOREIGN KEY (app, device) REFERENCES pealbell.devices ON DELETE CASCADE
);
CREATE INDEX mailboxes_by_opening ON pealbell.mailboxes (opened_at);

-- One small row per device and letter. Columns are in the order that wastes no byte on alignment.
CREATE SEQUENCE pealbell.mail_positions;
CREATE TABLE pealbell.inbox (
  mailbox bigint NOT NULL,
  position bigint NOT NULL,
  collapse bigint,
  letter uuid NOT NULL,
  bytes integer NOT NULL,
  state smallint NOT NULL,
  PRIMARY KEY (mailbox, position)
);
CREATE UNIQUE INDEX inbox_by_letter ON pealbell.inbox (letter, mailbox);
CREATE INDEX inbox_by_collapse ON pealbell.inbox (mailbox, collapse) WHERE collapse IS NOT NULL;

-- Letters for everyone of an app: one entry, however many devices there are.
CREATE TABLE pealbell.mail_logs (
  app text COLLATE "C" PRIMARY KEY,
  newest bigint NOT NULL
);
CREATE TABLE pealbell.mail_log_entries (
  app text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  letter uuid NOT NULL UNIQUE,
  collapse bigint,
  mailboxes integer NOT NULL,
  PRIMARY KEY (app, position)
);
CREATE INDEX mail_log_by_collapse ON pealbell.mail_log_entries (app, collapse) WHERE collapse IS NOT NULL;

-- What happened, app by app. A row is a block: n events of one type that share common; seq is the first one's number.
-- Numbers follow the order of commits: an app's head is locked from the time they are taken.
CREATE TABLE pealbell.event_heads (
  app text COLLATE "C" PRIMARY KEY,
  last bigint NOT NULL,
  mark text NOT NULL
) WITH (fillfactor = 50);
CREATE TABLE pealbell.events (
  app text COLLATE "C" NOT NULL,
  seq bigint NOT NULL,
  at bigint NOT NULL,
  n integer NOT NULL,
  type text COLLATE "C" NOT NULL,
  common jsonb NOT NULL,
  entries jsonb NOT NULL,
  PRIMARY KEY (app, seq)
);
CREATE INDEX events_by_age ON pealbell.events (at);

-- Types that an endpoint of the app wants: only these are written.
CREATE TABLE pealbell.event_interest (
  app text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  PRIMARY KEY (app, type)
);

-- Accounts for which a message was told to wait, once.
CREATE TABLE pealbell.message_blocks (
  message text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  app text COLLATE "C" NOT NULL,
  PRIMARY KEY (message, provider)
);

-- Endpoints; one with a name stands in its app's file. Calls go by the key, which is never used again: of one that was
-- removed they go step by step.
CREATE SEQUENCE pealbell.webhook_keys;
CREATE TABLE pealbell.webhook_endpoints (
  id text COLLATE "C" PRIMARY KEY,
  key bigint NOT NULL UNIQUE DEFAULT nextval('pealbell.webhook_keys'),
  app text COLLATE "C" NOT NULL,
  name text COLLATE "C",
  url text NOT NULL,
  description text,
  events text[] NOT NULL,
  types text[] NOT NULL,
  level text NOT NULL,
  ordering text NOT NULL,
  max_events integer NOT NULL,
  max_wait_ms integer NOT NULL,
  secrets bytea NOT NULL,
  state text NOT NULL DEFAULT 'active',
  state_reason text,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  failing_since bigint,
  failing_told_at bigint,
  hold_until bigint,
  last_success_at bigint,
  lost_events bigint NOT NULL DEFAULT 0,
  lost_at bigint,
  call_seq bigint NOT NULL DEFAULT 0,
  cursor bigint NOT NULL,
  fence integer NOT NULL DEFAULT 0,
  claimed_at bigint NOT NULL DEFAULT 0,
  lease_holder text,
  lease_until bigint,
  UNIQUE (app, name)
) WITH (fillfactor = 50);
CREATE INDEX webhook_endpoints_by_app ON pealbell.webhook_endpoints (app, id);
CREATE TABLE pealbell.webhook_removed (
  key bigint PRIMARY KEY
);

CREATE TABLE pealbell.webhook_calls (
  endpoint bigint NOT NULL,
  seq bigint NOT NULL,
  id text COLLATE "C" NOT NULL,
  first_event bigint NOT NULL,
  last_event bigint NOT NULL,
  types text[] NOT NULL,
  level text NOT NULL,
  events integer NOT NULL,
  created_at bigint NOT NULL,
  state text NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  due_at bigint NOT NULL,
  settled_at bigint,
  replay_of text COLLATE "C",
  body bytea,
  PRIMARY KEY (endpoint, seq),
  UNIQUE (endpoint, id)
);
CREATE INDEX webhook_calls_waiting ON pealbell.webhook_calls (endpoint, seq) WHERE state = 'waiting';
CREATE INDEX webhook_calls_due ON pealbell.webhook_calls (endpoint, due_at) WHERE state = 'waiting';
CREATE INDEX webhook_calls_tests ON pealbell.webhook_calls (endpoint, due_at) WHERE state = 'waiting' AND last_event = 0;
CREATE INDEX webhook_calls_failed ON pealbell.webhook_calls (endpoint, state, seq) WHERE state IN ('parked', 'skipped');
CREATE INDEX webhook_calls_by_age ON pealbell.webhook_calls (coalesce(settled_at, created_at));

CREATE TABLE pealbell.webhook_attempts (
  endpoint bigint NOT NULL,
  call bigint NOT NULL,
  n integer NOT NULL,
  at bigint NOT NULL,
  ms integer NOT NULL,
  status integer,
  error text,
  headers jsonb NOT NULL,
  answer bytea,
  PRIMARY KEY (endpoint, call, n),
  FOREIGN KEY (endpoint, call) REFERENCES pealbell.webhook_calls ON DELETE CASCADE
);

-- Of accounts (class ''), and of one class of their messages.
CREATE TABLE pealbell.account_pauses (
  app text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  class text COLLATE "C" NOT NULL DEFAULT '',
  until bigint NOT NULL,
  reason text NOT NULL,
  failures integer NOT NULL,
  since bigint NOT NULL,
  PRIMARY KEY (app, provider, class)
);

-- What vendors call deliveries, of those that tell of receipts.
CREATE TABLE pealbell.vendor_names (
  app text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  message text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  at bigint NOT NULL,
  PRIMARY KEY (app, provider, name)
);
CREATE INDEX vendor_names_by_age ON pealbell.vendor_names (at);

-- Access tokens of vendors, sealed, and who may ask for the next (claimed_until 0: anybody).
CREATE TABLE pealbell.vendor_tokens (
  app text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  token bytea,
  issued_at bigint,
  expires_at bigint,
  claim text NOT NULL,
  claimed_until bigint NOT NULL,
  PRIMARY KEY (app, provider, key)
);

-- When vendors are asked next which addresses have died.
CREATE TABLE pealbell.feed_turns (
  app text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  due_at bigint NOT NULL,
  PRIMARY KEY (app, provider)
);

-- Who was sent what, where a vendor caps messages to one device in a day of its own.
CREATE TABLE pealbell.device_quotas (
  app text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  class text COLLATE "C" NOT NULL,
  day_ends_at bigint NOT NULL,
  key text COLLATE "C" NOT NULL,
  messages text[] NOT NULL,
  max integer NOT NULL,
  PRIMARY KEY (day_ends_at, app, provider, class, key)
);

-- How many an account was sent in a day of its vendor, and of which shares of its quota was told.
CREATE TABLE pealbell.account_quotas (
  app text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  class text COLLATE "C" NOT NULL,
  day_ends_at bigint NOT NULL,
  used bigint NOT NULL,
  PRIMARY KEY (app, provider, class, day_ends_at)
);
CREATE TABLE pealbell.quota_tellings (
  app text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  class text COLLATE "C" NOT NULL,
  day_ends_at bigint NOT NULL,
  share double precision NOT NULL,
  PRIMARY KEY (app, provider, class, day_ends_at, share)
);

-- Ids under which events were told: each stands for one.
CREATE TABLE pealbell.told_events (
  app text COLLATE "C" NOT NULL,
  teller text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  at bigint NOT NULL,
  PRIMARY KEY (app, teller, id)
);
CREATE INDEX told_events_by_age ON pealbell.told_events (at);

-- What people said of messages, sealed; the log names it.
CREATE TABLE pealbell.feedback (
  app text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  user_id text COLLATE "C",
  data bytea NOT NULL,
  at bigint NOT NULL,
  PRIMARY KEY (app, id)
);
CREATE INDEX feedback_by_user ON pealbell.feedback (app, user_id) WHERE user_id IS NOT NULL;
CREATE INDEX feedback_by_age ON pealbell.feedback (at);

-- Of which ends of credentials was told, so many days before.
CREATE TABLE pealbell.credential_tellings (
  app text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  credential text COLLATE "C" NOT NULL,
  ends_at bigint NOT NULL,
  days integer NOT NULL,
  PRIMARY KEY (app, provider, credential, ends_at, days)
);

-- What was last told of an account that does not fare well.
CREATE TABLE pealbell.account_troubles (
  app text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  class text COLLATE "C" NOT NULL DEFAULT '',
  told text NOT NULL,
  since bigint NOT NULL,
  PRIMARY KEY (app, provider, class)
);

CREATE TABLE pealbell.account_acceptances (
  app text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  at bigint NOT NULL,
  PRIMARY KEY (app, provider)
);
`,
  },
];

/** The version this program brings a store to. */
export const STORE_VERSION: number = MIGRATIONS.at(-1)?.version ?? 0;

/** The version a store is at; 0 for one that no program has used yet. Changes nothing. */
export async function storeVersion(sql: SqlQuery): Promise<number> {
  const there = await sql.query<{ name: string | null }>(`SELECT to_regclass('pealbell.migrations')::text AS name`);
  if (there.rows[0]?.name == null) return 0;
  const newest = await sql.query<{ version: number }>('SELECT max(version) AS version FROM pealbell.migrations');
  return newest.rows[0]?.version ?? 0;
}

/** Any number will do, as long as every process of this store uses the same. */
const MIGRATION_LOCK = 7_325_482;

/**
 * Brings the store's tables to this version; several processes may try at once.
 * @throws Error when the tables are of a newer version than this program knows.
 */
export async function migrateStore(sql: Sql): Promise<void> {
  await sql.transaction(async (tx) => {
    // Another process may be migrating, and a migration may take longer than a statement of the running store.
    await tx.query(`SET LOCAL lock_timeout = '60s'`);
    await tx.query(`SET LOCAL statement_timeout = '60s'`);
    await tx.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await tx.query('CREATE SCHEMA IF NOT EXISTS pealbell');
    await tx.query(
      'CREATE TABLE IF NOT EXISTS pealbell.migrations (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    const applied = await tx.query<{ version: number }>('SELECT version FROM pealbell.migrations ORDER BY version');
    const newest = applied.rows.at(-1)?.version ?? 0;
    const known = STORE_VERSION;
    if (newest > known) {
      throw new Error(
        `the store is at version ${newest}, this program knows ${known}; start the newer program that wrote it`,
      );
    }
    for (const migration of MIGRATIONS) {
      if (migration.version <= newest) continue;
      for (const statement of statements(migration.sql)) await tx.query(statement);
      await tx.query('INSERT INTO pealbell.migrations (version) VALUES ($1)', [migration.version]);
    }
  });
}

/** One statement per query: an engine's prepared path takes no more. No statement here holds a `;` inside. */
function statements(script: string): string[] {
  return script
    .replaceAll(/^--.*$/gm, '')
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}
