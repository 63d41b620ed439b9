/**
 * The composition root: the one file that names every concrete class, and the only one that reads `Config`. What is
 * opened here is closed here, last opened first.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Config, ConfigReading } from '../config/load.js';
import type { Role } from '../config/roles.js';
import { createLiveConfig } from './compose/live-config.js';
import { observeProvider, readGauges } from './compose/observed.js';
import { providerSettings } from './compose/provider-settings.js';
import { parseDataKey } from './domain/data-key.js';
import { GatewayError } from './domain/errors.js';
import type { Clock } from './domain/time.js';
import { createEgress } from './egress/egress.js';
import { createAdmin, createApi } from './http/app.js';
import type { ApiHouse } from './http/house.js';
import { localAdmin } from './http/local-admin.js';
import { type HttpListener, listen } from './http/server.js';
import { laneWorker } from './jobs/lane-worker.js';
import type { Worker } from './ports/lifecycle.js';
import type { LiveConfig } from './ports/live-config.js';
import type { Log } from './ports/log.js';
import { LANES, type Lane } from './ports/work-queue.js';
import { migrateQueue, postgresBackend } from './queue/bullmq/postgres.js';
import { type BullWorkQueue, openWorkQueue } from './queue/bullmq/work-queue.js';
import { openProviders } from './routing/provider-pool.js';
import { systemClock } from './runtime/clock.js';
import { createHealth } from './runtime/health.js';
import { createLog } from './runtime/logger.js';
import { createMetrics } from './runtime/metrics.js';
import { periodic } from './runtime/periodic.js';
import { createSupervisor } from './runtime/supervisor.js';
import { AtRest, createTokenHasher } from './store/at-rest.js';
import { readOrMakeDataKey } from './store/data-key-file.js';
import { diskGuard } from './store/postgres/engine/disk-guard.js';
import { createPgliteDirectory } from './store/postgres/engine/initdb.js';
import { maintain } from './store/postgres/engine/maintain.js';
import { acquireOwnership, type Ownership } from './store/postgres/engine/owner.js';
import { openPglite } from './store/postgres/engine/pglite.js';
import { openPostgresServer } from './store/postgres/engine/server.js';
import type { Sql } from './store/postgres/engine/sql.js';
import { openPostgresStore, type Store } from './store/postgres/store.js';
import { createAcceptMessage } from './usecases/accept-message.js';
import { createAccountGate } from './usecases/account-gate.js';
import { createAddressBook } from './usecases/address-book.js';
import { createChunkWriter } from './usecases/chunk-writer.js';
import { createDeliver } from './usecases/deliver.js';
import { createFanOut } from './usecases/fan-out.js';
import { createFeeder } from './usecases/feed.js';
import { createPlanMessage } from './usecases/plan-message.js';
import { createReconcile } from './usecases/reconcile.js';
import { createRegisterDevice } from './usecases/register-device.js';
import { createRetire } from './usecases/retire.js';
import { createServerKeys, type ServerKeys } from './usecases/server-keys.js';
import { createSettledWatch } from './usecases/settled-watch.js';
import { sweep } from './usecases/sweep.js';

/** For commands: the process that has an embedded store open answers them. */
export { connectOwner } from './store/postgres/engine/owner-client.js';

/** Jobs of a lane handled at once; the windows under way are bounded over all of them. */
const LANE_CONCURRENCY: Readonly<Record<Lane, number>> = { transactional: 8, marketing: 4, system: 2 };
const FEED_EVERY_MS = 200;
const RECONCILE_EVERY_MS = 1_000;
const REFRESH_EVERY_MS = 1_000;
const SWEEP_EVERY_MS = 60_000;
const MAINTAIN_EVERY_MS = 20_000;
/** The API drains first, then workers put down what they hold; together less than the 25 s an orchestrator grants. */
const API_GRACE_MS = 5_000;
const WORKER_GRACE_MS = 15_000;

/** What is different in a test or a demonstration; nothing of it is configuration. */
export interface Variations {
  readonly clock?: Clock;
  readonly log?: Log;
  /** Told of slow steps of a first start, in sentences. */
  readonly onProgress?: (sentence: string) => void;
  /** False leaves out the reconciler: the proof that it is what repairs. */
  readonly reconciler?: boolean;
  /** Sees every store and queue before they are used; for counting calls. */
  readonly observeParts?: (parts: { readonly store: Store; readonly queue: BullWorkQueue }) => void;
  /** Reads the configuration again; without it the one given is kept for good. */
  readonly readConfig?: () => Promise<ConfigReading>;
}

export interface Gateway {
  /** Absent without the role `api`. */
  readonly api: HttpListener | undefined;
  readonly admin: HttpListener;
  readonly keys: ServerKeys;
  readonly queue: BullWorkQueue;
  /** Absent where `Variations.readConfig` is. */
  readonly liveConfig: LiveConfig | undefined;
  /** Resolves with a sentence when the process cannot go on and should stop. */
  readonly failed: Promise<string>;
  /** Stops accepting, drains, gives chunks back, closes everything. Calling it twice is harmless. */
  stop(): Promise<void>;
}

type Stack = (() => Promise<unknown> | unknown)[];

async function unwind(stack: Stack): Promise<void> {
  for (let close = stack.pop(); close !== undefined; close = stack.pop()) await close();
}

interface Base {
  readonly sql: Sql;
  readonly store: Store;
  readonly keys: ServerKeys;
  readonly hasher: ReturnType<typeof createTokenHasher>;
  readonly ownership: Ownership | undefined;
  readonly assertRoom: () => void;
}

/** Opens the store alone, as commands need it that work without a running gateway. */
export async function openStore(
  config: Config,
  variations: Variations = {},
): Promise<Base & { close(): Promise<void> }> {
  const stack: Stack = [];
  const log = variations.log ?? createLog(config.log.level);
  try {
    const base = await openBase(config, variations, log, (sentence) => log.error({ sentence }, 'store.lost'), stack);
    return { ...base, close: () => unwind(stack) };
  } catch (error) {
    await unwind(stack);
    throw error;
  }
}

async function openBase(
  config: Config,
  variations: Variations,
  log: Log,
  onFatal: (sentence: string) => void,
  stack: Stack,
): Promise<Base> {
  const clock = variations.clock ?? systemClock;
  const location = config.store.url;
  let sql: Sql;
  let ownership: Ownership | undefined;
  let dataKeyText = config.security.data_key;
  let assertRoom: () => void = () => undefined;
  if (location.kind === 'pglite') {
    ownership = await acquireOwnership(location.dir);
    const { release } = ownership;
    stack.push(() => release());
    dataKeyText ??= readOrMakeDataKey(join(location.dir, 'data.key'), (size) => randomBytes(size));
    const directory = join(location.dir, 'pg');
    const { onProgress } = variations;
    await createPgliteDirectory(onProgress === undefined ? { directory } : { directory, onProgress });
    sql = await openPglite({
      directory,
      onFatal,
      onSlow: (ms, statement) => log.warn({ ms, statement: statement.slice(0, 200) }, 'store.slow_statement'),
    });
    const guard = diskGuard({ directory: location.dir });
    assertRoom = () => guard.assertRoom();
  } else {
    sql = await openPostgresServer({
      url: location.url,
      onConnectionError: (error) => log.warn({ error: error.message }, 'store.connection_lost'),
    });
  }
  stack.push(() => sql.close());
  if (dataKeyText === undefined) {
    throw new GatewayError(
      'config_invalid',
      'A Postgres store needs security.data_key; make a file with: pealbell config data-key > data.key',
    );
  }
  const dataKey = parseDataKey(dataKeyText);
  const hasher = createTokenHasher(dataKey);
  const store = await openPostgresStore(sql, new AtRest(dataKey));
  const keys = createServerKeys({ keys: store.keys, hasher, clock, random: (size) => randomBytes(size) });
  return { sql, store, keys, hasher, ownership, assertRoom };
}

/** Opens and starts everything the roles ask for. @throws GatewayError with a sentence that says what to do */
export async function openGateway(
  config: Config,
  roles: readonly Role[],
  version: string,
  variations: Variations = {},
): Promise<Gateway> {
  const clock = variations.clock ?? systemClock;
  const log = variations.log ?? createLog(config.log.level);
  const metrics = createMetrics();
  const supervisor = createSupervisor(log);
  const stack: Stack = [];
  let tellLost: (sentence: string) => void = () => undefined;
  const lost = new Promise<string>((resolve) => {
    tellLost = resolve;
  });
  try {
    const base = await openBase(config, variations, log, (sentence) => tellLost(sentence), stack);
    const queue = await openQueue(base, log, stack);
    variations.observeParts?.({ store: base.store, queue });
    const providers = await openProviders(
      config.apps.map((app) => app.id),
      providerSettings(config),
      {
        clock,
        log,
        observe: (_app, provider, observation) => observeProvider(metrics, provider, observation),
        egress: createEgress({ allow: config.egress.allow }),
      },
    );
    stack.push(() => providers.close());

    const hardStop = new AbortController();
    const holder = randomUUID();
    const random = Math.random;
    const retry = { baseMs: config.retry.base, capMs: config.retry.cap, attemptsMax: config.retry.attempts };
    const { messages, chunks, devices, accounts } = base.store;
    const wakers = { transactional: { call: () => {} }, marketing: { call: () => {} }, system: { call: () => {} } };
    const wake = (lane: Lane) => wakers[lane].call();
    const feeder = createFeeder({ chunks, queue, clock });
    const observeRetired = (provider: string, reason: string, count: number) =>
      metrics.retired.inc({ provider, reason }, count);
    const retire = createRetire({
      devices,
      clock,
      log,
      brake: { windowMs: config.brake.window, share: config.brake.share, floor: config.brake.floor },
      observe: observeRetired,
    });
    const gate = createAccountGate({ accounts, clock, random, retry, log });
    const deliver = createDeliver({
      messages,
      chunks,
      providers,
      addressBook: createAddressBook(devices),
      writer: createChunkWriter({ chunks, clock, log }),
      retire,
      clock,
      holder,
      hardStop: hardStop.signal,
      gate,
      retry,
      random,
      observe: (app, provider, state, reason, count) =>
        metrics.deliveries.inc({ app, provider: provider ?? 'none', state, reason: reason ?? 'none' }, count),
    });
    const fanOut = createFanOut({ messages, devices, providers, clock, wake });
    const reconcile = createReconcile({ messages, chunks, queue, retire, clock, log });

    const workers: Worker[] = [];
    if (roles.includes('worker')) {
      if (base.ownership !== undefined) {
        // Nobody else can hold anything: what the last process held or handed over is free at once.
        await chunks.voidLeases();
        await queue.empty();
      }
      await gate.forgetBlocks();
      await chunks.unblock(clock.now());
      await gate.refresh();
      const nowMs = () => performance.now();
      for (const lane of LANES)
        workers.push(laneWorker(lane, LANE_CONCURRENCY[lane], { queue, deliver, fanOut, log, holder, nowMs }));
      for (const lane of ['transactional', 'marketing'] as const) {
        workers.push(
          periodic(`feed.${lane}`, FEED_EVERY_MS, log, async () => void (await feeder.feed(lane)), wakers[lane]),
        );
      }
      if (variations.reconciler !== false)
        workers.push(periodic('reconcile', RECONCILE_EVERY_MS, log, () => reconcile.run()));
      workers.push(periodic('accounts', REFRESH_EVERY_MS, log, () => gate.refresh()));
      workers.push(
        periodic('sweep', SWEEP_EVERY_MS, log, (signal) =>
          sweep({ messages, devices, clock, retention: config.retention }, signal),
        ),
      );
      workers.push(
        periodic('maintain', MAINTAIN_EVERY_MS, log, async () => {
          await maintain(base.sql);
          await queue.trim();
        }),
      );
      workers.push(periodic('gauges', 5_000, log, () => readGauges(metrics, base.store, queue, clock)));
    }
    if (!roles.includes('worker')) {
      // Somebody else feeds the lanes; accept must know all the same how full they are.
      for (const lane of ['transactional', 'marketing'] as const)
        workers.push(periodic(`look.${lane}`, FEED_EVERY_MS, log, () => feeder.look(lane)));
    }
    supervisor.start(workers);

    const { readConfig } = variations;
    const liveConfig =
      readConfig === undefined
        ? undefined
        : createLiveConfig({
            started: config,
            read: readConfig,
            providers,
            log,
            async unblock(accounts) {
              if (!roles.includes('worker')) return;
              await gate.unblock(accounts);
              await chunks.unblock(clock.now());
              for (const lane of LANES) wake(lane);
            },
          });

    const settledWatch = createSettledWatch({ messages, log });
    stack.push(() => settledWatch.close());
    const house: ApiHouse = {
      acceptMessage: createAcceptMessage({
        messages,
        devices,
        queue,
        feeder,
        providers,
        hasher: base.hasher,
        clock,
        random: (size) => randomBytes(size),
        log,
        broadcastDevicesMax: config.limits.broadcast_devices,
        assertRoom: base.assertRoom,
        batchesRunning: base.sql.engine === 'pglite' ? 1 : 4,
        observe: (event) => metrics.messages.inc(event),
        wake,
      }),
      planMessage: createPlanMessage({
        devices,
        providers,
        hasher: base.hasher,
        clock,
        broadcastDevicesMax: config.limits.broadcast_devices,
      }),
      registerDevice: createRegisterDevice({
        devices,
        providers,
        hasher: base.hasher,
        clock,
        assertRoom: base.assertRoom,
      }),
      messages,
      settledWatch,
      devices,
      keys: base.keys,
      liveConfig,
      hasApp: (app) => providers.hasApp(app),
      appNames: () => providers.apps(),
      health: createHealth(() => supervisor.dead(), {
        store: { check: async () => void (await base.sql.query('SELECT 1')) },
        queue,
      }),
      metrics: metrics.registry,
      clock,
      random: (size) => randomBytes(size),
      log,
      limits: { bodyBytes: config.limits.body },
      version,
      publicUrl: config.server.public_url,
      trustedProxies: config.server.trusted_proxies,
    };
    base.ownership?.serve(localAdmin(base.keys));
    const admin = await listen(createAdmin(house), { ...config.server.admin, setting: 'server.admin' });
    stack.push(() => admin.close(0));
    const api = roles.includes('api')
      ? await listen(createApi(house), { ...config.server.listen, setting: 'server.listen' })
      : undefined;

    let stopping: Promise<void> | undefined;
    const stop = async () => {
      await settledWatch.close(); // who waits for deliveries is answered now, and does not use up the grace
      await api?.close(API_GRACE_MS);
      const late = await supervisor.stop(WORKER_GRACE_MS);
      hardStop.abort();
      if (late.length > 0) log.warn({ workers: late }, 'shutdown.not_in_time');
      await unwind(stack);
    };
    return {
      api,
      admin,
      keys: base.keys,
      queue,
      liveConfig,
      failed: Promise.race([lost, supervisor.failed]),
      stop() {
        stopping ??= stop();
        return stopping;
      },
    };
  } catch (error) {
    await supervisor.stop(WORKER_GRACE_MS);
    await unwind(stack);
    throw error;
  }
}

async function openQueue(base: Base, log: Log, stack: Stack): Promise<BullWorkQueue> {
  const pool = base.sql.poolForQueue();
  await migrateQueue(pool);
  const queue = await openWorkQueue({
    backend: postgresBackend(pool, { exclusive: base.ownership !== undefined }),
    log,
  });
  stack.push(() => queue.close());
  return queue;
}
